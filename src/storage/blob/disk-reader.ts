import { assert } from "../../base/index.ts";
import type { OpenFile } from "../files/files.ts";
import { StorageError } from "../kv/errors.ts";
import type { BlobReader } from "./blob-store.ts";
import { READ_BYTES_MAX } from "./limits.ts";
import { storageError } from "./storage-error.ts";

export class DiskReader implements BlobReader {
  readonly bytes: number;
  readonly #file: OpenFile;
  readonly #released: () => void;
  readonly #reads = new Set<Promise<Buffer>>();
  #closed = false;

  /** `released` is called when the descriptor is closed. */
  constructor(file: OpenFile, released: () => void) {
    this.#file = file;
    this.#released = released;
    this.bytes = file.bytes;
  }

  async read(position: number, length: number, target?: Buffer): Promise<Buffer> {
    assert(!this.#closed, "a closed blob is not read");
    const reading = this.#readWhole(position, targetOf(length, target));
    this.#reads.add(reading);
    try {
      return await reading;
    } catch (error) {
      throw storageError("reading a blob", error);
    } finally {
      this.#reads.delete(reading);
    }
  }

  async close(): Promise<void> {
    assert(!this.#closed, "a blob is closed once");
    this.#closed = true;
    // A descriptor closed under a read may by then belong to another file.
    await Promise.allSettled(this.#reads);
    try {
      await this.#file.close();
    } catch (error) {
      throw storageError("closing a blob", error);
    } finally {
      this.#released();
    }
  }

  async #readWhole(position: number, target: Buffer): Promise<Buffer> {
    assert(Number.isSafeInteger(position) && position >= 0, "a position is a safe natural number");
    let filled = 0;
    while (filled < target.length) {
      const found = await this.#file.read(target.subarray(filled), position + filled);
      if (found === 0) throw new StorageError("the blob is shorter than its record says");
      filled += found;
    }
    return target;
  }
}

/** The place that a read of `length` fills: within `target`, or a new buffer. */
export function targetOf(length: number, target: Buffer | undefined): Buffer {
  assert(
    Number.isSafeInteger(length) && length >= 0 && length <= READ_BYTES_MAX,
    "a read has a bounded length",
  );
  if (target === undefined) return Buffer.allocUnsafe(length);
  assert(target.length >= length, "a read fits into its target");
  return target.subarray(0, length);
}
