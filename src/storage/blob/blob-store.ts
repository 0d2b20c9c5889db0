/**
 * Ciphertext by name, written once. Names are `<session>/<n>`: the process session that wrote the
 * blob (32 lower-case hex digits) and a number that this session uses once.
 *
 * INVARIANT: blob first, metadata after. What `finish` acknowledged is whole after any crash; a blob
 * that was not acknowledged may be there or not, and is garbage that `list` or `sweepTemporary` finds.
 *
 * Every method throws StorageError (StorageFullError: no room) for what the disk refuses, and
 * InvariantError for a caller's mistake, such as a name of another form.
 */
import type { Purpose } from "../kv/kv.ts";

/** Where ciphertext lies. */
export interface BlobStore {
  /**
   * Begins a blob; waits while too many are being written. An existing name is a StorageError. How
   * deep the blob may reach into the disk reserve is its purpose's: `data` unless said.
   */
  create(name: string, purpose?: Purpose): Promise<BlobWriter>;
  /**
   * Undefined when there is no such finished blob. Waits while too many are open. Whoever needs a
   * writer as well creates that first: a reader is never held while waiting for a writer.
   */
  open(name: string): Promise<BlobReader | undefined>;
  /** Durable when resolved: no crash brings the blob back. An absent one is deleted already. */
  delete(name: string): Promise<void>;
  /** Finished blobs of a session that follow `after`, by ascending number. */
  list(session: string, after: string | undefined, limit: number): Promise<string[]>;
  /** Removes what unfinished writes left behind; only for a session that can write no more. Answers how many. */
  sweepTemporary(session: string): Promise<number>;
  /** Sessions that left anything here and follow `after`, ascending. */
  sessions(after: string | undefined, limit: number): Promise<string[]>;
  /** Forgets an emptied session; answers false when something of it remains. */
  removeSession(session: string): Promise<boolean>;
  /** Undefined for a store that knows no bound of its own. */
  usage(): Promise<BlobUsage | undefined>;
}

/** One caller writes at a time; it ends with exactly one of `finish` and `abort`. */
export interface BlobWriter {
  /**
   * Takes the next bytes and owns them from now on. A returned promise means that enough is on its
   * way: the caller waits for it before it writes again. It rejects when the blob is lost; what was
   * written is removed then, and `abort` has nothing left to do.
   */
  write(chunk: Uint8Array): Promise<void> | undefined;
  /** Durable when resolved. When it rejects nothing of the blob remains. */
  finish(): Promise<{ bytes: number }>;
  /** Removes what was written. Does nothing after `finish`, failed or not, so that it can stand in a `finally`. */
  abort(): Promise<void>;
}

export interface BlobReader {
  readonly bytes: number;
  /**
   * Exactly `length` bytes from `position`, in `target` when given (at least that long), else in a
   * buffer that is the caller's. Fewer than that in the blob is a StorageError. Reads may overlap.
   */
  read(position: number, length: number, target?: Buffer): Promise<Buffer>;
  /** Once; waits for reads under way. */
  close(): Promise<void>;
}

/** Of the file system that holds the blobs. */
export interface BlobUsage {
  readonly freeBytes: number;
  readonly totalBytes: number;
}
