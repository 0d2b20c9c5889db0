/** What keeps key bytes in memory from leaving it by the back door. Called before anything is opened. */
import { writeFileSync } from "node:fs";

/** Files and sockets that this process makes are its user's alone. */
const PRIVATE_UMASK = 0o077;

/** Flags for child processes: the one that does not exist before the first line of code runs. */
export const HARDENED_FLAGS = ["--disable-sigusr1"];

export function harden(): void {
  process.umask(PRIVATE_UMASK);
  // node opens its inspector on this signal unless somebody listens to it.
  process.on("SIGUSR1", () => {});
  emptyCoreDumps();
}

/** A dump of this process, or of one it starts, holds no memory (core(5)). */
function emptyCoreDumps(): void {
  if (process.platform !== "linux") return;
  try {
    writeFileSync("/proc/self/coredump_filter", "0");
  } catch {
    // A kernel built without core dumps has no such file.
  }
}
