/**
 * The one way in which this house makes files durable. A finished blob has gone through
 *
 *     mkdir session, fsync root · mkdir group, fsync session     (first blob of a folder only)
 *     open <n>.tmp O_CREAT|O_EXCL · stat <n> (must be absent)
 *     pwritev … · fdatasync · close
 *     rename <n>.tmp → <n> · fsync group                         (shared with its neighbours)
 *
 * fdatasync before the rename, so that the final name never shows half a blob; the sync of the
 * folder after it, because without that a crash may forget the name (Pillai et al., "All File
 * Systems Are Not Created Equal", OSDI 2014). The sync goes through the descriptor that wrote: an
 * error of writing back may be reported to no other.
 *
 * A failed sync is the end of the process, never tried again: the kernel marks the pages clean, so
 * a second sync answers "done" over bytes that are nowhere (Rebello et al., "Can Applications
 * Recover from fsync Failures?", ATC 2020). What is on disk after that is found out by a restart.
 *
 * UNSAFE: a disk or a controller that answers a flush without having flushed; bytes that decay on
 * the disk (their seal is what notices); a network file system that acknowledges before its server
 * has synced; Windows, where a folder cannot be synced.
 */
import { errorCode } from "../files/error-code.ts";
import type { Files, OpenFile } from "../files/files.ts";
import { StorageError } from "../kv/errors.ts";

/** Ends the process. In a test it may return: then everything durable is refused from there on. */
export type Fatal = (error: Error) => void;

const NONE: ReadonlySet<string> = new Set();
/** No descriptor was left to open the folder with: no sync was tried, so none has failed. */
const NOT_BEGUN: ReadonlySet<string> = new Set(["EMFILE", "ENFILE"]);

export class Durable {
  readonly #files: Files;
  readonly #fatal: Fatal;
  readonly #running = new Map<string, Promise<boolean>>();
  readonly #next = new Map<string, Promise<boolean>>();
  #failure: StorageError | undefined;

  constructor(files: Files, fatal: Fatal) {
    this.#files = files;
    this.#fatal = fatal;
  }

  get failed(): boolean {
    return this.#failure !== undefined;
  }

  /** To be asked before anything is begun that a caller may take for durable. */
  assertIntact(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  syncData(file: OpenFile): Promise<void> {
    return this.#orEnd(() => file.syncData());
  }

  /**
   * Makes the names that were changed in a folder before the call durable; false when there is no
   * such folder. Calls that arrive while a sync of it runs share the next one: the running one may
   * have looked at the folder before their change.
   */
  syncDirectory(path: string): Promise<boolean> {
    const running = this.#running.get(path);
    if (running === undefined) return this.#begin(path);
    let next = this.#next.get(path);
    if (next === undefined) {
      next = running.then(() => {
        this.#next.delete(path);
        return this.#begin(path);
      });
      this.#next.set(path, next);
    }
    return next;
  }

  #begin(path: string): Promise<boolean> {
    const sync = this.#orEnd(() => this.#files.syncDirectory(path), NOT_BEGUN).finally(() => {
      this.#running.delete(path);
    });
    this.#running.set(path, sync);
    return sync;
  }

  async #orEnd<T>(sync: () => Promise<T>, harmless: ReadonlySet<string> = NONE): Promise<T> {
    this.assertIntact();
    try {
      return await sync();
    } catch (cause) {
      if (harmless.has(errorCode(cause) ?? "")) throw cause;
      this.#failure ??= new StorageError("a sync failed: what is on disk is unknown", { cause });
      this.#fatal(this.#failure);
      throw this.#failure;
    }
  }
}
