/**
 * The ordered map as typed, sealed records: every value is sealed between its codec and the engine
 * under the key of the process session that writes it, and opened whoever wrote it.
 */
import type { RecordOpener } from "../crypto/index.ts";
import { type Kv, RANGE_ENTRIES_MAX, type Version } from "../storage/index.ts";
import type { Change, Found } from "./change.ts";
import type { ProcessSession } from "./session.ts";
import type { Space } from "./space.ts";
import type { KeyRange, Part } from "./tuple.ts";

/** A key and the space that says how to read it. */
export interface Reference<V> {
  readonly space: Space<readonly Part[], V>;
  readonly key: Buffer;
}

export interface PageOptions {
  /** At most RANGE_ENTRIES_MAX. */
  readonly limit?: number;
  readonly reverse?: boolean;
}

export class RecordStore {
  readonly kv: Kv;
  readonly #opener: RecordOpener;
  readonly #writeLevel: number;

  constructor(kv: Kv, opener: RecordOpener, writeLevel: number) {
    this.kv = kv;
    this.#opener = opener;
    this.#writeLevel = writeLevel;
  }

  async get<K extends readonly Part[], V>(
    space: Space<K, V>,
    ...parts: K
  ): Promise<Found<V> | undefined> {
    return this.getKey(space, space.key(...parts));
  }

  async getKey<V>(space: Space<never, V>, key: Buffer): Promise<Found<V> | undefined> {
    const [entry] = await this.kv.get([key]);
    return entry && this.#found(space, entry);
  }

  /** One page, one snapshot, in key order. */
  async page<V>(
    space: Space<never, V>,
    range: KeyRange,
    { limit = RANGE_ENTRIES_MAX, reverse = false }: PageOptions = {},
  ): Promise<Found<V>[]> {
    const entries = await this.kv.range({ ...range, limit, reverse });
    return entries.map((entry) => this.#found(space, entry));
  }

  /** All of a range, page by page: for sets that are small by their limits, and for jobs. */
  async *all<V>(space: Space<never, V>, range: KeyRange): AsyncGenerator<Found<V>> {
    let { gte } = range;
    for (;;) {
      const page = await this.page(space, { gte, lt: range.lt });
      yield* page;
      const last = page.at(-1);
      if (last === undefined || page.length < RANGE_ENTRIES_MAX) return;
      gte = Buffer.concat([last.key, Buffer.of(0)]);
    }
  }

  /**
   * Commits under a process session: the session's record is checked with the rest, so a fenced
   * process commits nothing. Undefined: a check failed. Each call seals anew.
   */
  async commit(change: Change, session: ProcessSession): Promise<Version | undefined> {
    const puts = change.puts.map(({ space, key, value }) => {
      const bytes = space.codec.encode(value, this.#writeLevel);
      return { key, value: space.sealed ? session.sealer.seal(space.name, key, bytes) : bytes };
    });
    const { deletes, adds, purpose } = change;
    const checks = [session.check, ...change.checks.values()];
    return this.kv.commit({ checks, puts, deletes, adds, purpose });
  }

  #found<V>(
    space: Space<never, V>,
    { key, value, version }: { key: Buffer; value: Buffer; version: Version },
  ): Found<V> {
    const bytes = space.sealed ? this.#opener.open(space.name, key, value) : value;
    return { key, version, value: space.codec.decode(bytes) };
  }
}
