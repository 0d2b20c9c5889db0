/**
 * Configuration records in memory: decoded once per version, compared with the store on every use,
 * so that a change acts on all processes before its reply. Absence is never cached.
 */
import type { Version } from "../storage/index.ts";
import type { Change, Found } from "./change.ts";
import type { Space } from "./space.ts";
import type { RecordStore } from "./store.ts";
import { keyOfText, type Part } from "./tuple.ts";

/** Decoded records of one process; beyond the limit the longest kept are dropped. */
export class ConfigurationCache {
  readonly #entries = new Map<string, Found<unknown>>();
  readonly #entriesMax: number;

  constructor(entriesMax = 20_000) {
    this.#entriesMax = entriesMax;
  }

  /** As it was read last: whether that still stands is for the store to say. */
  get(id: string): Found<unknown> | undefined {
    return this.#entries.get(id);
  }

  set(id: string, found: Found<unknown>): void {
    this.#entries.delete(id);
    this.#entries.set(id, found);
    if (this.#entries.size <= this.#entriesMax) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }

  delete(id: string): void {
    this.#entries.delete(id);
  }
}

/** A record as it was found, or that there was none: version 0. */
type Seen = Found<unknown> | { readonly key: Buffer; readonly version: Version };

/**
 * What one run of one request sees of the configuration, and remembers having seen: a record is
 * read once per view, and a commit checks every version that was used, absent ones as 0.
 */
export class View {
  readonly store: RecordStore;
  readonly #cache: ConfigurationCache;
  /** By the text of the key. */
  readonly #seen = new Map<string, Seen>();

  constructor(store: RecordStore, cache: ConfigurationCache) {
    this.store = store;
    this.#cache = cache;
  }

  /**
   * The record now, from memory when its version still stands. The value is shared: never change
   * it. A name that no record can have is absent for good, and no commit need check it.
   */
  async get<K extends readonly Part[], V>(
    space: Space<K, V>,
    ...parts: K
  ): Promise<Found<V> | undefined> {
    const id = space.text(...parts);
    if (id.length > this.store.kv.limits.keyBytesMax) return undefined;
    let seen = this.#seen.get(id);
    if (seen === undefined) {
      seen = await this.#read(space, id);
      this.#seen.set(id, seen);
    }
    return seen.version === 0n ? undefined : (seen as Found<V>);
  }

  /** Makes a commit depend on all that was seen. */
  addTo(change: Change): void {
    for (const [text, dependency] of this.#seen) change.expect(dependency, text);
  }

  /** Whether all that was seen still stands: for replies that commit nothing. */
  async stands(): Promise<boolean> {
    const seen = [...this.#seen.values()];
    const now = await this.#versions(seen.map(({ key }) => key));
    return seen.every(({ version }, at) => now[at] === version);
  }

  async #read<V>(space: Space<never, V>, id: string): Promise<Seen> {
    const { kv } = this.store;
    const cached = this.#cache.get(id);
    const key = cached?.key ?? keyOfText(id);
    if (kv.versionNow) {
      const version = kv.versionNow(key);
      if (cached?.version === version) return cached;
      if (version === 0n) {
        this.#cache.delete(id);
        return { key, version };
      }
    }
    const found = await this.store.getKey(space, key);
    if (!found) return { key, version: 0n };
    this.#cache.set(id, found);
    return found;
  }

  async #versions(keys: readonly Buffer[]): Promise<Version[]> {
    const { kv } = this.store;
    if (kv.versionNow) return keys.map((key) => kv.versionNow?.(key) ?? 0n);
    return (await kv.get(keys)).map((entry) => entry?.version ?? 0n);
  }
}
