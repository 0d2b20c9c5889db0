/**
 * Keys of the ordered map: tuples of parts in an encoding whose byte order is the order of the
 * tuples, part by part. docs/formats/keys.md is its specification.
 *
 *     text    = 02 ‖ UTF-8, each 00 followed by FF ‖ 00
 *     bytes   = 01 ‖ bytes, each 00 followed by FF ‖ 00
 *     natural = 03 ‖ 8 bytes, big-endian
 *
 * A text is a prefix of another in this order exactly when it is one as UTF-8, so a listing under a
 * prefix is one range.
 */
import { assert } from "../base/index.ts";

export type Part = string | bigint | Uint8Array;

const BYTES = 1;
const TEXT = 2;
const NATURAL = 3;
const NATURAL_MAX = 2n ** 64n - 1n;

/** The encoded tuple. */
export function encodeKey(parts: readonly Part[]): Buffer {
  return keyOfText(keyText(parts));
}

/**
 * The encoded tuple as a text of octets, one a character: far cheaper to make than bytes, and what
 * keys are known by in memory. The text of two tuples is the one's and then the other's.
 */
export function keyText(parts: readonly Part[]): string {
  let text = "";
  for (const part of parts) text += partText(part);
  return text;
}

/** The bytes of a `keyText`. */
export function keyOfText(text: string): Buffer {
  return Buffer.from(text, "latin1");
}

/** The parts of an encoded tuple; throws InvariantError for bytes that encodeKey never made. */
export function decodeKey(key: Uint8Array): Part[] {
  const bytes = Buffer.from(key.buffer, key.byteOffset, key.byteLength);
  const parts: Part[] = [];
  let at = 0;
  while (at < bytes.length) {
    const kind = bytes[at];
    at += 1;
    if (kind === NATURAL) {
      assert(at + 8 <= bytes.length, "a natural part has eight bytes");
      parts.push(bytes.readBigUInt64BE(at));
      at += 8;
      continue;
    }
    assert(kind === TEXT || kind === BYTES, "a part is text, bytes or a natural number");
    const end = endOfEscaped(bytes, at);
    const raw = unescape(bytes.subarray(at, end));
    parts.push(kind === TEXT ? raw.toString("utf8") : raw);
    at = end + 1;
  }
  return parts;
}

/** A range of keys: from `gte` to before `lt`. */
export interface KeyRange {
  readonly gte: Buffer;
  readonly lt: Buffer;
}

/** All keys that begin with these parts and have more. */
export function rangeUnder(parts: readonly Part[]): KeyRange {
  return rangeOfPrefix(encodeKey(parts));
}

/** All keys that begin with these parts and then a text that begins with `textPrefix`. */
export function rangeOfTextPrefix(parts: readonly Part[], textPrefix: string): KeyRange {
  const text = keyText([...parts, textPrefix]);
  return rangeOfPrefix(keyOfText(text.slice(0, -1)));
}

/** The first key after every key that begins with `prefix`. */
export function afterPrefix(prefix: Uint8Array): Buffer {
  const end = Buffer.from(prefix);
  for (let at = end.length - 1; at >= 0; at -= 1) {
    const byte = end[at] ?? 0;
    if (byte < 0xff) {
      end[at] = byte + 1;
      return end.subarray(0, at + 1);
    }
  }
  return Buffer.alloc(2048, 0xff);
}

/** The least key greater than `key`. */
export function successor(key: Uint8Array): Buffer {
  return Buffer.concat([key, Buffer.of(0)]);
}

function rangeOfPrefix(prefix: Buffer): KeyRange {
  return { gte: prefix, lt: afterPrefix(prefix) };
}

function partText(part: Part): string {
  if (typeof part === "bigint") return naturalText(part);
  if (typeof part === "string") return `\x02${PLAIN.test(part) ? part : octetsOf(part)}\0`;
  return `\x01${octetsOf(part)}\0`;
}

/** Most texts are their own octets. */
// oxlint-disable-next-line no-control-regex -- the octet 00 alone is escaped
const PLAIN = /^[\x01-\x7f]*$/;

function octetsOf(raw: string | Uint8Array): string {
  const bytes =
    typeof raw === "string"
      ? Buffer.from(raw, "utf8")
      : Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  return bytes.toString("latin1").replaceAll("\0", "\0\xff");
}

function naturalText(part: bigint): string {
  assert(part >= 0n && part <= NATURAL_MAX, "a natural part fits in 64 bits");
  return `\x03${wordText(Number(part >> 32n))}${wordText(Number(part & 0xffff_ffffn))}`;
}

/** 32 bits, big-endian. */
function wordText(word: number): string {
  return String.fromCharCode(word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255);
}

function endOfEscaped(bytes: Buffer, start: number): number {
  let at = bytes.indexOf(0, start);
  while (at !== -1 && bytes[at + 1] === 0xff) at = bytes.indexOf(0, at + 2);
  assert(at !== -1, "a text or bytes part is terminated");
  return at;
}

function unescape(escaped: Buffer): Buffer {
  if (!escaped.includes(0)) return Buffer.from(escaped);
  const raw: number[] = [];
  for (let at = 0; at < escaped.length; at += 1) {
    const byte = escaped[at] ?? 0;
    raw.push(byte);
    if (byte === 0) at += 1;
  }
  return Buffer.from(raw);
}
