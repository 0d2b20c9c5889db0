/** The embedded engine: one LMDB environment, which several processes may have open at once. */
import { assert, type Clock, systemClock } from "../../../base/index.ts";
import type { DiskReserve } from "../disk-reserve.ts";
import { assertCommit, assertKey, assertKeys, assertRange } from "../door.ts";
import { StorageFullError } from "../errors.ts";
import { Hints } from "../hints.ts";
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
} from "../kv.ts";
import { Environment, type EnvironmentOptions, KEY_BYTES_MAX } from "./environment.ts";
import { GroupWriter } from "./group-writer.ts";
import type { Row } from "./lmdb-js.ts";
import { ReaderWatch, type WatchedReader } from "./reader-watch.ts";

export interface LmdbOptions extends EnvironmentOptions {
  /**
   * The disk failed to sync, or LMDB is beyond use: end the process. Called at least once; the
   * commits concerned get CommitUnknown, all later ones StorageError.
   */
  readonly fatal: (error: Error) => void;
  readonly reserve?: DiskReserve;
  readonly clock?: Clock;
}

export class LmdbKv implements Kv {
  readonly limits: Limits = { ...LIMITS_GRANTED, keyBytesMax: KEY_BYTES_MAX };
  readonly #environment: Environment;
  readonly #writer: GroupWriter;
  readonly #readers: ReaderWatch;
  readonly #hints = new Hints();
  readonly #reserve: DiskReserve | undefined;
  #open = true;
  #oldestReaderMs = 0;
  #refusedByReserve = 0;

  private constructor(environment: Environment, options: LmdbOptions) {
    const { fatal, reserve, clock = systemClock } = options;
    this.#environment = environment;
    this.#readers = new ReaderWatch(clock);
    this.#reserve = reserve;
    this.#writer = new GroupWriter({
      environment,
      clock,
      fatal,
      committed: (commit) => this.#hints.committed(commit),
      wrote: (bytes) => reserve?.wrote(bytes),
      failed: () => void reserve?.sample(),
    });
  }

  /** Throws StorageError when the folder cannot be opened or is of a newer format. */
  static async open(options: LmdbOptions): Promise<LmdbKv> {
    return new LmdbKv(await Environment.open(options), options);
  }

  async get(keys: readonly Key[]): Promise<(Entry | undefined)[]> {
    this.#assertOpen();
    assertKeys(keys, this.limits);
    return this.#snapshot((environment) =>
      keys.map((key) => {
        const row = environment.row(asBuffer(key));
        return row === undefined ? undefined : asEntry(row);
      }),
    );
  }

  versionNow(key: Key): Version {
    this.#assertOpen();
    assertKey(key, this.limits);
    try {
      return BigInt(this.#environment.version(asBuffer(key)));
    } finally {
      this.#environment.release();
    }
  }

  async range(query: RangeQuery): Promise<Entry[]> {
    this.#assertOpen();
    assertRange(query, this.limits);
    const { gte, lt, limit, reverse = false, keysOnly = false } = query;
    if (lt.length === 0) return [];
    const page = {
      gte: gte.length === 0 ? FIRST : asBuffer(gte),
      lt: asBuffer(lt),
      limit,
      reverse,
    };
    return this.#snapshot((environment) =>
      Array.from(keysOnly ? environment.keys(page) : environment.rows(page), asEntry),
    );
  }

  async commit(commit: Commit): Promise<Version | undefined> {
    this.#assertOpen();
    assertCommit(commit, this.limits);
    if (this.#reserve?.admits(commit.purpose ?? "data") === false) {
      this.#refusedByReserve++;
      throw new StorageFullError("reserve");
    }
    const version = await this.#writer.submit(commit);
    return version === undefined ? undefined : BigInt(version);
  }

  /** Of commits by this process only: what others change is seen by comparing versions. */
  hint(prefix: Key, changed: () => void): Closeable {
    return this.#hints.subscribe(prefix, changed);
  }

  statistics(): Statistics {
    this.#assertOpen();
    const { commits, refused, failed, syncs } = this.#writer.counts;
    const figures = this.#environment.figures();
    const livePages = [figures, figures.root, figures.free]
      .map((tree) => tree.treeBranchPageCount + tree.treeLeafPageCount + tree.overflowPages)
      .reduce((sum, pages) => sum + pages, META_PAGES);
    const fileBytes = (figures.lastPageNumber + 1) * figures.pageSize;
    const liveBytes = livePages * figures.pageSize;
    return {
      commits,
      refused,
      failed: failed + this.#refusedByReserve,
      syncs,
      entries: figures.entryCount,
      fileBytes,
      liveBytes,
      freeBytes: fileBytes - liveBytes,
      oldestReaderMs: this.#oldestReaderMs,
    };
  }

  /** The latest transaction that was committed, by any process. */
  get lastTransaction(): number {
    this.#assertOpen();
    return this.#environment.lastTransaction();
  }

  /**
   * Everyone, of any process, who holds a snapshot now; frees the places of dead processes first.
   * For the primary, every second: who is `looks` >= 10 is stuck.
   */
  checkReaders(): WatchedReader[] {
    this.#assertOpen();
    this.#environment.freeDeadReaders();
    const last = this.#environment.lastTransaction();
    const readers = this.#readers.look(this.#environment.readers(), last);
    this.#oldestReaderMs = readers.reduce((oldest, { ageMs }) => Math.max(oldest, ageMs), 0);
    return readers;
  }

  /**
   * Writes a copy without free pages into a new folder, synced, whose versions go on from here. It
   * holds one snapshot all the while, from a thread of its own: for the primary, not for a worker
   * that is watched.
   */
  async compact(directory: string): Promise<void> {
    this.#assertOpen();
    await this.#environment.copyTo(directory);
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#writer.close();
    await this.#environment.close();
  }

  /** INVARIANT: `read` is synchronous, so that no snapshot outlives one page or an await. */
  #snapshot<Result>(read: (environment: Environment) => Result): Result {
    try {
      return read(this.#environment);
    } finally {
      this.#environment.release();
    }
  }

  #assertOpen(): void {
    assert(this.#open, "a closed store is not used");
  }
}

/** No key is before this one. */
const FIRST = Buffer.from([0]);

/** LMDB keeps its two meta pages beside its trees. */
const META_PAGES = 2;

function asEntry({ key, value, version }: Row): Entry {
  return { key, value, version: BigInt(version) };
}

function asBuffer(key: Key): Buffer {
  return Buffer.isBuffer(key) ? key : Buffer.from(key.buffer, key.byteOffset, key.length);
}
