/** One worker stopped as a debugger or a frozen disk would stop it, and what becomes of it. */
import { setTimeout as sleep } from "node:timers/promises";
import { childrenOf } from "./processes.ts";

export interface Stopped {
  readonly pid: number;
  readonly workersBefore: number;
  /** From the stop until it was gone; undefined: it outlived its stop and was let go on. */
  readonly goneAfterMs?: number;
  /** From the stop until there were as many workers as before. */
  readonly replacedAfterMs?: number;
}

const LOOK_MS = 50;

/** Stops the newest worker of the primary, and lets it go on after `seconds` if it still exists. */
export async function stopWorker(primary: number, seconds: number): Promise<Stopped> {
  const workers = childrenOf(primary);
  const pid = workers.at(-1);
  if (pid === undefined) throw new Error("the program has no worker to stop");
  const startedMs = performance.now();
  const elapsedMs = () => performance.now() - startedMs;
  process.kill(pid, "SIGSTOP");
  let goneAfterMs: number | undefined;
  let replacedAfterMs: number | undefined;
  while (elapsedMs() < seconds * 1000) {
    await sleep(LOOK_MS);
    const now = childrenOf(primary);
    if (!now.includes(pid)) goneAfterMs ??= elapsedMs();
    if (goneAfterMs !== undefined && now.length >= workers.length) replacedAfterMs ??= elapsedMs();
  }
  // By then its number may be another program's.
  if (childrenOf(primary).includes(pid)) process.kill(pid, "SIGCONT");
  return {
    pid,
    workersBefore: workers.length,
    ...(goneAfterMs !== undefined && { goneAfterMs }),
    ...(replacedAfterMs !== undefined && { replacedAfterMs }),
  };
}
