/**
 * Who holds a snapshot, and since when. A snapshot that stays while newer transactions commit keeps
 * every page freed since from being used again: the file grows until it ends. LMDB gives no ages,
 * so they are told by looking again.
 */
import type { Clock } from "../../../base/index.ts";

/** One place in LMDB's table that holds a snapshot. */
export interface Reader {
  readonly pid: number;
  readonly thread: string;
  readonly transaction: number;
}

export interface WatchedReader extends Reader {
  /** How many looks in a row have found this snapshot here while newer transactions had committed. */
  readonly looks: number;
  /** Since the first of them. */
  readonly ageMs: number;
}

interface Sighting {
  readonly firstMs: number;
  readonly looks: number;
}

export class ReaderWatch {
  readonly #clock: Clock;
  #sightings = new Map<string, Sighting>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `table`: LMDB's, as text. Those that hold the newest transaction hold nobody up. */
  look(table: string, lastTransaction: number): WatchedReader[] {
    const nowMs = this.#clock.monotonicMs();
    const sightings = new Map<string, Sighting>();
    const watched: WatchedReader[] = [];
    for (const { pid, thread, transaction } of parseReaders(table)) {
      const name = `${pid} ${thread} ${transaction}`;
      const seen = this.#sightings.get(name);
      const behind = transaction < lastTransaction;
      const looks = behind ? (seen?.looks ?? 0) + 1 : 0;
      const firstMs = behind ? (seen?.firstMs ?? nowMs) : nowMs;
      sightings.set(name, { firstMs, looks });
      watched.push({ pid, thread, transaction, looks, ageMs: nowMs - firstMs });
    }
    this.#sightings = sightings;
    return watched;
  }
}

/**
 * LMDB's table of readers: a line each with process id, thread id in hexadecimal and transaction,
 * `-` where no snapshot is open.
 */
export function parseReaders(table: string): Reader[] {
  return [...table.matchAll(/^\s*(\d+)\s+([0-9a-f]+)\s+(\d+)\s*$/gm)].map(
    ([, pid = "", thread = "", transaction = ""]) => ({
      pid: Number(pid),
      thread,
      transaction: Number(transaction),
    }),
  );
}
