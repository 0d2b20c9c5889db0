/**
 * Configuration records in memory: decoded once per version, compared with the store on every use,
 * so that a change acts on all processes before its reply. Absence is never cached.
 */
import type { Version } from "../storage/index.ts";
import type { Change, Found } from "./change.ts";
import type { Space } from "./space.ts";
import type { RecordStore } from "./store.ts";
import type { Part } from "./tuple.ts";

/** Decoded records of one process; beyond the limit the longest kept are dropped. */
export class ConfigurationCache {
  readonly #entries = new Map<string, Found<unknown>>();
  readonly #entriesMax: number;

  constructor(entriesMax = 20_000) {
    this.#entriesMax = entriesMax;
  }

  get(id: string, version: Version): Found<unknown> | undefined {
    const entry = this.#entries.get(id);
    return entry?.version === version ? entry : undefined;
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

/**
 * What one run of one request sees of the configuration, and remembers having seen: a record is
 * read once per view, and a commit checks every version that was used, absent ones as 0.
 */
export class View {
  readonly store: RecordStore;
  readonly #cache: ConfigurationCache;
  readonly #seen = new Map<string, { key: Buffer; version: Version; found?: Found<unknown> }>();

  constructor(store: RecordStore, cache: ConfigurationCache) {
    this.store = store;
    this.#cache = cache;
  }

  /** The record now, from memory when its version still stands. The value is shared: never change it. */
  async get<K extends readonly Part[], V>(
    space: Space<K, V>,
    ...parts: K
  ): Promise<Found<V> | undefined> {
    const key = space.key(...parts);
    const id = key.toString("latin1");
    const seen = this.#seen.get(id);
    if (seen !== undefined) return seen.found as Found<V> | undefined;
    const found = await this.#read(space, key, id);
    this.#seen.set(id, found ? { key, version: found.version, found } : { key, version: 0n });
    return found;
  }

  /** Makes a commit depend on all that was seen. */
  addTo(change: Change): void {
    for (const dependency of this.#seen.values()) change.expect(dependency);
  }

  /** Whether all that was seen still stands: for replies that commit nothing. */
  async stands(): Promise<boolean> {
    const seen = [...this.#seen.values()];
    const now = await this.#versions(seen.map(({ key }) => key));
    return seen.every(({ version }, at) => now[at] === version);
  }

  async #read<V>(space: Space<never, V>, key: Buffer, id: string): Promise<Found<V> | undefined> {
    const { kv } = this.store;
    if (kv.versionsNow) {
      const [version = 0n] = kv.versionsNow([key]);
      if (version === 0n) {
        this.#cache.delete(id);
        return undefined;
      }
      const cached = this.#cache.get(id, version);
      if (cached) return cached as Found<V>;
    }
    const found = await this.store.getKey(space, key);
    if (found) this.#cache.set(id, found);
    return found;
  }

  async #versions(keys: readonly Buffer[]): Promise<Version[]> {
    const { kv } = this.store;
    if (kv.versionsNow) return kv.versionsNow(keys);
    return (await kv.get(keys)).map((entry) => entry?.version ?? 0n);
  }
}
