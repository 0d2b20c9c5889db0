/** A key space: the keys of one kind of record, and how its values are written. */
import { assert } from "../base/index.ts";
import type { BoxPurpose } from "../crypto/index.ts";
import { bytesCodec, type Codec, recordCodec, type RecordVersion } from "./codec.ts";
import {
  keyOfText,
  type KeyRange,
  keyText,
  type Part,
  rangeOfTextPrefix,
  rangeUnder,
} from "./tuple.ts";

export interface Space<K extends readonly Part[], V> {
  /** Stands first in every key, and in the authenticated data of every sealed value. */
  readonly name: string;
  /** Sealed unless architecture exempts it: bootstrap records, ciphertext, listing rows, counters. */
  readonly sealed: boolean;
  /** Members that hold a secret wrapped under a store-key epoch, and what the wrap is for. */
  readonly secrets: Readonly<Record<string, BoxPurpose>>;
  readonly codec: Codec<V>;
  key(...parts: K): Buffer;
  /** The key's `keyText`. */
  text(...parts: K): string;
  /** Keys whose first parts are these: the whole space when none are given. */
  under(...parts: Part[]): KeyRange;
  /** Keys whose first parts are these, and whose next is a text that begins so. */
  withTextPrefix(parts: readonly Part[], textPrefix: string): KeyRange;
}

interface Options {
  readonly history?: readonly RecordVersion[];
  readonly unsealed?: string;
  readonly secrets?: Readonly<Record<string, BoxPurpose>>;
}

const names = new Map<string, Space<never, unknown>>();

/** Declares a space of records. `unsealed` is the reason why values are not sealed. */
export function space<K extends readonly Part[], V>(name: string, options: Options = {}) {
  const codec = recordCodec<V>(name, options.history ?? [{ level: 1 }]);
  return declare<K, V>(name, codec, options);
}

/** Declares a space whose values are bytes that need no codec and no seal. */
export function bytesSpace<K extends readonly Part[]>(name: string, unsealed: string) {
  return declare<K, Buffer>(name, bytesCodec, { unsealed });
}

/** Every declared space: for verify, for the sweep of epochs, for the docs. */
export function allSpaces(): readonly Space<readonly Part[], unknown>[] {
  return [...names.values()];
}

function declare<K extends readonly Part[], V>(name: string, codec: Codec<V>, options: Options) {
  assert(!names.has(name), "a key space is declared once");
  const prefix = keyText([name]);
  const declared: Space<K, V> = {
    name,
    sealed: options.unsealed === undefined,
    secrets: options.secrets ?? {},
    codec,
    key: (...parts) => keyOfText(prefix + keyText(parts)),
    text: (...parts) => prefix + keyText(parts),
    under: (...parts) => rangeUnder([name, ...parts]),
    withTextPrefix: (parts, textPrefix) => rangeOfTextPrefix([name, ...parts], textPrefix),
  };
  names.set(name, declared);
  return declared;
}
