import { assert } from "../../base/index.ts";
import type { Files, OpenFile } from "../files/files.ts";
import type { DiskReserve } from "../kv/disk-reserve.ts";
import { StorageError, StorageFullError } from "../kv/errors.ts";
import type { Purpose } from "../kv/kv.ts";
import type { BlobWriter } from "./blob-store.ts";
import type { Durable } from "./durable.ts";
import {
  BATCH_CHUNKS_MAX,
  BLOB_BYTES_MAX,
  SYNC_EVERY_BYTES,
  WRITES_IN_FLIGHT_MAX,
} from "./limits.ts";
import { storageError } from "./storage-error.ts";
import { writeWhole } from "./write-whole.ts";

export interface DiskWriterOptions {
  readonly files: Files;
  readonly durable: Durable;
  readonly file: OpenFile;
  readonly temporaryPath: string;
  readonly finalPath: string;
  readonly folder: string;
  /** How many bytes to gather before a write, asked each time. */
  readonly batchBytes: () => number;
  readonly reserve: Pick<DiskReserve, "admits" | "wrote">;
  readonly purpose: Purpose;
  /** The descriptor is closed. */
  readonly released: () => void;
}

/** Holds at most WRITES_IN_FLIGHT_MAX batches on their way and one being gathered, without copying. */
export class DiskWriter implements BlobWriter {
  readonly #options: DiskWriterOptions;
  readonly #flights = new Set<Promise<void>>();
  #state: "open" | "waited for" | "ended" = "open";
  #batch: Uint8Array[] = [];
  #batchBytes = 0;
  #sentBytes = 0;
  #unsyncedBytes = 0;
  #syncing: Promise<void> | undefined;
  #failure: Error | undefined;
  #discarding: Promise<void> | undefined;
  #closed = false;
  /** Where the bytes are now. */
  #path: string;

  constructor(options: DiskWriterOptions) {
    this.#options = options;
    this.#path = options.temporaryPath;
  }

  write(chunk: Uint8Array): Promise<void> | undefined {
    assert(this.#state !== "waited for", "a writer waits for the promise it was given");
    assert(this.#state === "open", "an ended blob takes no more bytes");
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (chunk.length === 0) return undefined;
    this.#batch.push(chunk);
    this.#batchBytes += chunk.length;
    assert(this.#sentBytes + this.#batchBytes <= BLOB_BYTES_MAX, "a blob has a bounded length");
    const { length } = this.#batch;
    if (this.#batchBytes < this.#options.batchBytes() && length < BATCH_CHUNKS_MAX)
      return undefined;
    if (this.#flights.size >= WRITES_IN_FLIGHT_MAX) return this.#sendWhenRoom();
    this.#send();
    return undefined;
  }

  async finish(): Promise<{ bytes: number }> {
    assert(this.#state === "open", "a blob is ended once, and not during a write");
    this.#state = "ended";
    const { files, durable, file, temporaryPath, finalPath, folder, released } = this.#options;
    try {
      if (this.#batch.length > 0) this.#send();
      await this.#landed();
      if (this.#failure !== undefined) throw this.#failure;
      await durable.syncData(file);
      await this.#close();
      await files.rename(temporaryPath, finalPath);
      this.#path = finalPath;
      await durable.syncDirectory(folder);
    } catch (error) {
      await this.#discard();
      throw storageError("finishing a blob", error);
    }
    released();
    return { bytes: this.#sentBytes };
  }

  async abort(): Promise<void> {
    if (this.#state === "ended") return this.#discarding;
    this.#state = "ended";
    await this.#discard();
  }

  async #sendWhenRoom(): Promise<void> {
    this.#state = "waited for";
    await Promise.race(this.#flights);
    // Meanwhile the caller may have given up.
    if (this.#state !== "waited for") throw new StorageError("the blob was aborted");
    this.#state = "open";
    if (this.#failure !== undefined) throw this.#failure;
    this.#send();
  }

  #send(): void {
    const flight: Promise<void> = this.#fly(this.#batch, this.#batchBytes, this.#sentBytes)
      .catch((error: unknown) => this.#fail(error))
      .finally(() => this.#flights.delete(flight));
    this.#flights.add(flight);
    this.#sentBytes += this.#batchBytes;
    this.#batch = [];
    this.#batchBytes = 0;
  }

  async #fly(batch: readonly Uint8Array[], bytes: number, position: number): Promise<void> {
    const { file, reserve, purpose } = this.#options;
    // Asked for each batch, or one long body could run through the whole reserve.
    if (!reserve.admits(purpose)) throw new StorageFullError("reserve");
    await writeWhole(file, batch, position);
    reserve.wrote(bytes);
    this.#unsyncedBytes += bytes;
    if (this.#unsyncedBytes < SYNC_EVERY_BYTES || this.#syncing !== undefined) return;
    this.#unsyncedBytes = 0;
    this.#syncing = this.#syncEarly();
  }

  async #syncEarly(): Promise<void> {
    try {
      await this.#options.durable.syncData(this.#options.file);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#syncing = undefined;
    }
  }

  /** What is lost is removed at once, whether or not the caller comes back to hear of it. */
  #fail(error: unknown): void {
    this.#failure ??= storageError("writing a blob", error);
    this.#batch = [];
    void this.#discard();
  }

  #discard(): Promise<void> {
    this.#discarding ??= this.#remove();
    return this.#discarding;
  }

  async #remove(): Promise<void> {
    const { files, durable, released } = this.#options;
    await this.#landed();
    // The blob is lost already and the caller knows; what stays is swept with its session.
    const swept = () => {};
    await this.#close().catch(swept);
    if (!durable.failed) await files.unlink(this.#path).catch(swept);
    released();
  }

  /** Nothing uses the descriptor any more. */
  async #landed(): Promise<void> {
    await Promise.all(this.#flights);
    await this.#syncing;
  }

  async #close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#options.file.close();
  }
}
