/**
 * Decides a batch of commits, in order, as if each ran alone: the serial order that makes an engine
 * with one writer serialisable. Nothing is written here: the result is the least set of changes that
 * leaves the store as the whole batch would, so that an error in between leaves nothing half done.
 */
import { assert, InvariantError } from "../../base/index.ts";
import { counterValue, encodeCounter } from "./counter.ts";
import type { Commit, Key } from "./kv.ts";

/** The store as it is before the batch. Versions are safe integers here, 0 for an absent key. */
export interface Before {
  version(key: Buffer): number;
  value(key: Buffer): Uint8Array | undefined;
}

export interface Change {
  readonly key: Buffer;
  /** Undefined: the key is deleted. */
  readonly value: Uint8Array | undefined;
  readonly version: number;
}

/** The version of a commit that takes effect, undefined when a check failed, an error when it is malformed. */
export type Outcome = number | undefined | InvariantError;

export interface Verdict {
  /** One for each commit, in order. */
  readonly outcomes: readonly Outcome[];
  /** In key order, each key once. Empty when no commit takes effect. */
  readonly changes: readonly Change[];
  readonly lastVersion: number;
}

/** What is known of one key: as it was, or as the batch has left it so far. */
interface Slot {
  readonly key: Buffer;
  version: number;
  changed: boolean;
  value: Uint8Array | undefined;
  /** The value as a number, once that was asked for. */
  count: bigint | undefined;
  /** The batch has added to it: the count is the value. */
  added: boolean;
}

export function evaluate(commits: readonly Commit[], before: Before, lastVersion: number): Verdict {
  const batch = new Batch(before, lastVersion);
  const outcomes = commits.map((commit) => batch.apply(commit));
  return { outcomes, changes: batch.changes(), lastVersion: batch.lastVersion };
}

class Batch {
  readonly #before: Before;
  readonly #slots = new Map<string, Slot>();
  lastVersion: number;

  constructor(before: Before, lastVersion: number) {
    this.#before = before;
    this.lastVersion = lastVersion;
  }

  apply(commit: Commit): Outcome {
    for (const { key, version } of commit.checks) {
      if (this.#read(key).version !== Number(version)) return undefined;
    }
    for (const { key } of commit.adds) {
      const slot = this.#read(key);
      slot.count ??= this.#countOf(slot);
      if (slot.count === undefined) return new InvariantError("an add is to a counter");
    }

    this.lastVersion++;
    assert(Number.isSafeInteger(this.lastVersion), "versions are safe integers");
    for (const { key, value } of commit.puts) this.#write(key, value, this.lastVersion);
    for (const key of commit.deletes) this.#write(key, undefined, 0);
    for (const { key, delta } of commit.adds) this.#add(key, delta);
    return this.lastVersion;
  }

  changes(): Change[] {
    const changed = [...this.#slots].filter(([, slot]) => slot.changed);
    changed.sort(([a], [b]) => (a < b ? -1 : 1));
    return changed.map(([, { key, version, value, count, added }]) => ({
      key,
      version,
      value: added && count !== undefined ? encodeCounter(count) : value,
    }));
  }

  #read(key: Key): Slot {
    const bytes = asBuffer(key);
    const name = bytes.toString("latin1");
    const known = this.#slots.get(name);
    if (known !== undefined) return known;
    const version = this.#before.version(bytes);
    return this.#learn(name, { key: bytes, version, changed: false, value: undefined });
  }

  #countOf({ key, version, changed, value }: Slot): bigint | undefined {
    if (version === 0) return 0n;
    const current = changed ? value : this.#before.value(key);
    return current === undefined ? undefined : counterValue(current);
  }

  #write(key: Key, value: Uint8Array | undefined, version: number): void {
    const bytes = asBuffer(key);
    const name = bytes.toString("latin1");
    const known = this.#slots.get(name);
    if (known === undefined) {
      this.#learn(name, { key: bytes, version, changed: true, value });
      return;
    }
    known.version = version;
    known.changed = true;
    known.value = value;
    known.count = undefined;
    known.added = false;
  }

  #learn(name: string, slot: Pick<Slot, "key" | "version" | "changed" | "value">): Slot {
    const { key, version, changed, value } = slot;
    const learnt = { key, version, changed, value, count: undefined, added: false };
    this.#slots.set(name, learnt);
    return learnt;
  }

  #add(key: Key, delta: bigint): void {
    const slot = this.#read(key);
    assert(slot.count !== undefined, "a counter is read before it is added to");
    slot.count = BigInt.asIntN(64, slot.count + delta);
    slot.version = this.lastVersion;
    slot.changed = true;
    slot.added = true;
  }
}

function asBuffer(key: Key): Buffer {
  return Buffer.isBuffer(key) ? key : Buffer.from(key.buffer, key.byteOffset, key.length);
}
