/**
 * A full disk is not a dead end: the last of it is kept for what makes room or must not stop. Below
 * the reserve writes of data are refused, while deletions, administration and their audit go on.
 */
import { assert, type Log, SECOND_MS } from "../base/index.ts";
import type { Space } from "./files/files.ts";
import type { Purpose } from "./kv/kv.ts";

const GIB = 1024 ** 3;
const LOOK_EVERY_MS = SECOND_MS;
/** A look is due early when so much of the reserve may have been written since the last one. */
const LOOK_AFTER_SHARE = 1 / 8;

/** The share of the reserve that a write of this purpose leaves untouched. */
const SHARE_LEFT: Readonly<Record<Purpose, number>> = { data: 1, events: 1 / 4, upkeep: 0 };

/** What is kept unless the operator says otherwise: a gibibyte, or 2 % of a large disk. */
export function defaultReserveBytes(totalBytes: number): number {
  return Math.max(GIB, Math.ceil(totalBytes / 50));
}

export function reserveAdmits(purpose: Purpose, freeBytes: number, reserveBytes: number): boolean {
  return freeBytes >= reserveBytes * SHARE_LEFT[purpose];
}

export interface ReserveOptions {
  /** The room on the file system in question. */
  readonly space: () => Promise<Space>;
  readonly log: Log;
  /** Instead of `defaultReserveBytes`. */
  readonly reserveBytes?: number;
}

/**
 * Knows the room of one file system without asking it for every write: it looks every second, and
 * early after large writes. In between it counts what it was told, so a fast stream does not run
 * through the reserve between two looks. Other processes' writes are seen at the next look.
 */
export class Reserve {
  readonly #options: ReserveOptions;
  readonly #timer: NodeJS.Timeout;
  #space: Space;
  #writtenBytes = 0;
  #looking: Promise<void> | undefined;

  private constructor(options: ReserveOptions, space: Space) {
    this.#options = options;
    this.#space = space;
    this.#timer = setInterval(() => void this.sample(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  /** Looks once and then keeps looking until closed. */
  static async watch(options: ReserveOptions): Promise<Reserve> {
    return new Reserve(options, await options.space());
  }

  /** As of the last look, less what was written since. */
  get freeBytes(): number {
    return Math.max(0, this.#space.freeBytes - this.#writtenBytes);
  }

  get reserveBytes(): number {
    return this.#options.reserveBytes ?? defaultReserveBytes(this.#space.totalBytes);
  }

  admits(purpose: Purpose): boolean {
    return reserveAdmits(purpose, this.freeBytes, this.reserveBytes);
  }

  /** Tells of bytes that were just written: a batch or a body, not every record. */
  wrote(bytes: number): void {
    assert(bytes >= 0, "nobody writes fewer than no bytes");
    this.#writtenBytes += bytes;
    if (this.#writtenBytes >= this.reserveBytes * LOOK_AFTER_SHARE) void this.sample();
  }

  /** Looks now, as after a write that found the disk full. A look that fails leaves what was known. */
  sample(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const before = this.admits("data");
    const toldBefore = this.#writtenBytes;
    try {
      this.#space = await this.#options.space();
    } catch (error) {
      this.#options.log.warn({ error }, "the free space of the disk cannot be read");
      return;
    }
    // What was told during the look may not be in its answer.
    this.#writtenBytes -= toldBefore;
    const admitted = this.admits("data");
    if (before && !admitted) this.#warn("the disk is nearly full: writes of data are refused");
    if (!before && admitted) this.#warn("the disk has room again");
  }

  #warn(message: string): void {
    const { freeBytes, reserveBytes } = this;
    this.#options.log.warn({ freeBytes, reserveBytes }, message);
  }
}
