/** Hashes and HMACs of what is in memory at once, and the comparison that keeps no time. */
import { createHash, createHmac, createSecretKey, hash, timingSafeEqual } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { keyObjectOf, Secret } from "./secret.ts";

/** A string is hashed as UTF-8. */
export type Hashable = string | Uint8Array;

export function sha256(data: Hashable): Buffer {
  return hash("sha256", data, "buffer");
}

export function sha256Hex(data: Hashable): string {
  return hash("sha256", data, "hex");
}

export function sha512(data: Hashable): Buffer {
  return hash("sha512", data, "buffer");
}

/** For ETags and Content-MD5 only: it proves nothing against an adversary. */
export function md5(data: Hashable): Buffer {
  return hash("md5", data, "buffer");
}

/** For AWS's checksums, old digests and signatures of version 2 only. */
export function sha1(data: Hashable): Buffer {
  return hash("sha1", data, "buffer");
}

/** A hash that is fed piece by piece. After `digest` it is spent. */
export interface Digest {
  update(data: Uint8Array): void;
  digest(): Buffer;
}

export type DigestAlgorithm = "MD5" | "SHA1" | "SHA256" | "SHA512";

export function createDigest(algorithm: DigestAlgorithm): Digest {
  return createHash(algorithm);
}

let hmacKeyObject: (key: HmacKey) => KeyObject;

/** A key in the form that HMAC takes (raw bytes cost several microseconds more at every use). */
export class HmacKey {
  readonly #key: KeyObject;

  static {
    hmacKeyObject = (key) => key.#key;
  }

  private constructor(key: KeyObject) {
    this.#key = key;
  }

  static of(bytes: Uint8Array | Secret): HmacKey {
    return new HmacKey(bytes instanceof Secret ? keyObjectOf(bytes) : createSecretKey(bytes));
  }
}

/** Copies the bytes: the caller still owns, and wipes, its own. */
export function hmacKey(bytes: Uint8Array | Secret): HmacKey {
  return HmacKey.of(bytes);
}

export function hmacSha256(key: HmacKey, data: Hashable): Buffer {
  return createHmac("sha256", hmacKeyObject(key)).update(data).digest();
}

export function hmacSha256Hex(key: HmacKey, data: Hashable): string {
  return createHmac("sha256", hmacKeyObject(key)).update(data).digest("hex");
}

export function hmacSha1(key: HmacKey, data: Hashable): Buffer {
  return createHmac("sha1", hmacKeyObject(key)).update(data).digest();
}

/** In time that depends on the lengths only. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
