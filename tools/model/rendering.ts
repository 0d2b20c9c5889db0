/** The text of a model file: one structure, operation or enum a line, in a fixed order. */
import type {
  MemberEntry,
  ModelDocument,
  StructureEntry,
  TypeEntry,
  TypeRef,
} from "../../src/wire/model-document.ts";

export function renderModel(model: ModelDocument): string {
  const structures = Object.entries(model.structures).map(
    ([name, structure]) => [name, shortStructure(structure)] as const,
  );
  const sections = [
    ...(["service", "version", "xmlns", "target"] as const).map(
      (key) => `${quote(key)}: ${quote(model[key])}`,
    ),
    section("operations", model.operations),
    section("errors", model.errors),
    section("enums", referencedEnums(model)),
    section("patterns", model.patterns),
    section("structures", Object.fromEntries(structures)),
  ];
  return `{\n${sections.join(",\n")}\n}\n`;
}

function section(name: string, entries: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(entries)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${quote(key)}: ${JSON.stringify(value)}`);
  return lines.length === 0 ? `${quote(name)}: {}` : `${quote(name)}: {\n${lines.join(",\n")}\n}`;
}

function shortStructure(structure: StructureEntry): StructureEntry {
  const members = Object.entries(structure.members).map(([name, member]) => [name, short(member)]);
  return { ...structure, members: Object.fromEntries(members) };
}

/** A type that says nothing but its name is written as that name. */
function short<T extends TypeEntry | MemberEntry>(type: T | string): T | string {
  if (typeof type === "string") return type;
  const inner = {
    ...type,
    ...(type.key === undefined ? {} : { key: short(type.key) }),
    ...(type.item === undefined ? {} : { item: short(type.item) }),
  };
  const keys = Object.keys(inner);
  return keys.length === 1 && type.type !== undefined ? type.type : inner;
}

/** Only what a member refers to: the clients export enums of outputs, and maps that are no enums. */
function referencedEnums(model: ModelDocument): Record<string, string[]> {
  const used = new Set<string>();
  const visit = (type: TypeRef): void => {
    if (typeof type === "string") return;
    if (type.enum !== undefined) used.add(type.enum);
    if (type.key !== undefined) visit(type.key);
    if (type.item !== undefined) visit(type.item);
  };
  for (const { members } of Object.values(model.structures)) Object.values(members).forEach(visit);
  return Object.fromEntries(Object.entries(model.enums).filter(([name]) => used.has(name)));
}

function quote(text: string): string {
  return JSON.stringify(text);
}
