/** restXml request bodies: a parsed tree → a member of a handler's input. */
import { isEntries, type Entries } from "./entries.ts";
import { malformedXml } from "./s3-errors.ts";
import { textReader } from "./scalar.ts";
import type { Member, Shape, StructureShape } from "./shape.ts";
import { localName, type XmlElement } from "./xml-parser.ts";

type Read = (element: XmlElement) => unknown;

interface ElementReader {
  readonly name: string;
  readonly repeated: boolean;
  readonly read: Read;
}

interface StructureReaders {
  readonly elements: ReadonlyMap<string, ElementReader>;
  /** By local name: `xsi:type` is found whatever its prefix. */
  readonly attributes: ReadonlyMap<string, string>;
}

const structureReaders = new WeakMap<StructureShape, Read>();

/** Throws MalformedXML. Elements that the shape does not name are ignored, as AWS does. */
export function readXml(shape: StructureShape, element: XmlElement): Entries {
  const value = structureReader(shape)(element);
  return isEntries(value) ? value : {};
}

function xmlReader(shape: Shape): Read {
  switch (shape.kind) {
    case "structure":
      return structureReader(shape);
    case "list": {
      const item = xmlReader(shape.item);
      const tag = shape.itemName ?? "member";
      return ({ children }) =>
        children.filter(({ name }) => name === tag).map((child) => item(child));
    }
    case "map":
      // No S3 request carries one in its body.
      return () => {
        throw malformedXml();
      };
    case "string":
    case "integer":
    case "float":
    case "boolean":
    case "blob":
    case "timestamp":
    default: {
      const read = textReader(shape);
      return ({ text, children }) => {
        const value = children.length > 0 ? undefined : read(text);
        if (value === undefined) throw malformedXml();
        return value;
      };
    }
  }
}

function structureReader(shape: StructureShape): Read {
  const known = structureReaders.get(shape);
  if (known) return known;
  let readers: StructureReaders | undefined;
  const read: Read = (element) => {
    readers ??= readersOf(shape);
    const out: Entries = {};
    readAttributes(element, readers.attributes, out);
    for (const child of element.children) readChild(child, readers.elements, out);
    return out;
  };
  structureReaders.set(shape, read);
  return read;
}

function readChild(child: XmlElement, elements: StructureReaders["elements"], out: Entries): void {
  const reader = elements.get(child.name);
  if (reader === undefined) return;
  const known = out[reader.name];
  if (!reader.repeated) {
    if (known !== undefined) throw malformedXml();
    out[reader.name] = reader.read(child);
  } else if (Array.isArray(known)) {
    known.push(reader.read(child));
  } else {
    out[reader.name] = [reader.read(child)];
  }
}

function readAttributes(
  { attributes }: XmlElement,
  names: ReadonlyMap<string, string>,
  out: Entries,
): void {
  if (names.size === 0) return;
  for (const [name, value] of Object.entries(attributes)) {
    const member = names.get(localName(name));
    if (member !== undefined) out[member] = value;
  }
}

function readersOf(shape: StructureShape): StructureReaders {
  const inBody = shape.members.filter(({ place }) => place === undefined);
  const inAttributes = shape.members.filter(({ place }) => place?.in === "attribute");
  return {
    elements: new Map(
      inBody.map((member) => [member.xmlName ?? member.name, elementReader(member)]),
    ),
    attributes: new Map(
      inAttributes.map((member) => [localName(member.xmlName ?? member.name), member.name]),
    ),
  };
}

function elementReader({ name, shape }: Member): ElementReader {
  return shape.kind === "list" && shape.flat
    ? { name, repeated: true, read: xmlReader(shape.item) }
    : { name, repeated: false, read: xmlReader(shape) };
}
