/** lmdb-js, as far as it is used here, and the options that make it safe. */
import { open } from "lmdb";
import { StorageError } from "../errors.ts";

export { getLastVersion } from "lmdb";

/** One named database. Reads within a transaction see what it has written. */
export interface Database {
  getBinary(key: Buffer): Buffer | undefined;
  /** The value is overwritten by the next read. */
  getBinaryFast(key: Buffer): Buffer | undefined;
  getRange(range: RangeOptions): Iterable<Row>;
  putSync(key: Buffer, value: Uint8Array, version: number): void;
  removeSync(key: Buffer): boolean;
  getStats(): Figures;
  /** Ends the snapshot that reads have opened. */
  resetReadTxn(): void;
}

export interface Root extends Database {
  openDB(name: string, options: object): Database;
  transaction(write: () => void): Promise<void>;
  readerList(): string;
  readerCheck(): number;
  backup(directory: string, compact: boolean): Promise<void>;
  close(): Promise<void>;
  /** Not in lmdb-js's own types. */
  readonly env: { info(): Info };
}

export interface RangeOptions {
  readonly start: Buffer;
  readonly end: Buffer;
  readonly exclusiveStart: boolean;
  readonly inclusiveEnd: boolean;
  readonly reverse: boolean;
  readonly limit: number;
  readonly versions: true;
}

export interface Row {
  readonly key: Buffer;
  readonly value: Buffer;
  readonly version: number;
}

/** Pages of one tree. */
export interface Tree {
  readonly entryCount: number;
  readonly treeBranchPageCount: number;
  readonly treeLeafPageCount: number;
  readonly overflowPages: number;
}

export interface Figures extends Tree {
  readonly root: Tree;
  readonly free: Tree;
  readonly pageSize: number;
  readonly lastPageNumber: number;
}

export interface Info {
  /** The transaction that was committed last, by any process. */
  readonly lastTxnId: number;
  /** How often this process has written out all pages of a transaction. */
  readonly pageFlushes: number;
}

const NOTHING = Buffer.alloc(0);

/** The version of an entry is lmdb-js's own: 8 bytes before the value, so that none is copied to make room. */
export const BYTES = { encoding: "binary", keyEncoding: "binary", useVersions: true } as const;

/** For reading keys and versions: a decoder of our own keeps values from being copied out. */
export const KEYS_ONLY = {
  keyEncoding: "binary",
  encoding: "string",
  useVersions: true,
  encoder: { encode: (value: Buffer) => value, decode: () => NOTHING },
} as const;

/** Each process has one or two snapshots open at most. */
const READERS_MAX = 512;

export function openRoot(path: string, mapSize: number): Root {
  const options = {
    ...BYTES,
    path,
    mapSize,
    maxDbs: 4,
    maxReaders: READERS_MAX,
    permissionsMode: 0o600,
    // A promise must mean 'synced', not 'visible'.
    overlappingSync: false,
    // Pages are wiped before use: the heap holds keys and plaintext, the file never does.
    noMemInit: false,
    // Commits are gathered by the writer above, which has one transaction at a time.
    eventTurnBatching: false,
    trackMetrics: true,
  };
  try {
    // Its own types lack what is used here.
    return open(options) as unknown as Root;
  } catch (error) {
    throw new StorageError(`the store in \`${path}\` cannot be opened`, { cause: error });
  }
}
