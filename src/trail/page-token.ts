/** LookupEvents' NextToken: a position, bound to the request that it continues. */
import { encodeFields, equalBytes, type HmacKey, hmacSha256 } from "../crypto/index.ts";
import type { Position } from "./event-search.ts";

const MAC_BYTES = 16;
const TOKEN_CHARS_MAX = 1024;

/** `question` is the request without its token: a token answers no other. */
export function renderToken(key: HmacKey, question: string, { time, id }: Position): string {
  const position = Buffer.from(JSON.stringify([time, id]));
  return Buffer.concat([macOf(key, question, position), position]).toString("base64");
}

/** Undefined for a token that was not issued for this question. */
export function parseToken(key: HmacKey, question: string, token: string): Position | undefined {
  if (token.length > TOKEN_CHARS_MAX) return undefined;
  const bytes = Buffer.from(token, "base64");
  const position = bytes.subarray(MAC_BYTES);
  if (bytes.length <= MAC_BYTES) return undefined;
  if (!equalBytes(bytes.subarray(0, MAC_BYTES), macOf(key, question, position))) return undefined;
  const [time, id] = JSON.parse(position.toString()) as [number, string];
  return { time, id };
}

function macOf(key: HmacKey, question: string, position: Uint8Array): Buffer {
  const fields = encodeFields(["strongroom/lookup-events/1", question, position]);
  return Buffer.from(hmacSha256(key, fields)).subarray(0, MAC_BYTES);
}
