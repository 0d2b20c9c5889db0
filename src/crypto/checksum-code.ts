import { assert } from "../base/index.ts";
import { CHECKSUM_BYTES, type ChecksumAlgorithm } from "./checksum.ts";

/** Of the whole object, or of the checksums of its parts. */
export type ChecksumType = "FULL_OBJECT" | "COMPOSITE";

/** A checksum that S3 keeps with an object or a part. */
export interface ObjectChecksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly type: ChecksumType;
  readonly bytes: Uint8Array;
}

/** On disk: numbers are never changed or used again. 0 means that there is none. */
const codes: Readonly<Record<ChecksumAlgorithm, number>> = {
  CRC32: 1,
  CRC32C: 2,
  CRC64NVME: 3,
  SHA1: 4,
  SHA256: 5,
  SHA512: 6,
  MD5: 7,
  XXHASH64: 8,
  XXHASH3: 9,
  XXHASH128: 10,
};
const typeCodes: Readonly<Record<ChecksumType, number>> = { FULL_OBJECT: 1, COMPOSITE: 2 };

const algorithms = inverse(codes);
const types = inverse(typeCodes);

const HEAD_BYTES = 2;

export function encodedChecksumBytes(checksum: ObjectChecksum | undefined): number {
  return checksum ? HEAD_BYTES + checksum.bytes.length : 0;
}

/** Writes algorithm (1 byte) ‖ type (1) ‖ the checksum, or nothing where there is none. */
export function encodeChecksum(
  target: Buffer,
  at: number,
  checksum: ObjectChecksum | undefined,
): void {
  if (!checksum) return;
  const { algorithm, type, bytes } = checksum;
  assert(bytes.length === CHECKSUM_BYTES[algorithm], "a checksum has its algorithm's length");
  target[at] = codes[algorithm];
  target[at + 1] = typeCodes[type];
  target.set(bytes, at + HEAD_BYTES);
}

/** From authenticated bytes: anything but our own encoding is a bug or a newer format. */
export function decodeChecksum(encoded: Buffer): ObjectChecksum | undefined {
  if (encoded.length === 0) return undefined;
  const algorithm = algorithms.get(encoded[0] ?? 0);
  const type = types.get(encoded[1] ?? 0);
  assert(algorithm && type, "a checksum's algorithm and type are known");
  const bytes = Buffer.from(encoded.subarray(HEAD_BYTES));
  assert(bytes.length === CHECKSUM_BYTES[algorithm], "a checksum has its algorithm's length");
  return { algorithm, type, bytes };
}

function inverse<Name extends string>(table: Readonly<Record<Name, number>>): Map<number, Name> {
  const names = new Map<number, Name>();
  for (const name in table) names.set(table[name], name);
  return names;
}
