/** awsQuery requests: the tree of a form → a handler's input. */
import { setEntry, type Entries } from "./entries.ts";
import type { FormNode } from "./form.ts";
import { textReader } from "./scalar.ts";
import { ServiceError } from "./service-error.ts";
import type { ListShape, MapShape, Member, Shape, StructureShape } from "./shape.ts";

type Read = (node: FormNode) => unknown;

const structureReaders = new WeakMap<StructureShape, (node: FormNode) => Entries>();

/** Throws MalformedInput for text that is no value of its member's kind. */
export function readForm(shape: StructureShape | undefined, form: FormNode): Entries {
  return shape === undefined ? {} : structureReader(shape)(form);
}

function formReader(shape: Shape, name: string): Read {
  switch (shape.kind) {
    case "structure":
      return structureReader(shape);
    case "list":
      return listReader(shape, name);
    case "map":
      return mapReader(shape, name);
    case "string":
    case "integer":
    case "float":
    case "boolean":
    case "blob":
    case "timestamp":
    default: {
      const read = textReader(shape);
      return ({ text = "" }) => read(text) ?? malformed(name, text);
    }
  }
}

function structureReader(shape: StructureShape): (node: FormNode) => Entries {
  const known = structureReaders.get(shape);
  if (known) return known;
  let members: readonly (readonly [string, string, Read])[] | undefined;
  const read = (node: FormNode) => {
    members ??= shape.members.map((member) => [
      member.name,
      wireName(member),
      formReader(member.shape, member.name),
    ]);
    const out: Entries = {};
    if (node.children === undefined) return out;
    for (const [name, wire, readMember] of members) {
      const child = node.children.get(wire);
      if (child !== undefined) out[name] = readMember(child);
    }
    return out;
  };
  structureReaders.set(shape, read);
  return read;
}

function listReader(shape: ListShape, name: string): Read {
  const item = formReader(shape.item, name);
  const tag = shape.itemName ?? "member";
  return (node) => {
    const items = shape.flat ? node : (node.children?.get(tag) ?? node.children?.get("member"));
    return numbered(items).map((entry) => item(entry));
  };
}

function mapReader(shape: MapShape, name: string): Read {
  const item = formReader(shape.item, name);
  return (node) => {
    const out: Entries = {};
    for (const entry of numbered(node.children?.get("entry"))) {
      const key = entry.children?.get("key")?.text;
      const value = entry.children?.get("value");
      if (key === undefined || value === undefined) return malformed(name, "");
      setEntry(out, key, item(value));
    }
    return out;
  };
}

/** Members 1, 2, … in order; gaps close up, as with AWS. */
function numbered(node: FormNode | undefined): FormNode[] {
  if (node?.children === undefined) return [];
  const entries = [...node.children].filter(([index]) => /^\d{1,6}$/.test(index));
  return entries.toSorted(([a], [b]) => Number(a) - Number(b)).map(([, child]) => child);
}

function wireName(member: Member): string {
  return member.xmlName ?? member.name;
}

function malformed(name: string, text: string): never {
  const shown = text.length > 128 ? `${text.slice(0, 128)}…` : text;
  throw new ServiceError("MalformedInput", 400, `Invalid value '${shown}' for ${name}`);
}
