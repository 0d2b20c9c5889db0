import { createSecretKey, type KeyObject } from "node:crypto";
import { inspect } from "node:util";
import { assert } from "../base/index.ts";
import { fillRandom } from "./random-pool.ts";

let keyObjectOf: (secret: Secret) => KeyObject;

/**
 * Key bytes with one owner, wiped when that owner's scope ends:
 *
 *     using dataKey = await kms.decrypt(wrapped);
 *
 * A secret never becomes a string: strings cannot be wiped. It prints as "[secret]".
 *
 * UNSAFE: ciphers and HMACs work on a KeyObject, a copy of the bytes that only the garbage
 * collector frees. It is made at first use, once per secret, and dropped at disposal.
 */
export class Secret implements Disposable {
  #bytes: Buffer | null;
  #key: KeyObject | null = null;

  static {
    keyObjectOf = (secret) => (secret.#key ??= createSecretKey(secret.expose()));
  }

  private constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Takes ownership of `bytes`. The caller must not read or keep them afterwards. */
  static adopt(bytes: Buffer): Secret {
    return new Secret(bytes);
  }

  /** `length` fresh random bytes. */
  static random(length: number): Secret {
    return new Secret(fillRandom(Buffer.alloc(length)));
  }

  /** In bytes; known after disposal to nobody. */
  get length(): number {
    return this.expose().length;
  }

  /** The live bytes, valid until disposal. Search for `.expose(` to audit every reader. */
  expose(): Buffer {
    assert(this.#bytes !== null, "a secret is not read after disposal");
    return this.#bytes;
  }

  [Symbol.dispose](): void {
    this.#bytes?.fill(0);
    this.#bytes = null;
    this.#key = null;
  }

  toJSON(): string {
    return "[secret]";
  }

  toString(): string {
    return "[secret]";
  }

  [inspect.custom](): string {
    return "[secret]";
  }
}

/** The form that ciphers and HMACs take, made once per secret. Stays inside crypto/. */
export { keyObjectOf };
