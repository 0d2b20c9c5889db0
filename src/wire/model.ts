/** The model of each service, built on first use from model/*.json. */
import cloudtrail from "../../model/cloudtrail.json" with { type: "json" };
import iam from "../../model/iam.json" with { type: "json" };
import kms from "../../model/kms.json" with { type: "json" };
import s3 from "../../model/s3.json" with { type: "json" };
import sts from "../../model/sts.json" with { type: "json" };
import { assert, InvariantError } from "../base/index.ts";
import type {
  ErrorEntry,
  MemberEntry,
  ModelDocument,
  OperationEntry,
  TypeEntry,
  TypeRef,
} from "./model-document.ts";
import type { ServiceName } from "./operation-types.ts";
import { S3_ADDITIONS } from "./s3-additions.ts";
import type {
  BodyKind,
  Constraints,
  Member,
  OperationShape,
  Place,
  ScalarShape,
  Shape,
  StructureShape,
} from "./shape.ts";

interface ServiceModel {
  readonly service: ServiceName;
  readonly version: string;
  readonly xmlns: string;
  /** What stands before the dot of an x-amz-target header. */
  readonly target: string;
  readonly operations: ReadonlyMap<string, OperationShape>;
  /** By the name of the exception, which is not always the code on the wire. */
  readonly errors: ReadonlyMap<string, ErrorEntry>;
}

const DOCUMENTS: Readonly<Record<ServiceName, ModelDocument>> = { kms, iam, sts, cloudtrail, s3 };
const models = new Map<ServiceName, ServiceModel>();

export function modelOf(service: ServiceName): ServiceModel {
  let model = models.get(service);
  if (model === undefined) {
    model = new Builder(service).build();
    models.set(service, model);
  }
  return model;
}

/** The operations of the service's API, in alphabetical order. */
export function operationsOf(service: ServiceName): readonly string[] {
  return Object.keys(DOCUMENTS[service].operations);
}

const SCALARS = new Set(["string", "integer", "float", "boolean", "blob", "timestamp"]);

class Builder {
  readonly #service: ServiceName;
  readonly #document: ModelDocument;
  /** Structures refer to themselves: each is entered here before its members are built. */
  readonly #structures = new Map<string, StructureShape & { members: readonly Member[] }>();

  constructor(service: ServiceName) {
    const document = DOCUMENTS[service];
    this.#service = service;
    this.#document =
      service === "s3"
        ? {
            ...document,
            operations: { ...document.operations, ...S3_ADDITIONS.operations },
            structures: { ...document.structures, ...S3_ADDITIONS.structures },
          }
        : document;
  }

  build(): ServiceModel {
    const { version, xmlns, target, operations, errors } = this.#document;
    return {
      service: this.#service,
      version,
      xmlns,
      target,
      operations: new Map(
        Object.entries(operations).map(([name, entry]) => [name, this.#operation(name, entry)]),
      ),
      errors: new Map(Object.entries(errors)),
    };
  }

  #operation(name: string, entry: OperationEntry): OperationShape {
    const input = entry.input === undefined ? undefined : this.#structure(entry.input);
    const output = entry.output === undefined ? undefined : this.#structure(entry.output);
    const bound = this.#service === "s3";
    return {
      service: this.#service,
      name,
      input,
      output,
      requestBody: bound ? bodyKind(input) : "buffered",
      responseBody: bound ? bodyKind(output) : "buffered",
      status: entry.status ?? 200,
      ...(entry.http === undefined ? {} : { http: entry.http }),
      ...(entry.unwrapped ? { unwrapped: true } : {}),
    };
  }

  #structure(name: string): StructureShape {
    const known = this.#structures.get(name);
    if (known) return known;
    const entry = this.#document.structures[name];
    assert(entry !== undefined, "a structure that is referred to is in the model");
    const { members, ...rest } = entry;
    const shape: StructureShape & { members: readonly Member[] } = {
      kind: "structure",
      name,
      ...rest,
      members: [],
    };
    this.#structures.set(name, shape);
    shape.members = Object.entries(members).map(([member, type]) => this.#member(member, type));
    return shape;
  }

  #member(name: string, type: string | MemberEntry): Member {
    if (typeof type === "string") return { name, shape: this.#shape(type), required: false };
    const place = placeOf(type.at);
    return {
      name,
      shape: this.#shape(type),
      required: type.required ?? false,
      ...(type.xmlName === undefined ? {} : { xmlName: type.xmlName }),
      ...(type.xmlns === undefined ? {} : { xmlns: type.xmlns }),
      ...(place === undefined ? {} : { place }),
    };
  }

  #shape(ref: TypeRef): Shape {
    const entry: TypeEntry = typeof ref === "string" ? { type: ref } : ref;
    const kind = entry.type ?? "string";
    if (isScalar(kind)) return this.#scalar(kind, entry);
    const constraints = this.#constraints(entry);
    if (kind === "list") {
      return {
        kind,
        item: this.#shape(entry.item ?? "string"),
        ...(entry.itemName === undefined ? {} : { itemName: entry.itemName }),
        ...(entry.flat ? { flat: true } : {}),
        ...constraints,
      };
    }
    if (kind === "map") {
      const key = this.#shape(entry.key ?? "string");
      return { kind, key, item: this.#shape(entry.item ?? "string"), ...constraints };
    }
    return this.#structure(kind);
  }

  #scalar(kind: ScalarShape["kind"], entry: TypeEntry): ScalarShape {
    return {
      kind,
      ...(entry.sensitive ? { sensitive: true } : {}),
      ...(isFormat(entry.format) ? { format: entry.format } : {}),
      ...this.#constraints(entry),
    };
  }

  #constraints({ min, max, pattern, enum: name }: TypeEntry): Constraints {
    const safe = pattern === undefined ? undefined : this.#document.patterns[pattern];
    const values = name === undefined ? undefined : this.#document.enums[name];
    return {
      ...(min === undefined ? {} : { min }),
      ...(max === undefined ? {} : { max }),
      ...(pattern === undefined ? {} : { pattern }),
      ...(safe === undefined ? {} : { safePattern: safe }),
      ...(values === undefined ? {} : { enum: values }),
    };
  }
}

function placeOf(at: MemberEntry["at"]): Place | undefined {
  if (at === undefined) return undefined;
  if (typeof at === "object") {
    if (at.header !== undefined) return { in: "header", name: at.header.toLowerCase() };
    if (at.headers !== undefined) return { in: "headers", prefix: at.headers.toLowerCase() };
    if (at.query !== undefined) return { in: "query", name: at.query };
  }
  switch (at) {
    case "label":
    case "payload":
    case "stream":
    case "status":
    case "attribute":
      return { in: at };
    default:
      throw new InvariantError("a place in the model is a known one");
  }
}

function bodyKind(structure: StructureShape | undefined): BodyKind {
  const places = new Set(structure?.members.map(({ place }) => place?.in));
  if (places.has("stream")) return "streamed";
  return places.has("payload") || places.has(undefined) ? "buffered" : "none";
}

function isScalar(kind: string): kind is ScalarShape["kind"] {
  return SCALARS.has(kind);
}

function isFormat(format: string | undefined): format is NonNullable<ScalarShape["format"]> {
  return format === "date-time" || format === "http-date" || format === "epoch-seconds";
}
