/**
 * One LMDB environment: a folder with two files, open in any number of processes.
 *
 * It holds the named database `entries`, and beside it, in the main database, two records without
 * a value: COUNTER, whose version is the last version ever given, and FORMAT, whose version is the
 * format of all this. (The main database is written at each commit anyway: it holds the root of
 * `entries`.)
 */
import { dirname, join } from "node:path";
import { assert } from "../../../base/index.ts";
import { realFiles } from "../../files/real.ts";
import { StorageError } from "../errors.ts";
import { requireLmdbFile } from "./data-file.ts";
import {
  BYTES,
  type Database,
  type Figures,
  getLastVersion,
  KEYS_ONLY,
  openRoot,
  type Root,
  type Row,
} from "./lmdb-js.ts";

const COUNTER = Buffer.from("versions");
const FORMAT = Buffer.from("format");
const FORMAT_LEVEL = 1;
const NOTHING = Buffer.alloc(0);

/** LMDB's name for it. */
const DATA_FILE = "data.mdb";

/** LMDB's limit at pages of 4 KiB, the smallest there are. */
export const KEY_BYTES_MAX = 1978;

const MIB = 1024 ** 2;
/** Address space, not memory or disk. The map grows beyond it when it must. */
const MAP_BYTES_DEFAULT = 256 * 1024 * MIB;
const MAP_BYTES_MIN = MIB;
/** Half of what a process can address. */
const MAP_BYTES_MAX = 2 ** 46;

export interface EnvironmentOptions {
  /** A folder of its own; made when absent, its parent must be there. */
  readonly directory: string;
  /** Address space to begin with, 1 MiB to 64 TiB; 256 GiB unless said. */
  readonly mapBytes?: number;
}

export interface Bounds {
  readonly gte: Buffer;
  readonly lt: Buffer;
  readonly limit: number;
  readonly reverse: boolean;
}

export class Environment {
  readonly #root: Root;
  readonly #entries: Database;
  /** The same entries, read without their values. */
  readonly #keys: Database;

  private constructor(root: Root) {
    this.#root = root;
    this.#entries = root.openDB("entries", BYTES);
    this.#keys = root.openDB("entries", KEYS_ONLY);
  }

  /** Throws StorageError when the folder holds something else or something newer. */
  static async open(options: EnvironmentOptions): Promise<Environment> {
    const { directory, mapBytes = MAP_BYTES_DEFAULT } = options;
    // A size that went through 32-bit arithmetic is negative, and LMDB ends the process on it.
    const sane = Number.isSafeInteger(mapBytes) && mapBytes >= MAP_BYTES_MIN;
    assert(sane && mapBytes <= MAP_BYTES_MAX, "the map has 1 MiB to 64 TiB");
    await makeDurable(directory);
    await requireLmdbFile(realFiles, join(directory, DATA_FILE));
    const environment = new Environment(openRoot(directory, mapBytes));
    try {
      await environment.#requireFormat();
    } catch (error) {
      await environment.close();
      throw error;
    }
    // LMDB syncs what is in its files; that the files are in the folder is ours to sync.
    await realFiles.syncDirectory(directory);
    return environment;
  }

  /**
   * Runs `write` within a write transaction and resolves once that is committed and synced. Waiting
   * for the lock and syncing happen on another thread; only `write` runs on this one.
   */
  transaction(write: () => void): Promise<void> {
    return this.#root.transaction(write);
  }

  lastVersion(): number {
    return versionIn(this.#root, COUNTER);
  }

  version(key: Buffer): number {
    return versionIn(this.#entries, key);
  }

  value(key: Buffer): Buffer | undefined {
    return this.#entries.getBinary(key);
  }

  row(key: Buffer): Row | undefined {
    const value = this.#entries.getBinary(key);
    return value === undefined ? undefined : { key, value, version: getLastVersion() };
  }

  /** Rows in order. The iteration must not wait for anything. */
  rows(bounds: Bounds): Iterable<Row> {
    return rangeOf(this.#entries, bounds);
  }

  /** The same with empty values, for much less work. */
  keys(bounds: Bounds): Iterable<Row> {
    return rangeOf(this.#keys, bounds);
  }

  put(key: Buffer, value: Uint8Array, version: number): void {
    this.#entries.putSync(key, value, version);
  }

  remove(key: Buffer): void {
    this.#entries.removeSync(key);
  }

  putLastVersion(version: number): void {
    this.#root.putSync(COUNTER, NOTHING, version);
  }

  /**
   * Ends the snapshot that reads have opened. INVARIANT: called after each read, before anything
   * is awaited: an old snapshot keeps every page freed since from being used again, and would hide
   * what other processes have committed since.
   */
  release(): void {
    this.#root.resetReadTxn();
  }

  figures(): Figures {
    const figures = this.#entries.getStats();
    this.release();
    return figures;
  }

  /** The transaction that was committed last, by any process. */
  lastTransaction(): number {
    return this.#root.env.info().lastTxnId;
  }

  /**
   * How often this process has written all pages of a transaction: what fails after that, fails in
   * a sync or in the meta page.
   */
  pageFlushes(): number {
    return this.#root.env.info().pageFlushes;
  }

  /** Within a transaction: whether LMDB has marked it as failed, so that it can't be committed. */
  hasFailed(): boolean {
    try {
      this.lastVersion();
      return false;
    } catch {
      return true;
    }
  }

  /** LMDB's table of readers as text. */
  readers(): string {
    return this.#root.readerList();
  }

  /** Frees the places of readers whose processes have ended. */
  freeDeadReaders(): void {
    this.#root.readerCheck();
  }

  /** Writes a copy without free pages into a new folder. Holds one snapshot all the while. */
  async copyTo(directory: string): Promise<void> {
    await makeDurable(directory);
    await this.#root.backup(directory, true);
    const copy = await realFiles.open(join(directory, DATA_FILE));
    assert(copy !== undefined, "LMDB has written its copy");
    try {
      await copy.syncData();
    } finally {
      await copy.close();
    }
    await realFiles.syncDirectory(directory);
  }

  close(): Promise<void> {
    return this.#root.close();
  }

  async #requireFormat(): Promise<void> {
    const level = versionIn(this.#root, FORMAT);
    this.release();
    if (level === FORMAT_LEVEL) return;
    if (level !== 0) throw new StorageError(`the store is of a newer format (${level})`);
    await this.transaction(() => this.#root.putSync(FORMAT, NOTHING, FORMAT_LEVEL));
  }
}

function versionIn(database: Database, key: Buffer): number {
  return database.getBinaryFast(key) === undefined ? 0 : getLastVersion();
}

function rangeOf(database: Database, { gte, lt, limit, reverse }: Bounds): Iterable<Row> {
  const [start, end] = reverse ? [lt, gte] : [gte, lt];
  const ends = { exclusiveStart: reverse, inclusiveEnd: reverse };
  return database.getRange({ start, end, ...ends, reverse, limit, versions: true });
}

async function makeDurable(directory: string): Promise<void> {
  await realFiles.makeDirectory(directory);
  await realFiles.syncDirectory(dirname(directory));
}
