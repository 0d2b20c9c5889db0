/**
 * Reads the schemas that a client of the AWS SDK exports under names ending in "$". This is the one
 * place that knows their form (StaticSchema of @smithy/types); when it changes, only this file does.
 */
import type {
  ErrorEntry,
  MemberEntry,
  ModelDocument,
  OperationEntry,
  StructureEntry,
  TypeEntry,
} from "../../src/wire/model-document.ts";

type Traits = Readonly<Record<string, unknown>>;
type Schema = number | string | readonly unknown[];

const SIMPLE = 0;
const LIST = 1;
const MAP = 2;
const UNION = 4;
const OPERATION = 9;
const ERROR = -3;

const SCALARS: Readonly<Record<number, TypeEntry>> = {
  0: { type: "string" },
  1: { type: "integer" },
  2: { type: "boolean" },
  4: { type: "timestamp" },
  5: { type: "timestamp", format: "date-time" },
  6: { type: "timestamp", format: "http-date" },
  7: { type: "timestamp", format: "epoch-seconds" },
  21: { type: "blob" },
  42: { type: "blob" },
};
const LIST_OF = 64;
const MAP_OF = 128;

/** The order of the bits in a numeric traits value. */
const TRAIT_BITS = [
  "httpLabel",
  "idempotent",
  "idempotencyToken",
  "sensitive",
  "httpPayload",
  "httpResponseCode",
  "httpQueryParams",
];

export interface ProtocolSettings {
  readonly version: string;
  readonly xmlNamespace: string;
  readonly serviceTarget: string;
}

/** Everything a client says about its service; nothing about limits, which it does not know. */
export function extract(
  service: string,
  client: Readonly<Record<string, unknown>>,
  settings: ProtocolSettings,
): ModelDocument {
  const reader = new SchemaReader();
  for (const name of Object.keys(client).toSorted()) {
    if (name.endsWith("$") && Array.isArray(client[name])) reader.add(client[name]);
  }
  return {
    service,
    version: settings.version,
    xmlns: settings.xmlNamespace,
    target: settings.serviceTarget,
    operations: reader.operations,
    errors: reader.errors,
    enums: enumsOf(client),
    patterns: {},
    structures: sorted(reader.structures),
  };
}

class SchemaReader {
  readonly operations: Record<string, OperationEntry> = {};
  readonly errors: Record<string, ErrorEntry> = {};
  readonly structures: Record<string, StructureEntry> = {};

  add(schema: readonly unknown[]): void {
    if (schema[0] === OPERATION) this.#addOperation(schema);
    if (schema[0] === ERROR) this.#addError(schema);
  }

  #addOperation(schema: readonly unknown[]): void {
    const traits = traitsOf(schema[3]);
    const entry: OperationEntry = {};
    const input = this.#structureName(schema[4]);
    const output = this.#structureName(schema[5]);
    if (input !== undefined) entry.input = input;
    if (output !== undefined) entry.output = output;
    if (Array.isArray(traits["http"])) {
      const [method, path, status] = traits["http"];
      entry.http = `${method} ${path}`;
      entry.status = Number(status);
    }
    this.operations[String(schema[2])] = entry;
  }

  #addError(schema: readonly unknown[]): void {
    const traits = traitsOf(schema[3]);
    const name = String(schema[2]);
    // Each client's base exception has no traits: it is not an error of the service.
    if (traits["error"] === undefined) return;
    const query = traits["awsQueryError"];
    const message = stringsIn(schema[4]).find((member) => member.toLowerCase() === "message");
    this.errors[name] = {
      code: Array.isArray(query) ? String(query[0]) : name,
      status: Number(traits["httpError"] ?? (traits["error"] === "server" ? 500 : 400)),
      ...(message === undefined ? {} : { message }),
    };
  }

  #structureName(reference: unknown): string | undefined {
    const type = this.#type(reference);
    return type.type === "unit" ? undefined : type.type;
  }

  /** The type behind a reference; named structures are read on the way. */
  #type(reference: unknown): TypeEntry & { traits?: Traits } {
    const schema = resolve(reference);
    if (schema === "unit") return { type: "unit" };
    if (typeof schema === "number") return scalarType(schema);
    if (typeof schema === "string") throw new Error(`an unknown schema: ${schema}`);
    if (schema.length === 2) {
      const inner = this.#type(schema[0]);
      return withTraits(inner, traitsOf(schema[1]));
    }
    const own = traitsOf(schema[3]);
    switch (schema[0]) {
      case SIMPLE:
        return withTraits(this.#type(schema[4]), own);
      case LIST:
        return withTraits({ type: "list", ...this.#item(schema[4]) }, own);
      case MAP:
        return withTraits(
          { type: "map", key: plain(this.#type(schema[4])), item: plain(this.#type(schema[5])) },
          own,
        );
      default:
        return this.#structureType(schema, own);
    }
  }

  #item(reference: unknown): TypeEntry {
    const { traits, ...item } = this.#type(reference);
    const name = traits?.["xmlName"];
    return { item, ...(typeof name === "string" ? { itemName: name } : {}) };
  }

  #structureType(schema: readonly unknown[], own: Traits): TypeEntry & { traits?: Traits } {
    // A stream of events is a body that its handler writes.
    if (schema[0] === UNION && own["streaming"] !== undefined) {
      return { type: "blob", traits: { streaming: 1 } };
    }
    const name = String(schema[2]);
    if (this.structures[name] === undefined) {
      const entry: StructureEntry = { members: {} };
      this.structures[name] = entry;
      if (schema[0] === UNION) entry.union = true;
      if (own["sensitive"] !== undefined) entry.sensitive = true;
      if (typeof own["xmlName"] === "string") entry.xmlName = own["xmlName"];
      entry.members = this.#members(schema);
    }
    return { type: name };
  }

  #members(schema: readonly unknown[]): Record<string, MemberEntry> {
    const names = stringsIn(schema[4]);
    const references = Array.isArray(schema[5]) ? schema[5] : [];
    // Required members come first; their number closes the tuple.
    const required = Number(schema[6] ?? 0);
    return Object.fromEntries(
      names.map((name, index) => {
        const { traits = {}, ...type } = this.#type(references[index]);
        const entry: MemberEntry = { ...type };
        if (index < required) entry.required = true;
        if (typeof traits["xmlName"] === "string") entry.xmlName = traits["xmlName"];
        if (Array.isArray(traits["xmlNamespace"])) entry.xmlns = traits["xmlNamespace"].map(String);
        const at = placeOf(traits);
        if (at !== undefined) entry.at = at;
        return [name, entry];
      }),
    );
  }
}

function resolve(reference: unknown): Schema {
  const schema: unknown = typeof reference === "function" ? reference() : reference;
  if (typeof schema === "number" || typeof schema === "string" || Array.isArray(schema)) {
    return schema;
  }
  throw new Error("a schema of an unknown form");
}

function scalarType(schema: number): TypeEntry & { traits?: Traits } {
  if ((schema & LIST_OF) !== 0) return { type: "list", item: scalarType(schema & ~LIST_OF) };
  if ((schema & MAP_OF) !== 0) {
    return { type: "map", key: { type: "string" }, item: scalarType(schema & ~MAP_OF) };
  }
  const scalar = SCALARS[schema];
  if (scalar === undefined) throw new Error(`an unknown scalar: ${schema}`);
  return { ...scalar };
}

/** The member's traits win over those of what it refers to. */
function withTraits(
  type: TypeEntry & { traits?: Traits },
  traits: Traits,
): TypeEntry & { traits?: Traits } {
  const merged = { ...type.traits, ...traits };
  return {
    ...type,
    ...(merged["sensitive"] === undefined ? {} : { sensitive: true }),
    ...(merged["xmlFlattened"] === undefined ? {} : { flat: true }),
    traits: merged,
  };
}

function plain({ traits: _traits, ...type }: TypeEntry & { traits?: Traits }): TypeEntry {
  return type;
}

function placeOf(traits: Traits): MemberEntry["at"] {
  if (traits["httpPayload"] !== undefined) {
    return traits["streaming"] === undefined ? "payload" : "stream";
  }
  if (typeof traits["httpHeader"] === "string") return { header: traits["httpHeader"] };
  if (typeof traits["httpPrefixHeaders"] === "string") {
    return { headers: traits["httpPrefixHeaders"] };
  }
  if (typeof traits["httpQuery"] === "string") return { query: traits["httpQuery"] };
  if (traits["httpLabel"] !== undefined) return "label";
  if (traits["httpResponseCode"] !== undefined) return "status";
  if (traits["xmlAttribute"] !== undefined) return "attribute";
  return undefined;
}

function traitsOf(value: unknown): Traits {
  if (typeof value === "object" && value !== null) return { ...value };
  const bits = typeof value === "number" ? value : 0;
  const set = TRAIT_BITS.filter((_, index) => ((bits >> index) & 1) === 1);
  return Object.fromEntries(set.map((trait) => [trait, 1]));
}

/** Clients export each enum as an object of its values under the enum's own name. */
function enumsOf(client: Readonly<Record<string, unknown>>): Record<string, string[]> {
  const enums: Record<string, string[]> = {};
  for (const [name, value] of Object.entries(client)) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) continue;
    const values = Object.values(value);
    if (values.length > 0 && values.every((item) => typeof item === "string")) enums[name] = values;
  }
  return sorted(enums);
}

function stringsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function sorted<T>(record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
