/**
 * Full disk is not a dead end: the last of it is kept for what makes room or must not stop. Below
 * the reserve ordinary writes are refused, while deletions, administration and its audit go on.
 *
 * Free space is looked at now and then, never per commit; between two looks, what is written is
 * counted instead.
 */
import { type Log, SECOND_MS } from "../../base/index.ts";
import type { Space } from "../files/files.ts";
import type { Purpose } from "./kv.ts";

const SAMPLE_MS = SECOND_MS;
const GIB = 1024 ** 3;

/** The share of the reserve that a commit of this purpose leaves untouched. */
const SHARE_LEFT: Readonly<Record<Purpose, number>> = { data: 1, events: 0.25, upkeep: 0 };

export interface DiskReserveOptions {
  /** The room on the file system in question. */
  readonly space: () => Promise<Space>;
  readonly log: Log;
  /** Instead of max(1 GiB, 2 % of the disk). */
  readonly reserveBytes?: number;
}

export class DiskReserve {
  readonly #options: DiskReserveOptions;
  readonly #timer: NodeJS.Timeout;
  #space: Space;
  #wroteBytes = 0;

  private constructor(options: DiskReserveOptions, space: Space) {
    this.#options = options;
    this.#space = space;
    this.#timer = setInterval(() => void this.sample(), SAMPLE_MS);
    this.#timer.unref();
  }

  static async watch(options: DiskReserveOptions): Promise<DiskReserve> {
    return new DiskReserve(options, await options.space());
  }

  get freeBytes(): number {
    return Math.max(0, this.#space.freeBytes - this.#wroteBytes);
  }

  get reserveBytes(): number {
    return this.#options.reserveBytes ?? Math.max(GIB, 0.02 * this.#space.totalBytes);
  }

  admits(purpose: Purpose): boolean {
    return this.freeBytes >= this.reserveBytes * SHARE_LEFT[purpose];
  }

  /** To be told of what is written to this disk, by anyone of this process. */
  wrote(bytes: number): void {
    this.#wroteBytes += bytes;
  }

  /** Looks now: after a write that found the disk full. A look that fails leaves what was known. */
  async sample(): Promise<void> {
    const before = this.admits("data");
    try {
      this.#space = await this.#options.space();
      this.#wroteBytes = 0;
    } catch (error) {
      this.#options.log.warn({ error }, "the free space of the disk cannot be read");
      return;
    }
    if (before && !this.admits("data"))
      this.#say("the disk is nearly full: only upkeep is written");
    if (!before && this.admits("data")) this.#say("the disk has room again");
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #say(message: string): void {
    this.#options.log.warn({ freeBytes: this.freeBytes, reserveBytes: this.reserveBytes }, message);
  }
}
