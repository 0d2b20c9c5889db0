import { assert } from "../base/index.ts";

/** A string stands for its UTF-8 bytes, a number (a safe natural one) for 8 bytes, big-endian. */
export type Field = string | number | Uint8Array;

const LENGTH_BYTES = 4;
const NUMBER_BYTES = 8;

/**
 * Writes each field as its length (4 bytes, big-endian) and its bytes, so that no two lists of
 * fields give the same bytes: "ab","c" and "a","bc" differ. What is authenticated with a
 * ciphertext is always such a list. Which type a field has is fixed by the purpose of the list.
 *
 * UTF-8 has no form for half of a surrogate pair: callers refuse such strings at the wire.
 */
export function encodeFields(fields: readonly Field[]): Buffer {
  let total = 0;
  for (const field of fields) total += LENGTH_BYTES + byteLengthOf(field);

  const encoded = Buffer.allocUnsafe(total);
  let at = 0;
  for (const field of fields) {
    const start = at + LENGTH_BYTES;
    const end = start + write(encoded, start, field);
    encoded.writeUInt32BE(end - start, at);
    at = end;
  }
  return encoded;
}

function byteLengthOf(field: Field): number {
  if (typeof field === "string") return Buffer.byteLength(field);
  return typeof field === "number" ? NUMBER_BYTES : field.length;
}

function write(target: Buffer, at: number, field: Field): number {
  if (typeof field === "string") return target.write(field, at);
  if (typeof field === "number") return writeNatural(target, at, field);
  target.set(field, at);
  return field.length;
}

/** 8 bytes, big-endian, without the cost of a BigInt. */
export function writeNatural(target: Buffer, at: number, value: number): number {
  assert(Number.isSafeInteger(value) && value >= 0, "a number field is a safe natural number");
  target.writeUInt32BE(Math.floor(value / 2 ** 32), at);
  target.writeUInt32BE(value % 2 ** 32, at + 4);
  return NUMBER_BYTES;
}
