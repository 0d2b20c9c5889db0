import { assert } from "../../base/index.ts";
import { StorageError } from "../kv/errors.ts";

/** A bounded number of open files, and a bounded queue for them, first come first served. */
export class Slots {
  readonly #max: number;
  readonly #waitersMax: number;
  #taken = 0;
  #waiters: (() => void)[] = [];

  constructor(max: number, waitersMax: number) {
    assert(max > 0 && waitersMax >= 0, "there is at least one slot");
    this.#max = max;
    this.#waitersMax = waitersMax;
  }

  get taken(): number {
    return this.#taken;
  }

  async take(): Promise<void> {
    if (this.#taken < this.#max) {
      this.#taken++;
      return;
    }
    if (this.#waiters.length >= this.#waitersMax) throw new StorageError("too many files are open");
    await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  /** Hands the slot to whoever waits longest. */
  give(): void {
    assert(this.#taken > 0, "a slot is given back once");
    const next = this.#waiters.shift();
    if (next === undefined) this.#taken--;
    else next();
  }
}
