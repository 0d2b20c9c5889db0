/** What the kernel knows of processes: Linux's /proc, and nothing elsewhere. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";

/** Linux counts processor time in hundredths of a second for every program. */
const TICKS_PER_SECOND = 100;

/** Seconds of processor time, of all its threads. */
export function cpuSeconds(pid: number): number {
  const text = read(`/proc/${pid}/stat`);
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Seconds that the machine's processors were busy with anything. */
export function machineBusySeconds(): number {
  const [first = ""] = read("/proc/stat").split("\n");
  const [user = 0, nice = 0, system = 0, , , irq = 0, soft = 0, steal = 0] = first
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + soft + steal) / TICKS_PER_SECOND;
}

export interface Memory {
  /** The most that was resident since `forgetPeak`: mapped pages of the database count too. */
  readonly peakBytes: number;
  /** Resident now and not backed by a file: heap, buffers, stacks. */
  readonly anonymousBytes: number;
}

export function memoryOf(pid: number): Memory {
  const text = read(`/proc/${pid}/status`);
  const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1] ?? 0);
  return { peakBytes: kib("VmHWM") * 1024, anonymousBytes: kib("RssAnon") * 1024 };
}

/** Lets VmHWM begin anew (proc(5), clear_refs). False where the kernel does not let us. */
export function forgetPeak(pid: number): boolean {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, "5");
    return true;
  } catch {
    return false;
  }
}

/** The processes that a process has started, oldest first. */
export function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`)
    .flatMap((task) => read(`/proc/${pid}/task/${task}/children`).split(" "))
    .filter((text) => text !== "")
    .map(Number)
    .toSorted((a, b) => a - b);
}

/** Of the last minute. */
export function load(): number {
  return loadavg()[0] ?? 0;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
