/** XML responses of IAM, STS and S3: a handler's output → text, by closures compiled once a shape. */
import { assert } from "../base/index.ts";
import { isEntries } from "./entries.ts";
import { renderMilliseconds, renderSeconds } from "./date-text.ts";
import { textWriter, type DateWriter } from "./scalar.ts";
import type { ListShape, MapShape, Member, ScalarShape, Shape, StructureShape } from "./shape.ts";

export const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** The text of a value under the tag that the closure was compiled for. */
type Write = (value: unknown) => string;
/** The elements in a structure, without the structure's own. */
type WriteMembers = (value: object) => string;

/** How a protocol writes what the model leaves open. */
interface XmlDialect {
  readonly date: DateWriter;
  readonly members: WeakMap<StructureShape, WriteMembers>;
}

export const S3_XML: XmlDialect = { date: renderMilliseconds, members: new WeakMap() };
export const QUERY_XML: XmlDialect = { date: renderSeconds, members: new WeakMap() };

/**
 * XML 1.0 knows no control characters but tab and line ends, and normalises those that it knows. S3
 * writes them as references all the same; clients that must tell them apart ask for
 * encoding-type=url.
 */
// oxlint-disable-next-line no-control-regex -- these characters are what it looks for
const MARKUP = /[&<>"\u0000-\u0008\u000a-\u001f\u0085\u2028]/;
const NAMED: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};
const LAST_NAMED = 0x3e;
/** By code; undefined for what stands as it is. */
const REFERENCES = Array.from({ length: LAST_NAMED + 1 }, (_, code) => {
  const named = NAMED[String.fromCharCode(code)];
  return named ?? (code < 0x20 && code !== 0x09 ? numericReference(code) : undefined);
});

export function escapeXml(text: string): string {
  if (!MARKUP.test(text)) return text;
  let escaped = "";
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const reference = referenceFor(text.charCodeAt(at));
    if (reference === undefined) continue;
    escaped += text.slice(from, at) + reference;
    from = at + 1;
  }
  return escaped + text.slice(from);
}

function referenceFor(code: number): string | undefined {
  if (code <= LAST_NAMED) return REFERENCES[code];
  return code === 0x85 || code === 0x2028 ? numericReference(code) : undefined;
}

function numericReference(code: number): string {
  return `&#x${code.toString(16).toUpperCase()};`;
}

/** The members of a structure that belong into a body; those bound to headers and the like do not. */
export function membersWriter(shape: StructureShape, dialect: XmlDialect): WriteMembers {
  const known = dialect.members.get(shape);
  if (known) return known;
  let writers: readonly (readonly [string, Write])[] | undefined;
  const write: WriteMembers = (value) => {
    assert(isEntries(value), "a structure is an object");
    writers ??= shape.members
      .filter(({ place }) => place === undefined)
      .map((member) => [member.name, memberWriter(member, dialect)]);
    let text = "";
    for (const [name, writeMember] of writers) {
      const entry = value[name];
      if (entry !== undefined && entry !== null) text += writeMember(entry);
    }
    return text;
  };
  dialect.members.set(shape, write);
  return write;
}

function memberWriter(member: Member, dialect: XmlDialect): Write {
  const tag = member.xmlName ?? member.name;
  return elementWriter(member.shape, tag, dialect, namespaceOf(member));
}

/** Writes a value as the element `tag`; `attributes` are put into a structure's opening tag. */
export function elementWriter(
  shape: Shape,
  tag: string,
  dialect: XmlDialect,
  attributes = "",
): Write {
  switch (shape.kind) {
    case "structure":
      return structureWriter(shape, tag, dialect, attributes);
    case "list":
      return listWriter(shape, tag, dialect);
    case "map":
      return mapWriter(shape, tag, dialect);
    case "string":
    case "integer":
    case "float":
    case "boolean":
    case "blob":
    case "timestamp":
    default:
      return scalarWriter(shape, tag, dialect);
  }
}

function scalarWriter(shape: ScalarShape, tag: string, dialect: XmlDialect): Write {
  const open = `<${tag}>`;
  const close = `</${tag}>`;
  if (shape.kind !== "string") {
    const text = textWriter(shape, dialect.date);
    return (value) => open + text(value) + close;
  }
  return (value) => open + escapeXml(asText(value)) + close;
}

function structureWriter(
  shape: StructureShape,
  tag: string,
  dialect: XmlDialect,
  attributes: string,
): Write {
  const members = membersWriter(shape, dialect);
  const open = `<${tag}${attributes}`;
  const close = `</${tag}>`;
  const inAttributes = shape.members.filter(({ place }) => place?.in === "attribute");
  if (inAttributes.length === 0) {
    return (value) => `${open}>${members(asObject(value))}${close}`;
  }
  return (value) => {
    const structure = asObject(value);
    let text = open;
    for (const { name, xmlName = name } of inAttributes) {
      const entry = structure[name];
      if (entry !== undefined && entry !== null)
        text += ` ${xmlName}="${escapeXml(asText(entry))}"`;
    }
    return `${text}>${members(structure)}${close}`;
  };
}

function namespaceOf({ xmlns }: Member): string {
  if (xmlns === undefined) return "";
  const [prefix, address] = xmlns;
  return ` xmlns:${prefix}="${address}"`;
}

function listWriter(shape: ListShape, tag: string, dialect: XmlDialect): Write {
  const item = elementWriter(shape.item, shape.flat ? tag : (shape.itemName ?? "member"), dialect);
  const open = shape.flat ? "" : `<${tag}>`;
  const close = shape.flat ? "" : `</${tag}>`;
  return (value) => {
    assert(Array.isArray(value), "a list is an array");
    let text = open;
    for (const entry of value) text += item(entry);
    return text + close;
  };
}

function mapWriter(shape: MapShape, tag: string, dialect: XmlDialect): Write {
  const item = elementWriter(shape.item, "value", dialect);
  return (value) => {
    let text = `<${tag}>`;
    for (const [key, entry] of Object.entries(asObject(value))) {
      text += `<entry><key>${escapeXml(key)}</key>${item(entry)}</entry>`;
    }
    return `${text}</${tag}>`;
  };
}

/** A string member; the text of numbers and booleans that a handler gave in its place. */
export function asText(value: unknown): string {
  if (typeof value === "string") return value;
  assert(typeof value === "number" || typeof value === "boolean", "a text is a scalar");
  return String(value);
}

function asObject(value: unknown): Record<string, unknown> {
  assert(isEntries(value), "a structure or a map is an object");
  return value;
}
