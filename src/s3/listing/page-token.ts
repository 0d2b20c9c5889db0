/**
 * Continuation tokens: the last name of a page, under a mark that tells a token from a guess. A
 * token grants nothing: whoever makes one up may as well ask to start after a name.
 *
 *     token = base64url(01 ‖ first 8 bytes of SHA-256("page token" ‖ name) ‖ name)
 */
import { equalBytes, sha256 } from "../../crypto/index.ts";

const VERSION = 1;
const MARK_BYTES = 8;
const HEAD_BYTES = 1 + MARK_BYTES;
const TOKEN_CHARS_MAX = 4096;

export function encodePageToken(name: string): string {
  const bytes = Buffer.from(name);
  return Buffer.concat([Buffer.of(VERSION), markOf(bytes), bytes]).toString("base64url");
}

/** The name after which the next page begins; undefined for what encodePageToken never made. */
export function decodePageToken(token: string): string | undefined {
  if (token.length > TOKEN_CHARS_MAX) return undefined;
  const bytes = Buffer.from(token, "base64url");
  if (bytes.length <= HEAD_BYTES || bytes[0] !== VERSION) return undefined;
  const name = bytes.subarray(HEAD_BYTES);
  return equalBytes(bytes.subarray(1, HEAD_BYTES), markOf(name)) ? name.toString() : undefined;
}

function markOf(name: Buffer): Buffer {
  return sha256(Buffer.concat([Buffer.from("page token"), name])).subarray(0, MARK_BYTES);
}
