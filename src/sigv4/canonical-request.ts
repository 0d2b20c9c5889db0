/**
 * The canonical request of Signature Version 4, and the string that is signed for it:
 *
 *     method ⏎ path ⏎ query ⏎ (name ":" value ⏎)… ⏎ signed names ⏎ payload hash
 *     "AWS4-HMAC-SHA256" ⏎ timestamp ⏎ scope ⏎ hex(SHA-256(canonical request))
 *
 * "Create a signed AWS API request", IAM User Guide. Both are octets, one per character.
 */
import { sha256Hex } from "../crypto/index.ts";
import { canonicalPart, canonicalPath, canonicalPathTwice } from "./encoding.ts";
import { headerOf, type SignedRequest } from "./request.ts";

export const ALGORITHM = "AWS4-HMAC-SHA256";

const BLANK = 0x20;

/** `signedHeaders` as the signature lists them: lower case, joined by ";". */
export function canonicalRequest(
  request: SignedRequest,
  signed: {
    readonly service: string;
    readonly signedHeaders: string;
    readonly payloadHash: string;
  },
): string {
  const path =
    signed.service === "s3" ? canonicalPath(request.path || "/") : canonicalPathTwice(request.path);
  let text = `${request.method}\n${path}\n${canonicalQuery(request.query)}\n`;
  for (const name of signed.signedHeaders.split(";")) {
    text += `${name}:${canonicalValue(headerOf(request, name) ?? "")}\n`;
  }
  return `${text}\n${signed.signedHeaders}\n${signed.payloadHash}`;
}

export function stringToSign(timestamp: string, scope: string, canonical: string): string {
  return `${ALGORITHM}\n${timestamp}\n${scope}\n${sha256Hex(octets(canonical))}`;
}

/** The octets of a text that node:http handed over. */
export function octets(text: string): Buffer {
  return Buffer.from(text, "latin1");
}

/** Sorted by name, then value; without X-Amz-Signature, which cannot sign itself. */
export function canonicalQuery(query: string): string {
  if (query === "") return "";
  const pairs: [name: string, value: string][] = [];
  for (const pair of query.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = canonicalPart(equals < 0 ? pair : pair.slice(0, equals));
    if (name === "X-Amz-Signature") continue;
    pairs.push([name, equals < 0 ? "" : canonicalPart(pair.slice(equals + 1))]);
  }
  pairs.sort(byNameThenValue);
  let text = "";
  for (const [name, value] of pairs) text += `${text === "" ? "" : "&"}${name}=${value}`;
  return text;
}

/** By octets: `a-b` comes after `a` whatever its value, so the joined text is no key. */
function byNameThenValue(a: readonly [string, string], b: readonly [string, string]): number {
  if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1;
  if (a[1] === b[1]) return 0;
  return a[1] < b[1] ? -1 : 1;
}

/**
 * Without blanks at the ends, and with one blank for each run of them. (Not `trim`: the octet A0
 * is half of a character here, not a blank.)
 */
export function canonicalValue(value: string): string {
  const endsInBlank = value.charCodeAt(0) === BLANK || value.charCodeAt(value.length - 1) === BLANK;
  if (!endsInBlank && !value.includes("  ") && !value.includes("\t")) return value;
  return value.replaceAll(/[ \t]+/g, " ").replaceAll(/^ | $/g, "");
}
