/** The program's size while it runs: its file, its memory, and who holds pages of the file back. */
import { readFileSync, statSync } from "node:fs";
import { residentBytes } from "../support/server.ts";
import { databaseFile } from "./fill.ts";
import type { MemoryLimit } from "./memory-limit.ts";
import { cpuSeconds, machineBusySeconds, memoryOf } from "./processes.ts";
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
  /** Of processor time, since the last call: of the workers, this process, and anyone else. */
  readonly serverCpuSeconds: number;
  readonly clientCpuSeconds: number;
  readonly othersCpuSeconds: number;
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
  /** By process: what was counted until the last call. */
  readonly #faults = new Map<number, number>();
  readonly #cpu = new Map<number, number>();
  #machineSeconds = machineBusySeconds();
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
      majorFaults: pids.reduce(
        (sum, pid) => sum + newSince(this.#faults, pid, majorFaults(pid)),
        0,
      ),
      ...this.#cpuSeconds(pids),
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

  #cpuSeconds(pids: readonly number[]) {
    const of = (pid: number) => newSince(this.#cpu, pid, cpuSeconds(pid));
    const serverCpuSeconds = pids.reduce((sum, pid) => sum + of(pid), 0);
    const clientCpuSeconds = of(process.pid);
    const machine = machineBusySeconds();
    const others = machine - this.#machineSeconds - serverCpuSeconds - clientCpuSeconds;
    this.#machineSeconds = machine;
    return { serverCpuSeconds, clientCpuSeconds, othersCpuSeconds: Math.max(0, others) };
  }
}

/** What a process that has ended counted last is lost. */
function newSince(counted: Map<number, number>, pid: number, now: number | undefined): number {
  const before = counted.get(pid) ?? 0;
  if (now === undefined || Number.isNaN(now)) return 0;
  counted.set(pid, now);
  return now - before;
}

/** proc(5): the tenth field after the name. */
function majorFaults(pid: number): number | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[9]);
  } catch {
    return undefined;
  }
}
