/** The program's size while it runs: its file, its memory, and who holds pages of the file back. */
import { readFileSync, statSync } from "node:fs";
import { residentBytes } from "../support/server.ts";
import { databaseFile } from "./fill.ts";
import type { MemoryLimit } from "./memory-limit.ts";
import { memoryOf } from "./processes.ts";
import type { Program } from "./program.ts";

export interface Sizes {
  readonly fileBytes: number;
  /** Pages in use; undefined when the metrics did not come. */
  readonly liveBytes?: number;
  /** The most that was seen since the last call. */
  readonly oldestReaderSeconds: number;
  /** Of the largest worker; pages of the database count. */
  readonly residentBytes: number;
  readonly anonymousBytes: number;
  /** Pages that workers had to wait for the disk for, since the last call. */
  readonly majorFaults: number;
  /** Of the group with the limit. */
  readonly limitedBytes?: number;
  readonly killedForMemory?: number;
}

const LOOK_MS = 2000;
const METRICS_MS_MAX = 3000;

export class Gauges implements Disposable {
  readonly #program: Program;
  readonly #limit: MemoryLimit | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #faults = new Map<number, number>();
  #oldestReaderSeconds = 0;

  constructor(program: Program, limit: MemoryLimit | undefined) {
    this.#program = program;
    this.#limit = limit;
    this.#timer = setInterval(() => void this.#look(), LOOK_MS);
  }

  async take(): Promise<Sizes> {
    const counts = await this.#look();
    const liveBytes = counts?.get("store_live_bytes");
    const pids = this.#program.workers;
    const oldestReaderSeconds = this.#oldestReaderSeconds;
    this.#oldestReaderSeconds = 0;
    return {
      fileBytes: statSync(databaseFile(this.#program.server)).size,
      ...(liveBytes !== undefined && { liveBytes }),
      oldestReaderSeconds,
      residentBytes: Math.max(0, ...pids.map(residentBytes)),
      anonymousBytes: Math.max(0, ...pids.map((pid) => memoryOf(pid).anonymousBytes)),
      majorFaults: pids.reduce((sum, pid) => sum + this.#newFaults(pid), 0),
      ...(this.#limit && {
        limitedBytes: this.#limit.currentBytes,
        killedForMemory: this.#limit.killed,
      }),
    };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  /** A worker that stands still may be the one that was asked: then nothing comes. */
  async #look(): Promise<ReadonlyMap<string, number> | undefined> {
    const late = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => late.resolve(undefined), METRICS_MS_MAX);
    try {
      const counts = await Promise.race([this.#program.counts(), late.promise]);
      const seconds = counts?.get("store_oldest_reader_seconds") ?? 0;
      this.#oldestReaderSeconds = Math.max(this.#oldestReaderSeconds, seconds);
      return counts;
    } catch {
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  #newFaults(pid: number): number {
    const before = this.#faults.get(pid) ?? 0;
    const now = majorFaultsOf(pid) ?? before;
    this.#faults.set(pid, now);
    return now - before;
  }
}

/** proc(5): the tenth field after the name. */
function majorFaultsOf(pid: number): number | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[9]);
  } catch {
    return undefined;
  }
}
