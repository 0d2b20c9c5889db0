/** awsJson1_1 requests: parsed JSON → a handler's input, checked against the shape as it is read. */
import { isEntries, setEntry, type Entries } from "./entries.ts";
import { parseBase64, parseDate } from "./scalar.ts";
import { ServiceError } from "./service-error.ts";
import type { MapShape, ScalarShape, Shape, StructureShape } from "./shape.ts";

type Read = (value: unknown) => unknown;

const structureReaders = new WeakMap<StructureShape, Read>();

/** Throws AWS's SerializationException for bytes that are not JSON or not of the shape. */
export function readJson(shape: StructureShape | undefined, body: Buffer | undefined): Entries {
  if (shape === undefined || body === undefined || body.length === 0) return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString());
  } catch (error) {
    if (error instanceof SyntaxError) throw serializationException("");
    throw error;
  }
  const value = structureReader(shape)(parsed);
  return isEntries(value) ? value : {};
}

function jsonReader(shape: Shape): Read {
  switch (shape.kind) {
    case "string":
      return (value) => (typeof value === "string" ? value : mismatch(value, "String"));
    case "integer":
      return (value) => Math.trunc(finite(value, "Integer"));
    case "float":
      return (value) => finite(value, "Double");
    case "boolean":
      return (value) => (typeof value === "boolean" ? value : mismatch(value, "Boolean"));
    case "blob":
      return (value) => readBlob(value, shape);
    case "timestamp":
      return readTimestamp;
    case "list": {
      const item = jsonReader(shape.item);
      return (value) =>
        Array.isArray(value) ? value.map((entry) => item(entry)) : misplaced(value);
    }
    case "map":
      return mapReader(shape);
    case "structure":
    default:
      return structureReader(shape);
  }
}

function structureReader(shape: StructureShape): Read {
  const known = structureReaders.get(shape);
  if (known) return known;
  // Members are compiled on first use, which is also what lets a structure contain itself.
  let members: readonly (readonly [string, Read])[] | undefined;
  const read: Read = (value) => {
    if (!isEntries(value)) return misplaced(value);
    members ??= shape.members.map((member) => [member.name, jsonReader(member.shape)]);
    const out: Entries = {};
    for (const [name, readMember] of members) {
      const entry = value[name];
      // AWS takes null for absent.
      if (entry !== undefined && entry !== null) out[name] = readMember(entry);
    }
    return out;
  };
  structureReaders.set(shape, read);
  return read;
}

function mapReader(shape: MapShape): Read {
  const item = jsonReader(shape.item);
  return (value) => {
    if (!isEntries(value)) return misplaced(value);
    const out: Entries = {};
    for (const [key, entry] of Object.entries(value)) {
      if (entry !== null) setEntry(out, key, item(entry));
    }
    return out;
  };
}

function finite(value: unknown, wanted: string): number {
  return typeof value === "number" && Number.isFinite(value) ? value : mismatch(value, wanted);
}

function readBlob(value: unknown, shape: ScalarShape): Buffer {
  if (typeof value !== "string") return mismatch(value, "Blob");
  return parseBase64(value, shape) ?? mismatch(value, "Blob");
}

function readTimestamp(value: unknown): Date {
  const date =
    typeof value === "number" || typeof value === "string" ? parseDate(String(value)) : undefined;
  return date ?? mismatch(value, "Timestamp");
}

/** AWS: these texts name the token of its parser that was found, not where. */
function mismatch(value: unknown, wanted: string): never {
  if (typeof value === "object") return misplaced(value);
  const token = typeof value === "boolean" ? String(value) : typeof value;
  throw serializationException(`${token.toUpperCase()}_VALUE cannot be converted to ${wanted}`);
}

function misplaced(value: unknown): never {
  if (Array.isArray(value)) throw serializationException("Start of list found where not expected");
  if (isEntries(value)) {
    throw serializationException("Start of structure or map found where not expected.");
  }
  throw serializationException("Unexpected field type");
}

function serializationException(message: string): ServiceError {
  return new ServiceError("SerializationException", 400, message);
}
