/**
 * The ordered map of bytes under all metadata, with one way to write it. Engines implement this
 * interface and nothing more; `testing/conformance.ts` is what they promise, as tests.
 *
 * Keys and values are bytes without meaning here: tuples, codecs and sealing belong to records/.
 * Keys order as unsigned bytes, a prefix before its extensions.
 */

/** 1 to `limits.keyBytesMax` bytes. A Buffer is one, and is the cheapest to pass. */
export type Key = Uint8Array;

/**
 * Names one state of one key; 0n is absence. Unique for ever over all keys of a store, across
 * processes, restarts and deletions, so that a recreated key never passes an old check. Not ordered:
 * compare for equality only. Keys written by one commit share its version.
 */
export type Version = bigint;

export interface Entry {
  readonly key: Buffer;
  /** Owned by the caller. Empty from a range of keys only. */
  readonly value: Buffer;
  readonly version: Version;
}

/**
 * How deep into the disk reserve a commit may reach when the disk runs full: `data` leaves the
 * whole reserve, `events` (blocks of read events) a quarter of it, `upkeep` (deletions, key and
 * policy administration, and their audit) may use all.
 */
export type Purpose = "data" | "events" | "upkeep";

/** Checks first, then everything else at once. A key is named at most once among puts, deletes and adds. */
export interface Commit {
  /** Versions that must still be current; 0n: the key must be absent. */
  readonly checks: readonly { readonly key: Key; readonly version: Version }[];
  readonly puts: readonly { readonly key: Key; readonly value: Uint8Array }[];
  /** Absent keys are deleted already: no error. */
  readonly deletes: readonly Key[];
  /**
   * Counters: signed 64-bit big-endian values, to which deltas are added without a check. An absent
   * counter is 0; adding makes it. Adds commute: commits that add to one counter never conflict.
   * A sum beyond 64 bits wraps.
   */
  readonly adds: readonly { readonly key: Key; readonly delta: bigint }[];
  /** `data` unless said. */
  readonly purpose?: Purpose;
}

/** From `gte` to before `lt`, in key order, or from the end when `reverse`. */
export interface RangeQuery {
  readonly gte: Key;
  readonly lt: Key;
  /** 1 to RANGE_ENTRIES_MAX. */
  readonly limit: number;
  readonly reverse?: boolean;
  /** Leaves values out (empty): several times cheaper. */
  readonly keysOnly?: boolean;
}

export interface Limits {
  readonly keyBytesMax: number;
  readonly valueBytesMax: number;
  /** Checks, puts, deletes and adds of one commit together; also the keys of one get. */
  readonly operationsMax: number;
}

/** Gauges and counts since opening; an engine leaves out what it cannot know. */
export interface Statistics {
  /** Commits that took effect, that a check refused, and that an error refused. */
  readonly commits: number;
  readonly refused: number;
  readonly failed: number;
  /** Write transactions, each ended by one sync: commits / syncs is the gathering. */
  readonly syncs: number;
  readonly entries?: number;
  readonly fileBytes?: number;
  readonly liveBytes?: number;
  readonly freeBytes?: number;
  /** How long the oldest snapshot has been seen, by whoever watches readers here, while commits went on. */
  readonly oldestReaderMs?: number;
}

/**
 * Every read sees all commits that were acknowledged before it began, by any process.
 * All methods throw InvariantError for a caller's mistake (a limit exceeded, use after close).
 */
export interface Kv {
  /** One snapshot, in the order of `keys`; undefined where absent. Joined with other gets of its tick. */
  get(keys: readonly Key[]): Promise<(Entry | undefined)[]>;

  /**
   * Optional, for embedded engines: the current version without waiting, in about a microsecond, so
   * that a cache can be compared with the store on every use.
   */
  versionNow?(key: Key): Version;

  /** One page is one snapshot; a later page is another. */
  range(query: RangeQuery): Promise<Entry[]>;

  /**
   * Atomic, durable and serialisable: resolves after the sync. The commit and its bytes are read
   * until then: the caller leaves them as they are. Undefined: a check failed and
   * nothing was written. Throws StorageError when nothing was written for another reason
   * (StorageFullError: no room), CommitUnknown when it may or may not have been.
   */
  commit(commit: Commit): Promise<Version | undefined>;

  /**
   * Calls `changed` after commits that touched a key beginning with `prefix`. Best effort: calls
   * are joined, may be late, spurious or, for other processes, missing. Never a source of truth.
   */
  hint(prefix: Key, changed: () => void): Closeable;

  readonly limits: Limits;
  statistics(): Statistics;
  /** Waits for commits under way; later calls are refused. */
  close(): Promise<void>;
}

export interface Closeable {
  close(): void;
}

/** What one page of a range may hold: a snapshot lives no longer than one page. */
export const RANGE_ENTRIES_MAX = 1000;

/** What every engine grants at least: records/ builds keys and values within these. */
export const LIMITS_GRANTED: Limits = {
  keyBytesMax: 1900,
  valueBytesMax: 1024 * 1024,
  operationsMax: 10_000,
};
