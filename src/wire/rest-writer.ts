/** S3 responses: a handler's output → status, headers and body, compiled once an operation. */
import { assert } from "../base/index.ts";
import { isEntries, type Entries } from "./entries.ts";
import type { EncodedResponse } from "./exchange.ts";
import type { BodyStream } from "./operation-types.ts";
import { renderHttpDate } from "./date-text.ts";
import { textWriter } from "./scalar.ts";
import type { Member, OperationShape, Shape, StructureShape } from "./shape.ts";
import {
  asText,
  elementWriter,
  escapeXml,
  membersWriter,
  S3_XML,
  XML_DECLARATION,
} from "./xml-writer.ts";

interface Plan {
  readonly headers: readonly {
    readonly member: string;
    readonly name: string;
    readonly write: (value: unknown) => string;
  }[];
  readonly prefixes: readonly { readonly member: string; readonly prefix: string }[];
  readonly statusMember: string | undefined;
  readonly writeBody: ((output: Entries) => Body) | undefined;
}

interface Body {
  readonly type: string | undefined;
  readonly content: string | BodyStream | undefined;
}

const plans = new WeakMap<OperationShape, Plan>();

export function writeRest(shape: OperationShape, output: object, xmlns: string): EncodedResponse {
  assert(isEntries(output), "an output is an object");
  const plan = planOf(shape, xmlns);
  const headers: Record<string, string> = {};
  for (const { member, name, write } of plan.headers) {
    const value = output[member];
    if (value !== undefined && value !== null) headers[name] = headerValue(write(value));
  }
  for (const { member, prefix } of plan.prefixes) {
    const entries = output[member];
    if (!isEntries(entries)) continue;
    for (const [name, value] of Object.entries(entries)) {
      headers[prefix + name.toLowerCase()] = headerValue(asText(value));
    }
  }
  const status = statusOf(shape, plan, output);
  const body = plan.writeBody?.(output);
  if (body?.type !== undefined) headers["content-type"] ??= body.type;
  return { status, headers, body: body?.content };
}

function statusOf(shape: OperationShape, plan: Plan, output: Entries): number {
  const own = plan.statusMember === undefined ? undefined : output[plan.statusMember];
  if (typeof own === "number") return own;
  // Part of an object is what a Content-Range tells.
  return output["ContentRange"] === undefined ? shape.status : 206;
}

function planOf(shape: OperationShape, xmlns: string): Plan {
  let plan = plans.get(shape);
  if (plan === undefined) {
    plan = compile(shape, xmlns);
    plans.set(shape, plan);
  }
  return plan;
}

function compile(shape: OperationShape, xmlns: string): Plan {
  const members = shape.output?.members ?? [];
  return {
    headers: members.flatMap(({ name: member, shape: value, place }) =>
      place?.in === "header" ? [{ member, name: place.name, write: headerWriter(value) }] : [],
    ),
    prefixes: members.flatMap(({ name: member, place }) =>
      place?.in === "headers" ? [{ member, prefix: place.prefix }] : [],
    ),
    statusMember: members.find(({ place }) => place?.in === "status")?.name,
    writeBody: shape.output && bodyWriter(shape, shape.output, xmlns),
  };
}

function headerWriter(shape: Shape): (value: unknown) => string {
  if (shape.kind === "list") {
    const item = headerWriter(shape.item);
    return (value) => {
      assert(Array.isArray(value), "a list is an array");
      return value.map((entry) => item(entry)).join(", ");
    };
  }
  assert(shape.kind !== "structure" && shape.kind !== "map", "a header holds scalars");
  return textWriter(shape, renderHttpDate);
}

// oxlint-disable-next-line no-control-regex -- these are what may not stand in a header
const UNSAFE = /[\u0000-\u0008\u000a-\u001f\u007f]|[\u0100-\uffff]/;
const BEYOND_LATIN = /[\u0100-\uffff]/;

/** What no header can hold is replaced: line ends by spaces, other characters by their UTF-8 bytes. */
function headerValue(text: string): string {
  if (!UNSAFE.test(text)) return text;
  const bytes = BEYOND_LATIN.test(text) ? Buffer.from(text).toString("latin1") : text;
  // oxlint-disable-next-line no-control-regex -- as above
  return bytes.replace(/[\u0000-\u0008\u000a-\u001f\u007f]/g, " ");
}

function bodyWriter(
  shape: OperationShape,
  output: StructureShape,
  xmlns: string,
): Plan["writeBody"] {
  const root = output.xmlName ?? output.name;
  const stream = output.members.find(({ place }) => place?.in === "stream");
  if (stream) return streamWriter(stream);
  const payload = output.members.find(({ place }) => place?.in === "payload");
  if (payload) return payloadWriter(payload, xmlns);
  if (shape.unwrapped) return unwrappedWriter(output, root, xmlns);
  const inBody = output.members.filter(({ place }) => place === undefined);
  if (inBody.length === 0) return undefined;

  const open = `${XML_DECLARATION}<${root} xmlns="${xmlns}">`;
  const close = `</${root}>`;
  const members = membersWriter(output, S3_XML);
  // A status of its own means that the handler may answer without a document.
  const optional = output.members.some(({ place }) => place?.in === "status");
  return (value) => {
    if (optional && inBody.every(({ name }) => value[name] === undefined)) {
      return { type: undefined, content: undefined };
    }
    return { type: "application/xml", content: open + members(value) + close };
  };
}

function streamWriter({ name }: Member): Plan["writeBody"] {
  return (output) => {
    const value = output[name];
    assert(value === undefined || isBodyStream(value), "a streamed body is bytes or a stream");
    return { type: undefined, content: value };
  };
}

function payloadWriter({ name, xmlName, shape }: Member, xmlns: string): Plan["writeBody"] {
  if (shape.kind !== "structure") {
    // GetBucketPolicy: the one payload that is text of its own.
    return (output) => {
      const value = output[name];
      return { type: "application/json", content: value === undefined ? "" : asText(value) };
    };
  }
  const tag = xmlName ?? shape.xmlName ?? shape.name;
  const write = elementWriter(shape, tag, S3_XML, ` xmlns="${xmlns}"`);
  return (output) => {
    const value = output[name];
    if (value === undefined || value === null) return { type: undefined, content: undefined };
    return { type: "application/xml", content: XML_DECLARATION + write(value) };
  };
}

function unwrappedWriter(output: StructureShape, root: string, xmlns: string): Plan["writeBody"] {
  const member = output.members[0]?.name ?? root;
  const open = `${XML_DECLARATION}<${root} xmlns="${xmlns}"`;
  return (value) => {
    const text = value[member];
    const content =
      text === undefined || text === null || text === ""
        ? `${open}/>`
        : `${open}>${escapeXml(asText(text))}</${root}>`;
    return { type: "application/xml", content };
  };
}

function isBodyStream(value: unknown): value is BodyStream {
  return (
    value instanceof Uint8Array ||
    (typeof value === "object" && value !== null && Symbol.asyncIterator in value)
  );
}
