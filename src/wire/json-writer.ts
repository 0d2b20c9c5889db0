/** awsJson1_1 responses: a handler's output → JSON text. What the shape does not name is left out. */
import { assert } from "../base/index.ts";
import { isEntries, setEntry, type Entries } from "./entries.ts";
import { renderBase64 } from "./scalar.ts";
import type { Shape, StructureShape } from "./shape.ts";

type Write = (value: unknown) => unknown;

const structureWriters = new WeakMap<StructureShape, Write>();

/** An operation without an output shape answers with an empty body. */
export function writeJson(shape: StructureShape | undefined, output: object): string {
  return shape === undefined ? "" : JSON.stringify(structureWriter(shape)(output));
}

function jsonWriter(shape: Shape): Write {
  switch (shape.kind) {
    case "blob":
      return renderBase64;
    case "timestamp":
      return epochSeconds;
    case "list": {
      const item = jsonWriter(shape.item);
      return (value) => {
        assert(Array.isArray(value), "a list is an array");
        return value.map((entry) => item(entry));
      };
    }
    case "map": {
      const item = jsonWriter(shape.item);
      return (value) => {
        assert(isEntries(value), "a map is an object");
        const out: Entries = {};
        for (const [key, entry] of Object.entries(value)) {
          if (entry !== undefined && entry !== null) setEntry(out, key, item(entry));
        }
        return out;
      };
    }
    case "structure":
      return structureWriter(shape);
    case "string":
    case "integer":
    case "float":
    case "boolean":
    default:
      return (value) => value;
  }
}

function structureWriter(shape: StructureShape): Write {
  const known = structureWriters.get(shape);
  if (known) return known;
  let members: readonly (readonly [string, Write])[] | undefined;
  const write: Write = (value) => {
    assert(isEntries(value), "a structure is an object");
    members ??= shape.members.map((member) => [member.name, jsonWriter(member.shape)]);
    const out: Entries = {};
    for (const [name, writeMember] of members) {
      const entry = value[name];
      if (entry !== undefined && entry !== null) out[name] = writeMember(entry);
    }
    return out;
  };
  structureWriters.set(shape, write);
  return write;
}

function epochSeconds(value: unknown): number {
  assert(value instanceof Date, "a timestamp is a date");
  return value.getTime() / 1000;
}
