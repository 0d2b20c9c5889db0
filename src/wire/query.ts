/** The query of an S3 request, decoded; and keys as S3 encodes them for encoding-type=url. */
import { invalidUri } from "./s3-errors.ts";

const PARAMETERS_MAX = 1000;
const NONE: ReadonlyMap<string, string> = new Map();

/** Of a repeated parameter the first value counts. Throws InvalidURI. */
export function parseQuery(source: string): ReadonlyMap<string, string> {
  if (source === "") return NONE;
  const parameters = new Map<string, string>();
  for (const pair of source.split("&", PARAMETERS_MAX + 1)) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = decode(equals < 0 ? pair : pair.slice(0, equals), source);
    if (parameters.has(name)) continue;
    parameters.set(name, equals < 0 ? "" : decode(pair.slice(equals + 1), source));
    if (parameters.size > PARAMETERS_MAX) throw invalidUri(source);
  }
  return parameters;
}

function decode(text: string, source: string): string {
  const spaced = text.includes("+") ? text.replaceAll("+", " ") : text;
  if (!spaced.includes("%")) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch (error) {
    if (error instanceof URIError) throw invalidUri(source);
    throw error;
  }
}

const KEPT = /^[A-Za-z0-9/\-_.*]*$/;

/** As S3 writes keys, prefixes and markers under encoding-type=url: a space becomes "+". */
export function encodeListedKey(key: string): string {
  if (KEPT.test(key)) return key;
  return encodeURIComponent(key.toWellFormed())
    .replaceAll("%20", "+")
    .replaceAll("%2F", "/")
    .replace(/[!'()~]/g, (character) =>
      character === "~" ? "~" : `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
    );
}
