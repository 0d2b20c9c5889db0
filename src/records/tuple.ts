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
  return Buffer.concat(parts.map(encodePart));
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
  const text = encodePart(textPrefix);
  return rangeOfPrefix(Buffer.concat([encodeKey(parts), text.subarray(0, -1)]));
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

function encodePart(part: Part): Buffer {
  if (typeof part === "bigint") {
    assert(part >= 0n && part <= NATURAL_MAX, "a natural part fits in 64 bits");
    const bytes = Buffer.alloc(9);
    bytes[0] = NATURAL;
    bytes.writeBigUInt64BE(part, 1);
    return bytes;
  }
  const raw = typeof part === "string" ? Buffer.from(part, "utf8") : Buffer.from(part);
  const kind = typeof part === "string" ? TEXT : BYTES;
  const zeros = countZeros(raw);
  const bytes = Buffer.alloc(raw.length + zeros + 2);
  bytes[0] = kind;
  if (zeros === 0) {
    bytes.set(raw, 1);
    return bytes;
  }
  let at = 1;
  for (const byte of raw) {
    bytes[at] = byte;
    at += 1;
    if (byte === 0) {
      bytes[at] = 0xff;
      at += 1;
    }
  }
  return bytes;
}

function countZeros(raw: Uint8Array): number {
  if (!raw.includes(0)) return 0;
  let zeros = 0;
  for (const byte of raw) if (byte === 0) zeros += 1;
  return zeros;
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
