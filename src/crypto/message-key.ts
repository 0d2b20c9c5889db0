import { hkdfSync } from "node:crypto";
import { KEY_BYTES } from "./gcm.ts";
import { keyObjectOf, type Secret } from "./secret.ts";

export const SALT_BYTES = 32;
export const COMMITMENT_BYTES = 32;

/** With a key for every message, one nonce will do. Every user of these keys uses this one. */
export const ONLY_NONCE = Buffer.alloc(12);

/** A key for one message only, and a value that stands for the key it was derived from. */
export class MessageKey implements Disposable {
  readonly key: Buffer;
  /**
   * Stored with the message. GCM alone would let one ciphertext be made that opens under two
   * keys; no two keys are known that give one commitment under the same salt.
   */
  readonly commitment: Buffer;

  /**
   * HKDF-SHA256 of `secret`, with a salt of 32 random bytes: so no two messages share a key, and
   * the number of messages under one secret has no practical limit.
   */
  constructor(secret: Secret, salt: Uint8Array, info: string) {
    const length = KEY_BYTES + COMMITMENT_BYTES;
    const derived = Buffer.from(hkdfSync("sha256", keyObjectOf(secret), salt, info, length));
    this.key = derived.subarray(0, KEY_BYTES);
    this.commitment = derived.subarray(KEY_BYTES);
  }

  [Symbol.dispose](): void {
    this.key.fill(0);
  }
}
