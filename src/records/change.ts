/** What one commit does to records: built by handlers, committed by dispatch, once or again. */
import type { Purpose, Version } from "../storage/index.ts";
import type { Part } from "./tuple.ts";
import type { Space } from "./space.ts";

/** A record as it was read. */
export interface Found<V> {
  readonly key: Buffer;
  readonly version: Version;
  readonly value: V;
}

interface Check {
  readonly key: Buffer;
  readonly version: Version;
}

interface Put {
  readonly space: Space<readonly Part[], unknown>;
  readonly key: Buffer;
  readonly value: unknown;
}

/**
 * Checks, puts, deletes and adds of typed records. All methods answer the change itself. A key is
 * put, deleted or added to once; a later check of the same key and version is no second check.
 */
export class Change {
  /** By the texts of their keys. */
  readonly checks = new Map<string, Check>();
  readonly puts: Put[] = [];
  readonly deletes: Buffer[] = [];
  readonly adds: { readonly key: Buffer; readonly delta: bigint }[] = [];
  purpose: Purpose = "data";

  /** The record is still as it was found. `text` is its key's, where the caller has it. */
  expect(found: Check, text: string = found.key.toString("latin1")): this {
    const known = this.checks.get(text);
    if (known === undefined) this.checks.set(text, found);
    // Two versions of one record cannot both stand: that is for the commit to find.
    else if (known.version !== found.version) this.checks.set(`${text}@${found.version}`, found);
    return this;
  }

  /** No record has this key. */
  expectAbsent<K extends readonly Part[], V>(space: Space<K, V>, ...parts: K): this {
    return this.expect({ key: space.key(...parts), version: 0n });
  }

  put<K extends readonly Part[], V>(space: Space<K, V>, parts: K, value: V): this {
    this.puts.push({ space: space, key: space.key(...parts), value });
    return this;
  }

  delete<K extends readonly Part[], V>(space: Space<K, V>, ...parts: K): this {
    this.deletes.push(space.key(...parts));
    return this;
  }

  /** Deletes a record that was read. */
  remove(found: { readonly key: Buffer }): this {
    this.deletes.push(found.key);
    return this;
  }

  add<K extends readonly Part[], V>(space: Space<K, V>, parts: K, delta: bigint): this {
    this.adds.push({ key: space.key(...parts), delta });
    return this;
  }

  /** Whether it writes anything. */
  get writes(): boolean {
    return this.puts.length + this.deletes.length + this.adds.length > 0;
  }

  /** Takes over all of another change. */
  include(other: Change): this {
    for (const check of other.checks.values()) this.expect(check);
    this.puts.push(...other.puts);
    this.deletes.push(...other.deletes);
    this.adds.push(...other.adds);
    return this;
  }
}
