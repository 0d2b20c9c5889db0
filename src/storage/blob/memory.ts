/** Blobs in memory, for tests of other houses: the same promises but durability. */
import { assert } from "../../base/index.ts";
import { StorageError } from "../kv/errors.ts";
import { assertSession, placeOf } from "./blob-name.ts";
import type { BlobReader, BlobStore, BlobWriter } from "./blob-store.ts";
import { targetOf } from "./disk-reader.ts";
import { assertLimit } from "./limits.ts";
import { nameTaken } from "./storage-error.ts";

export function memoryBlobs(): BlobStore {
  return new MemoryBlobs();
}

type Sessions = Map<string, Map<number, Buffer | "unfinished">>;

class MemoryBlobs implements BlobStore {
  readonly #sessions: Sessions = new Map();

  async create(name: string): Promise<BlobWriter> {
    const { session, number } = placeOf(name);
    const blobs = this.#sessions.get(session) ?? new Map<number, Buffer | "unfinished">();
    this.#sessions.set(session, blobs);
    if (blobs.has(number)) throw nameTaken();
    blobs.set(number, "unfinished");
    return new MemoryWriter((bytes) => {
      if (bytes === undefined) blobs.delete(number);
      else blobs.set(number, bytes);
    });
  }

  async open(name: string): Promise<BlobReader | undefined> {
    const { session, number } = placeOf(name);
    const bytes = this.#sessions.get(session)?.get(number);
    return bytes === undefined || bytes === "unfinished" ? undefined : new MemoryReader(bytes);
  }

  async delete(name: string): Promise<void> {
    const { session, number } = placeOf(name);
    const blobs = this.#sessions.get(session);
    if (blobs?.get(number) !== "unfinished") blobs?.delete(number);
  }

  async list(session: string, after: string | undefined, limit: number): Promise<string[]> {
    assertSession(session);
    assertLimit(limit);
    const last = after === undefined ? undefined : placeOf(after);
    assert(last === undefined || last.session === session, "a list stays within its session");
    return [...(this.#sessions.get(session) ?? [])]
      .filter(([number, bytes]) => bytes !== "unfinished" && number > (last?.number ?? -1))
      .map(([number]) => number)
      .toSorted((a, b) => a - b)
      .slice(0, limit)
      .map((number) => `${session}/${number}`);
  }

  async sweepTemporary(session: string): Promise<number> {
    assertSession(session);
    const blobs = this.#sessions.get(session) ?? new Map<number, Buffer | "unfinished">();
    const unfinished = [...blobs].filter(([, bytes]) => bytes === "unfinished");
    for (const [number] of unfinished) blobs.delete(number);
    return unfinished.length;
  }

  async sessions(after: string | undefined, limit: number): Promise<string[]> {
    assertLimit(limit);
    return [...this.#sessions.keys()]
      .filter((session) => after === undefined || session > after)
      .toSorted()
      .slice(0, limit);
  }

  async removeSession(session: string): Promise<boolean> {
    assertSession(session);
    if ((this.#sessions.get(session)?.size ?? 0) > 0) return false;
    this.#sessions.delete(session);
    return true;
  }

  async usage(): Promise<undefined> {}
}

class MemoryWriter implements BlobWriter {
  readonly #end: (bytes: Buffer | undefined) => void;
  #chunks: Uint8Array[] = [];
  #ended = false;

  /** `end` takes the whole blob, or undefined when it was given up. */
  constructor(end: (bytes: Buffer | undefined) => void) {
    this.#end = end;
  }

  write(chunk: Uint8Array): undefined {
    assert(!this.#ended, "an ended blob takes no more bytes");
    this.#chunks.push(chunk);
  }

  async finish(): Promise<{ bytes: number }> {
    assert(!this.#ended, "a blob is ended once, and not during a write");
    this.#ended = true;
    const blob = Buffer.concat(this.#chunks);
    this.#end(blob);
    return { bytes: blob.length };
  }

  async abort(): Promise<void> {
    if (!this.#ended) this.#end(undefined);
    this.#ended = true;
  }
}

class MemoryReader implements BlobReader {
  readonly #blob: Buffer;
  #closed = false;

  constructor(blob: Buffer) {
    this.#blob = blob;
  }

  get bytes(): number {
    return this.#blob.length;
  }

  async read(position: number, length: number, target?: Buffer): Promise<Buffer> {
    assert(!this.#closed, "a closed blob is not read");
    assert(Number.isSafeInteger(position) && position >= 0, "a position is a safe natural number");
    const result = targetOf(length, target);
    if (position + length > this.bytes) {
      throw new StorageError("the blob is shorter than its record says");
    }
    this.#blob.copy(result, 0, position, position + length);
    return result;
  }

  async close(): Promise<void> {
    assert(!this.#closed, "a blob is closed once");
    this.#closed = true;
  }
}
