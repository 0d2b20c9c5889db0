/** S3 requests: address, query, headers and body → a handler's input, compiled once an operation. */
import { assert } from "../base/index.ts";
import { setEntry, type Entries } from "./entries.ts";
import type { RawRequest, Route } from "./exchange.ts";
import { invalidArgument, malformedXml } from "./s3-errors.ts";
import { textReader } from "./scalar.ts";
import type { Member, OperationShape, Shape, StructureShape } from "./shape.ts";
import { parseXml } from "./xml-parser.ts";
import { readXml } from "./xml-reader.ts";

interface Binding {
  readonly member: string;
  readonly read: (text: string) => unknown;
}

interface Bindings {
  readonly headers: ReadonlyMap<string, Binding>;
  readonly query: ReadonlyMap<string, Binding>;
  /** Of headers that become entries of a map: "x-amz-meta-". */
  readonly prefix: string | undefined;
  readonly prefixMember: string;
  readonly readBody: ((body: Buffer, out: Entries) => void) | undefined;
}

const compiled = new WeakMap<OperationShape, Bindings>();

/** Throws ServiceError. Walks the headers that are there, not all that the operation knows. */
export function readRest(route: Route, request: RawRequest, body: Buffer | undefined): Entries {
  const bindings = bindingsOf(route.shape);
  const out: Entries = {};
  if (route.bucket !== undefined) out["Bucket"] = route.bucket;
  if (route.key !== undefined) out["Key"] = route.key;
  if (route.parameters.size > 0) readQuery(route.parameters, bindings, out);
  readHeaders(request.headers, bindings, out);
  if (bindings.readBody && body !== undefined && body.length > 0) bindings.readBody(body, out);
  return out;
}

function readHeaders(headers: RawRequest["headers"], bindings: Bindings, out: Entries): void {
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) readHeader(name, value, bindings, out);
  }
}

function readHeader(name: string, value: string, bindings: Bindings, out: Entries): void {
  const binding = bindings.headers.get(name);
  if (binding !== undefined) {
    const read = binding.read(value);
    if (read !== undefined) out[binding.member] = read;
  } else if (bindings.prefix !== undefined && name.startsWith(bindings.prefix)) {
    const entries = (out[bindings.prefixMember] ??= {});
    assert(isRecord(entries), "headers of one prefix make one map");
    setEntry(entries, name.slice(bindings.prefix.length), value);
  }
}

function readQuery(
  parameters: ReadonlyMap<string, string>,
  bindings: Bindings,
  out: Entries,
): void {
  for (const [name, value] of parameters) {
    const binding = bindings.query.get(name);
    if (binding !== undefined) {
      const read = binding.read(value);
      if (read !== undefined) out[binding.member] = read;
    } else if (/^x-amz-/i.test(name)) {
      // A presigned URL may carry in its query what would otherwise be headers. Headers are read
      // after it and count more.
      readHeader(name.toLowerCase(), value, bindings, out);
    }
  }
}

function bindingsOf(shape: OperationShape): Bindings {
  let bindings = compiled.get(shape);
  if (bindings === undefined) {
    bindings = compile(shape);
    compiled.set(shape, bindings);
  }
  return bindings;
}

function compile({ input, requestBody }: OperationShape): Bindings {
  const headers = new Map<string, Binding>();
  const query = new Map<string, Binding>();
  let prefix: string | undefined;
  let prefixMember = "";
  for (const { name, shape, place } of input?.members ?? []) {
    if (place?.in === "header") {
      headers.set(place.name, { member: name, read: boundReader(shape, place.name) });
    } else if (place?.in === "query") {
      query.set(place.name, { member: name, read: boundReader(shape, place.name) });
    } else if (place?.in === "headers") {
      prefix = place.prefix;
      prefixMember = name;
    }
  }
  const readBody = input && requestBody === "buffered" ? bodyReader(input) : undefined;
  return { headers, query, prefix, prefixMember, readBody };
}

/** A value in a header or a query: what it may not be is an error, or as if it were not there. */
function boundReader(shape: Shape, name: string): Binding["read"] {
  if (shape.kind === "list") {
    const item = boundReader(shape.item, name);
    return (text) => text.split(",").map((entry) => item(entry.trim()));
  }
  const read = textReader(shape);
  if (shape.kind === "string") return read;
  // A conditional date that is none is ignored, as HTTP wants it.
  if (shape.kind === "timestamp" && name.includes("if-")) return read;
  return (text) => {
    // AWS: an empty number in the query means its default.
    if (text === "" && shape.kind === "integer") return undefined;
    const value = read(text);
    if (value === undefined) throw invalidArgument(complaint(shape, name), name, text);
    return value;
  };
}

function complaint(shape: Shape, name: string): string {
  if (name === "partNumber") {
    return "Part number must be an integer between 1 and 10000, inclusive";
  }
  if (shape.kind === "integer") return `Provided ${name} not an integer or within integer range`;
  if (name === "x-amz-object-lock-retain-until-date") {
    return "The retain until date must be provided in ISO 8601 format";
  }
  return `Value for ${name} is invalid.`;
}

function bodyReader(input: StructureShape): Bindings["readBody"] {
  const payload = input.members.find(({ place }) => place?.in === "payload");
  if (payload === undefined) {
    return (body, out) => {
      Object.assign(out, readXml(input, rootOf(body, input.xmlName ?? input.name)));
    };
  }
  return payloadReader(payload);
}

function payloadReader({ name, xmlName, shape }: Member): Bindings["readBody"] {
  if (shape.kind === "structure") {
    const root = xmlName ?? shape.xmlName ?? shape.name;
    return (body, out) => {
      out[name] = readXml(shape, rootOf(body, root));
    };
  }
  return (body, out) => {
    out[name] = body.toString();
  };
}

function rootOf(body: Buffer, name: string) {
  const element = parseXml(body);
  if (element.name !== name) throw malformedXml();
  return element;
}

function isRecord(value: unknown): value is Entries {
  return typeof value === "object" && value !== null;
}
