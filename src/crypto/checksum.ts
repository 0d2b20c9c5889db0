/**
 * The checksums that S3 knows, incremental. A CRC or xxHash is its big-endian value, as in the
 * base64 of the `x-amz-checksum-*` headers.
 */
import { crc32 } from "node:zlib";
import {
  createCRC32,
  createCRC64,
  createXXHash128,
  createXXHash3,
  createXXHash64,
} from "hash-wasm";
import { assert } from "../base/index.ts";
import { createDigest, type Digest } from "./hash.ts";
import { SharedHasher } from "./shared-hasher.ts";

/** S3's names, in upper case as requests give them. */
export const CHECKSUM_ALGORITHMS = [
  "CRC32",
  "CRC32C",
  "CRC64NVME",
  "MD5",
  "SHA1",
  "SHA256",
  "SHA512",
  "XXHASH128",
  "XXHASH3",
  "XXHASH64",
] as const;

export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];

/** The length of each checksum. */
export const CHECKSUM_BYTES: Readonly<Record<ChecksumAlgorithm, number>> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  MD5: 16,
  SHA1: 20,
  SHA256: 32,
  SHA512: 64,
  XXHASH128: 16,
  XXHASH3: 8,
  XXHASH64: 8,
};

const shared = {
  crc32c: new SharedHasher(await createCRC32(0x82f63b78)),
  crc64Nvme: new SharedHasher(await createCRC64("9a6c9329ac4bc9b5")),
  xxHash128: new SharedHasher(await createXXHash128()),
  xxHash3: new SharedHasher(await createXXHash3()),
  xxHash64: new SharedHasher(await createXXHash64()),
};

/** For platforms without native code, which is a matter of speed: results are the same. */
export const portable = {
  CRC32: (): Digest => new Crc32Digest(crc32),
  CRC32C: (): Digest => shared.crc32c.start(),
};

const native = await import("@node-rs/crc32").catch(() => undefined);

const create: Readonly<Record<ChecksumAlgorithm, () => Digest>> = {
  CRC32: native ? () => new Crc32Digest(native.crc32) : portable.CRC32,
  CRC32C: native ? () => new Crc32Digest(native.crc32c) : portable.CRC32C,
  CRC64NVME: () => shared.crc64Nvme.start(),
  MD5: () => createDigest("MD5"),
  SHA1: () => createDigest("SHA1"),
  SHA256: () => createDigest("SHA256"),
  SHA512: () => createDigest("SHA512"),
  XXHASH128: () => shared.xxHash128.start(),
  XXHASH3: () => shared.xxHash3.start(),
  XXHASH64: () => shared.xxHash64.start(),
};

/** A checksum at its start. After `digest` it is spent; one that is abandoned holds nothing. */
export function createChecksum(algorithm: ChecksumAlgorithm): Digest {
  return create[algorithm]();
}

class Crc32Digest implements Digest {
  #value = 0;
  #spent = false;
  readonly #crc: (data: Uint8Array, start: number) => number;

  constructor(crc: (data: Uint8Array, start: number) => number) {
    this.#crc = crc;
  }

  update(data: Uint8Array): void {
    assert(!this.#spent, "a spent digest is fed no more");
    this.#value = this.#crc(data, this.#value);
  }

  digest(): Buffer {
    assert(!this.#spent, "a digest is taken once");
    this.#spent = true;
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(this.#value >>> 0);
    return bytes;
  }
}
