/** The ordered map in memory: for tests. As strict as an engine with a disk, and as asynchronous. */
import { assert } from "../../base/index.ts";
import type { DiskReserve } from "./disk-reserve.ts";
import { assertCommit, assertKey, assertKeys, assertRange } from "./door.ts";
import { StorageFullError } from "./errors.ts";
import { type Before, evaluate } from "./evaluate.ts";
import { Hints } from "./hints.ts";
import {
  type Closeable,
  type Commit,
  type Entry,
  type Key,
  type Kv,
  type Limits,
  LIMITS_GRANTED,
  type RangeQuery,
  type Statistics,
  type Version,
} from "./kv.ts";

interface Stored {
  readonly value: Buffer;
  readonly version: number;
}

/** What outlives closing: open it again, or several times at once as several nodes would. */
export class MemoryStore {
  readonly hints = new Hints();
  /** Keys as latin1 strings, which compare as their bytes do. */
  readonly #entries = new Map<string, Stored>();
  #sorted: string[] | undefined = [];
  #lastVersion = 0;

  readonly #before: Before = {
    version: (key) => this.#entries.get(nameOf(key))?.version ?? 0,
    value: (key) => this.#entries.get(nameOf(key))?.value,
  };

  open(options: { reserve?: DiskReserve } = {}): Kv {
    return new MemoryKv(this, options.reserve);
  }

  get size(): number {
    return this.#entries.size;
  }

  get(name: string): Stored | undefined {
    return this.#entries.get(name);
  }

  /** The names from `gte` to before `lt`, in order. */
  names(gte: string, lt: string): readonly string[] {
    this.#sorted ??= [...this.#entries.keys()].toSorted((a, b) => (a < b ? -1 : 1));
    return this.#sorted.slice(placeOf(this.#sorted, gte), placeOf(this.#sorted, lt));
  }

  commit(commit: Commit): number | undefined {
    const { outcomes, changes, lastVersion } = evaluate([commit], this.#before, this.#lastVersion);
    const outcome = outcomes[0];
    if (outcome instanceof Error) throw outcome;
    this.#lastVersion = lastVersion;
    for (const { key, value, version } of changes) {
      const name = nameOf(key);
      if (this.#entries.has(name) !== (value !== undefined)) this.#sorted = undefined;
      if (value === undefined) this.#entries.delete(name);
      else this.#entries.set(name, { value: Buffer.from(value), version });
    }
    if (outcome !== undefined) this.hints.committed(commit);
    return outcome;
  }
}

class MemoryKv implements Kv {
  readonly limits: Limits = LIMITS_GRANTED;
  readonly #store: MemoryStore;
  readonly #reserve: DiskReserve | undefined;
  #open = true;
  #counts = { commits: 0, refused: 0, failed: 0 };

  constructor(store: MemoryStore, reserve: DiskReserve | undefined) {
    this.#store = store;
    this.#reserve = reserve;
  }

  async get(keys: readonly Key[]): Promise<(Entry | undefined)[]> {
    this.#assertOpen();
    assertKeys(keys, this.limits);
    return keys.map((key) => this.#entry(nameOf(key)));
  }

  versionNow(key: Key): Version {
    this.#assertOpen();
    assertKey(key, this.limits);
    return BigInt(this.#store.get(nameOf(key))?.version ?? 0);
  }

  async range(query: RangeQuery): Promise<Entry[]> {
    this.#assertOpen();
    assertRange(query, this.limits);
    const names = this.#store.names(nameOf(query.gte), nameOf(query.lt));
    const page = query.reverse
      ? names.slice(-query.limit).toReversed()
      : names.slice(0, query.limit);
    return page.map((name) => this.#entry(name, query)).filter((entry) => entry !== undefined);
  }

  async commit(commit: Commit): Promise<Version | undefined> {
    this.#assertOpen();
    assertCommit(commit, this.limits);
    // Commits take effect after a turn of the loop, as they do where there is a disk.
    await new Promise(setImmediate);
    if (this.#reserve?.admits(commit.purpose ?? "data") === false) {
      this.#counts.failed++;
      throw new StorageFullError("reserve");
    }
    const version = this.#store.commit(commit);
    this.#counts[version === undefined ? "refused" : "commits"]++;
    return version === undefined ? undefined : BigInt(version);
  }

  hint(prefix: Key, changed: () => void): Closeable {
    return this.#store.hints.subscribe(prefix, changed);
  }

  statistics(): Statistics {
    return { ...this.#counts, syncs: 0, entries: this.#store.size };
  }

  async close(): Promise<void> {
    this.#open = false;
  }

  #entry(name: string, { keysOnly }: { keysOnly?: boolean } = {}): Entry | undefined {
    const stored = this.#store.get(name);
    if (stored === undefined) return undefined;
    const { value, version } = stored;
    return {
      key: Buffer.from(name, "latin1"),
      value: keysOnly ? Buffer.alloc(0) : Buffer.from(value),
      version: BigInt(version),
    };
  }

  #assertOpen(): void {
    assert(this.#open, "a closed store is not used");
  }
}

function nameOf(key: Key): string {
  return Buffer.from(key.buffer, key.byteOffset, key.length).toString("latin1");
}

/** The index of the first name that is not before `bound`. */
function placeOf(sorted: readonly string[], bound: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? "") < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
