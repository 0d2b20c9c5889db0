import { assert } from "../base/index.ts";

/** One allowance of memory that all bodies of a process share. */
export class ByteBudget {
  readonly bytesMax: number;
  #held = 0;

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  get heldBytes(): number {
    return this.#held;
  }

  /** Takes `bytes`, or nothing when they are not to be had: then the answer is false. */
  take(bytes: number): boolean {
    assert(bytes >= 0, "a budget is asked for a natural number of bytes");
    if (this.#held + bytes > this.bytesMax) return false;
    this.#held += bytes;
    return true;
  }

  give(bytes: number): void {
    assert(bytes <= this.#held, "a budget takes back only what it gave");
    this.#held -= bytes;
  }
}
