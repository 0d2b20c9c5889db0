/** Blobs as files in a folder; docs/formats/blob-folder.md is the layout and what survives what. */
import { assert } from "../../base/index.ts";
import { errorCode } from "../files/error-code.ts";
import type { Files, OpenFile } from "../files/files.ts";
import type { DiskReserve } from "../kv/disk-reserve.ts";
import { StorageFullError } from "../kv/errors.ts";
import type { Purpose } from "../kv/kv.ts";
import {
  assertSession,
  type BlobPlace,
  groupOf,
  isSession,
  isTemporary,
  parseGroup,
  parseNumber,
  placeOf,
  TEMPORARY_SUFFIX,
} from "./blob-name.ts";
import type { BlobReader, BlobStore, BlobUsage, BlobWriter } from "./blob-store.ts";
import { DiskReader } from "./disk-reader.ts";
import { DiskWriter } from "./disk-writer.ts";
import { Durable, type Fatal } from "./durable.ts";
import { Folders } from "./folders.ts";
import {
  assertLimit,
  BATCH_BYTES,
  BATCH_BYTES_MIN,
  GATHERED_BYTES_MAX,
  READERS_MAX,
  WAITERS_MAX,
  WRITERS_MAX,
} from "./limits.ts";
import { Slots } from "./slots.ts";
import { nameTaken, storageError } from "./storage-error.ts";

export interface DiskBlobOptions {
  readonly files: Files;
  /** Absolute, with forward slashes; made when absent, its parent must be there. */
  readonly folder: string;
  readonly fatal: Fatal;
  /** Asked before and told after every batch; without it the disk is filled to the last byte. */
  readonly reserve?: Pick<DiskReserve, "admits" | "wrote">;
  /** Files open at once; beyond them callers wait. */
  readonly writersMax?: number;
  readonly readersMax?: number;
}

/** Opens the folder of blobs, making it durably when it is new. */
export async function openDiskBlobs(options: DiskBlobOptions): Promise<BlobStore> {
  const { files, folder, fatal } = options;
  const durable = new Durable(files, fatal);
  try {
    await files.makeDirectory(folder);
    await durable.syncDirectory(folder.slice(0, folder.lastIndexOf("/")) || "/");
  } catch (error) {
    throw storageError("opening the blob folder", error);
  }
  return new DiskBlobs(options, durable);
}

class DiskBlobs implements BlobStore {
  readonly #files: Files;
  readonly #folders: Folders;
  readonly #durable: Durable;
  readonly #writers: Slots;
  readonly #readers: Slots;
  readonly #reserve: Pick<DiskReserve, "admits" | "wrote">;

  constructor(options: DiskBlobOptions, durable: Durable) {
    this.#files = options.files;
    this.#durable = durable;
    this.#folders = new Folders(options.folder, options.files, durable);
    this.#writers = new Slots(options.writersMax ?? WRITERS_MAX, WAITERS_MAX);
    this.#readers = new Slots(options.readersMax ?? READERS_MAX, WAITERS_MAX);
    this.#reserve = options.reserve ?? { admits: () => true, wrote: () => {} };
  }

  async create(name: string, purpose: Purpose = "data"): Promise<BlobWriter> {
    const place = placeOf(name);
    if (!this.#reserve.admits(purpose)) throw new StorageFullError("reserve");
    await this.#writers.take();
    const writer = await this.#begin(place, purpose);
    try {
      // INVARIANT: whoever holds the temporary name is alone, so a final name that is absent now
      // stays absent until this writer's rename, which thereby never replaces anything.
      if ((await this.#files.size(this.#pathOf(place))) !== undefined) throw nameTaken();
      return writer;
    } catch (error) {
      await writer.abort();
      throw storageError("creating a blob", error);
    }
  }

  async open(name: string): Promise<BlobReader | undefined> {
    const path = this.#pathOf(placeOf(name));
    await this.#readers.take();
    try {
      const file = await this.#files.open(path);
      if (file !== undefined) return new DiskReader(file, () => this.#readers.give());
    } catch (error) {
      this.#readers.give();
      throw storageError("opening a blob", error);
    }
    this.#readers.give();
    return undefined;
  }

  async delete(name: string): Promise<void> {
    const place = placeOf(name);
    await this.#guard("deleting a blob", async () => {
      await this.#files.unlink(this.#pathOf(place));
      // Also when it was absent: whoever removed it may have been cut off before this sync.
      await this.#syncNearest(this.#folders.groupPath(place), place.session);
    });
  }

  async list(session: string, after: string | undefined, limit: number): Promise<string[]> {
    assertSession(session);
    assertLimit(limit);
    const last = after === undefined ? undefined : placeOf(after);
    assert(last === undefined || last.session === session, "a list stays within its session");
    return this.#guard("listing blobs", async () => {
      const numbers: number[] = [];
      for (const group of await this.#groups(session)) {
        if (last !== undefined && group < groupOf(last.number)) continue;
        numbers.push(...(await this.#numbersIn(session, group, last?.number ?? -1)));
        if (numbers.length >= limit) break;
      }
      return numbers.slice(0, limit).map((number) => `${session}/${number}`);
    });
  }

  async sweepTemporary(session: string): Promise<number> {
    assertSession(session);
    return this.#guard("sweeping unfinished blobs", async () => {
      let swept = 0;
      for (const group of await this.#groups(session)) {
        const folder = this.#folders.groupPath({ session, group: group.toString(16) });
        const leftovers = ((await this.#files.list(folder)) ?? []).filter(isTemporary);
        for (const entry of leftovers) {
          if (await this.#files.unlink(`${folder}/${entry}`)) swept++;
        }
        if (leftovers.length > 0) await this.#durable.syncDirectory(folder);
      }
      return swept;
    });
  }

  async sessions(after: string | undefined, limit: number): Promise<string[]> {
    assertLimit(limit);
    return this.#guard("listing sessions", async () => {
      const entries = (await this.#files.list(this.#folders.root)) ?? [];
      return entries
        .filter((entry) => isSession(entry) && (after === undefined || entry > after))
        .toSorted()
        .slice(0, limit);
    });
  }

  async removeSession(session: string): Promise<boolean> {
    assertSession(session);
    const path = this.#folders.sessionPath(session);
    return this.#guard("removing a session's folder", async () => {
      for (const group of await this.#groups(session)) {
        await this.#files.removeDirectory(`${path}/${group.toString(16)}`);
      }
      await this.#files.removeDirectory(path);
      await this.#syncNearest(path, session);
      return (await this.#files.list(path)) === undefined;
    });
  }

  async usage(): Promise<BlobUsage> {
    return this.#guard("measuring room", () => this.#files.space(this.#folders.root));
  }

  async #begin(place: BlobPlace, purpose: Purpose): Promise<DiskWriter> {
    const finalPath = this.#pathOf(place);
    const temporaryPath = finalPath + TEMPORARY_SUFFIX;
    try {
      this.#durable.assertIntact();
      return new DiskWriter({
        files: this.#files,
        durable: this.#durable,
        file: await this.#createTemporary(place, temporaryPath),
        temporaryPath,
        finalPath,
        folder: this.#folders.groupPath(place),
        batchBytes: () => this.#batchBytes(),
        reserve: this.#reserve,
        purpose,
        released: () => this.#writers.give(),
      });
    } catch (error) {
      this.#writers.give();
      throw storageError("creating a blob", error);
    }
  }

  async #createTemporary(place: BlobPlace, path: string): Promise<OpenFile> {
    await this.#folders.make(place);
    try {
      return await this.#files.create(path);
    } catch (error) {
      if (errorCode(error) === "EEXIST") throw nameTaken();
      if (errorCode(error) !== "ENOENT") throw error;
    }
    // The folder was emptied and removed by a collector since this process made it.
    this.#folders.forget(place.session);
    await this.#folders.make(place);
    return this.#files.create(path);
  }

  /** Many writers gather less each, so that their memory together is bounded. */
  #batchBytes(): number {
    const share = GATHERED_BYTES_MAX / Math.max(1, this.#writers.taken);
    return Math.min(BATCH_BYTES, Math.max(BATCH_BYTES_MIN, share));
  }

  #pathOf(place: BlobPlace): string {
    return `${this.#folders.groupPath(place)}/${place.number}`;
  }

  /** Ascending. */
  async #groups(session: string): Promise<number[]> {
    const entries = (await this.#files.list(this.#folders.sessionPath(session))) ?? [];
    return ascending(entries.map(parseGroup));
  }

  async #numbersIn(session: string, group: number, after: number): Promise<number[]> {
    const folder = this.#folders.groupPath({ session, group: group.toString(16) });
    const numbers = ascending(((await this.#files.list(folder)) ?? []).map(parseNumber));
    return numbers.filter((number) => number > after && groupOf(number) === group);
  }

  /** Makes removals in a folder durable, or the removal of the folder itself. */
  async #syncNearest(folder: string, session: string): Promise<void> {
    for (const path of [folder, this.#folders.sessionPath(session), this.#folders.root]) {
      if (await this.#durable.syncDirectory(path)) return;
    }
  }

  async #guard<T>(doing: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw storageError(doing, error);
    }
  }
}

function ascending(numbers: (number | undefined)[]): number[] {
  return numbers.filter((number) => number !== undefined).toSorted((a, b) => a - b);
}
