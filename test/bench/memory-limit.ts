/** A limit of memory for the program and the pages that it reads: Linux's control groups, v2. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Where Linux mounts them; a v2 tree beside v1's has no memory controller and is of no use. */
const GROUPS = "/sys/fs/cgroup";

export class MemoryLimit implements Disposable {
  readonly bytes: number;
  readonly #group: string;

  private constructor(group: string, bytes: number) {
    this.#group = group;
    this.bytes = bytes;
  }

  /** Answers a sentence when this machine lets us set no limit. */
  static of(bytes: number): MemoryLimit | string {
    const group = join(GROUPS, `strongroom-bench-${process.pid}`);
    let controllers: string;
    try {
      controllers = readFileSync(join(GROUPS, "cgroup.controllers"), "utf8");
    } catch {
      return `${GROUPS} is no cgroup v2 tree`;
    }
    if (!controllers.split(/\s+/).includes("memory")) {
      return `${GROUPS} has no memory controller`;
    }
    try {
      writeFileSync(join(GROUPS, "cgroup.subtree_control"), "+memory");
      mkdirSync(group);
      const limit = new MemoryLimit(group, bytes);
      writeFileSync(join(group, "memory.max"), String(bytes));
      return limit;
    } catch (error) {
      return `a control group cannot be made: ${String(error)}`;
    }
  }

  /** Later children of a process in the group are in it from their start. */
  add(pids: readonly number[]): void {
    for (const pid of pids) writeFileSync(join(this.#group, "cgroup.procs"), String(pid));
  }

  /** Now, with the pages of files that count for the group. */
  get currentBytes(): number {
    return Number(readFileSync(join(this.#group, "memory.current"), "utf8"));
  }

  /** Processes that the kernel ended for want of memory. */
  get killed(): number {
    const events = readFileSync(join(this.#group, "memory.events"), "utf8");
    return Number(/^oom_kill (\d+)$/m.exec(events)?.[1] ?? 0);
  }

  /** When no process is in it any more. */
  [Symbol.dispose](): void {
    try {
      rmdirSync(this.#group);
    } catch {
      // Something still lives in it: an empty group costs nothing.
    }
  }
}

/**
 * Lets the kernel forget a file's pages, which were filled in by a process outside the limit and
 * would count for nobody within it. False where dd does not know how.
 */
export function forgetPages(file: string): boolean {
  return spawnSync("dd", [`if=${file}`, "iflag=nocache", "count=0"]).status === 0;
}
