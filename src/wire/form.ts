/**
 * `A.member.1.B=x&M.entry.1.key=k`: the form that awsQuery requests are written in, as a tree. Of a
 * repeated name the first value counts.
 */
import { ServiceError } from "./service-error.ts";

export interface FormNode {
  text?: string;
  children?: Map<string, FormNode>;
}

const PARAMETERS_MAX = 20_000;
const DEPTH_MAX = 32;

/** Throws MalformedQueryString. */
export function parseForm(source: string): FormNode {
  const root: FormNode = {};
  if (source === "") return root;
  let parameters = 0;
  for (const pair of source.split("&")) {
    if (pair === "") continue;
    if (++parameters > PARAMETERS_MAX) throw malformed("too many parameters");
    const equals = pair.indexOf("=");
    const name = unescape(equals < 0 ? pair : pair.slice(0, equals));
    const node = nodeAt(root, name);
    node.text ??= equals < 0 ? "" : unescape(pair.slice(equals + 1));
  }
  return root;
}

function nodeAt(root: FormNode, name: string): FormNode {
  const parts = name.split(".", DEPTH_MAX + 1);
  if (parts.length > DEPTH_MAX) throw malformed("a parameter is nested too deeply");
  let node = root;
  for (const part of parts) {
    node.children ??= new Map();
    let child = node.children.get(part);
    if (child === undefined) {
      child = {};
      node.children.set(part, child);
    }
    node = child;
  }
  return node;
}

function unescape(text: string): string {
  const spaced = text.includes("+") ? text.replaceAll("+", " ") : text;
  if (!spaced.includes("%")) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch (error) {
    if (error instanceof URIError) throw malformed("a parameter is not percent-encoded UTF-8");
    throw error;
  }
}

function malformed(detail: string): ServiceError {
  return new ServiceError("MalformedQueryString", 400, `The query string is malformed: ${detail}`);
}
