/** What every object must be, as far as replies have told: one byte for each. */
import { randomInt } from "node:crypto";
import { filledBody } from "./fill.ts";
import { type Body, wholeBody } from "./requests.ts";
import { bodyOf } from "./wanted.ts";

const AS_FILLED = 0;
/** A write whose reply did not come: it may have taken effect or not, now or later. */
const UNCERTAIN = 255;
const BODIES = 200;

export class Ledger {
  readonly #states: Uint8Array;
  readonly #bodies: readonly Body[];
  readonly #filledBytes: number;
  /** Objects written while somebody was to be watched closely. */
  readonly #watched = new Set<number>();
  watching = false;
  acknowledged = 0;

  constructor(objects: number, sizes: { readonly filledBytes: number; readonly putBytes: number }) {
    this.#states = new Uint8Array(objects);
    this.#filledBytes = sizes.filledBytes;
    this.#bodies = Array.from({ length: BODIES }, () => wholeBody(bodyOf(sizes.putBytes).bytes));
  }

  get objects(): number {
    return this.#states.length;
  }

  /** One of the bodies for writes, and its number. */
  draw(): { readonly body: Body; readonly mark: number } {
    const at = randomInt(BODIES);
    const body = this.#bodies[at];
    if (!body) throw new Error("there are bodies");
    return { body, mark: at + 1 };
  }

  wrote(index: number, mark: number): void {
    this.acknowledged += 1;
    // Whoever was uncertain stays so: the earlier write may still be under way.
    if (this.#states[index] !== UNCERTAIN) this.#states[index] = mark;
    if (this.watching && this.#watched.size < WATCHED_MAX) this.#watched.add(index);
  }

  doubt(index: number): void {
    this.#states[index] = UNCERTAIN;
  }

  /** What a read must give; undefined when nobody knows. */
  expected(index: number): Buffer | undefined {
    const state = this.#states[index] ?? UNCERTAIN;
    if (state === UNCERTAIN) return undefined;
    return state === AS_FILLED
      ? filledBody(index, this.#filledBytes)
      : this.#bodies[state - 1]?.bytes;
  }

  /** Written and certain: all that were watched, and as many others at random. */
  sample(others: number): number[] {
    const written: number[] = [];
    for (const [index, state] of this.#states.entries()) {
      if (state !== AS_FILLED && state !== UNCERTAIN) written.push(index);
    }
    const chosen = new Set([...this.#watched].filter((index) => this.#states[index] !== UNCERTAIN));
    const wanted = Math.min(written.length, chosen.size + others);
    while (chosen.size < wanted) {
      const index = written[randomInt(written.length)];
      if (index !== undefined) chosen.add(index);
    }
    return [...chosen];
  }
}

const WATCHED_MAX = 5000;
