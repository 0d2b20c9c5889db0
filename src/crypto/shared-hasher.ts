import type { IHasher } from "hash-wasm";
import { assert } from "../base/index.ts";
import type { Digest } from "./hash.ts";

/**
 * Lets any number of digests share one WebAssembly instance, which is made asynchronously and
 * weighs a memory of its own. The instance holds the state of one digest at a time; when another
 * one is fed, the state is saved and the other's loaded (about a microsecond each), so a digest
 * that is fed without interruption pays nothing, and an abandoned one leaves nothing to release.
 */
export class SharedHasher {
  readonly #hasher: IHasher;
  #current: SharedDigest | null = null;

  constructor(hasher: IHasher) {
    this.#hasher = hasher;
  }

  start(): Digest {
    return new SharedDigest(this);
  }

  /** The instance, holding the state of `digest`. */
  enter(digest: SharedDigest): IHasher {
    if (this.#current === digest) return this.#hasher;
    if (this.#current) this.#current.saved = this.#hasher.save();
    this.#current = digest;
    return digest.saved ? this.#hasher.load(digest.saved) : this.#hasher.init();
  }

  leave(): void {
    this.#current = null;
  }
}

class SharedDigest implements Digest {
  saved: Uint8Array | null = null;
  #spent = false;
  readonly #shared: SharedHasher;

  constructor(shared: SharedHasher) {
    this.#shared = shared;
  }

  update(data: Uint8Array): void {
    assert(!this.#spent, "a spent digest is fed no more");
    this.#shared.enter(this).update(data);
  }

  digest(): Buffer {
    assert(!this.#spent, "a digest is taken once");
    this.#spent = true;
    const bytes = this.#shared.enter(this).digest("binary");
    this.#shared.leave();
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }
}
