/**
 * XML from outside, as a tree: strict, without DTDs, bounded in depth and number of nodes. Prefixes
 * are dropped: AWS's documents have one namespace.
 */
import { isUtf8 } from "node:buffer";
import { SaxesParser } from "saxes";
import { assert } from "../base/index.ts";
import { malformedXml } from "./s3-errors.ts";

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  text: string;
}

const DEPTH_MAX = 32;
/** Elements and attributes together. */
const NODES_MAX = 100_000;

/** Throws S3's MalformedXML for whatever is not one well-formed document in UTF-8. */
export function parseXml(body: Buffer): XmlElement {
  if (!isUtf8(body)) throw malformedXml();
  const top: XmlElement = { name: "", attributes: {}, children: [], text: "" };
  const stack = [top];
  let nodes = 0;
  const current = (): XmlElement => {
    const element = stack.at(-1);
    assert(element !== undefined, "the parser closes only what it opened");
    return element;
  };
  const count = () => {
    if (++nodes > NODES_MAX) throw malformedXml();
  };

  const parser = new SaxesParser();
  parser.on("error", () => {
    throw malformedXml();
  });
  parser.on("doctype", () => {
    throw malformedXml();
  });
  parser.on("xmldecl", ({ encoding = "utf-8" }) => {
    if (!/^(utf-8|us-ascii)$/i.test(encoding)) throw malformedXml();
  });
  parser.on("attribute", count);
  parser.on("opentag", (tag) => {
    count();
    if (stack.length > DEPTH_MAX) throw malformedXml();
    const element: XmlElement = {
      name: localName(tag.name),
      attributes: tag.attributes,
      children: [],
      text: "",
    };
    current().children.push(element);
    stack.push(element);
  });
  parser.on("text", (text) => {
    current().text += text;
  });
  parser.on("cdata", (text) => {
    current().text += text;
  });
  parser.on("closetag", () => {
    stack.pop();
  });

  parser.write(body.toString()).close();
  const [root] = top.children;
  if (root === undefined) throw malformedXml();
  return root;
}

/** A name without its prefix. */
export function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}
