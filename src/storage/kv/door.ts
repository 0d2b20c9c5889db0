/** What callers owe: checked before anything is queued, the same for every engine. */
import { assert } from "../../base/index.ts";
import { type Commit, type Key, type Limits, RANGE_ENTRIES_MAX, type RangeQuery } from "./kv.ts";

export function assertCommit(commit: Commit, limits: Limits): void {
  const { checks, puts, deletes, adds } = commit;
  const operations = checks.length + puts.length + deletes.length + adds.length;
  assert(operations <= limits.operationsMax, "a commit holds at most operationsMax operations");
  for (const { key } of checks) assertKey(key, limits);
  for (const { key, value } of puts) {
    assertKey(key, limits);
    assert(value.length <= limits.valueBytesMax, "a value has at most valueBytesMax bytes");
  }
  for (const key of deletes) assertKey(key, limits);
  for (const { key } of adds) assertKey(key, limits);
  assertWrittenOnce(commit);
}

export function assertKeys(keys: readonly Key[], limits: Limits): void {
  assert(keys.length <= limits.operationsMax, "a read names at most operationsMax keys");
  for (const key of keys) assertKey(key, limits);
}

export function assertKey(key: Key, limits: Limits): void {
  assert(key.length > 0 && key.length <= limits.keyBytesMax, "a key has 1 to keyBytesMax bytes");
}

export function assertRange({ gte, lt, limit }: RangeQuery, limits: Limits): void {
  const longest = Math.max(gte.length, lt.length);
  assert(longest <= limits.keyBytesMax, "a bound of a range has at most keyBytesMax bytes");
  const inside = Number.isInteger(limit) && limit >= 1 && limit <= RANGE_ENTRIES_MAX;
  assert(inside, "a page holds 1 to RANGE_ENTRIES_MAX entries");
}

/** Few keys are compared in pairs, which costs less than naming each of them. */
const PAIRS_KEYS_MAX = 12;

function assertWrittenOnce({ puts, deletes, adds }: Commit): void {
  const keys = [...puts.map(({ key }) => key), ...deletes, ...adds.map(({ key }) => key)];
  const once = keys.length <= PAIRS_KEYS_MAX ? !hasEqualPair(keys) : !hasEqualName(keys);
  assert(once, "a commit writes a key once");
}

function hasEqualPair(keys: readonly Key[]): boolean {
  return keys.some((key, index) => {
    for (let other = index + 1; other < keys.length; other++) {
      if (equal(key, keys[other])) return true;
    }
    return false;
  });
}

function equal(a: Key, b: Key | undefined): boolean {
  // Keys of one commit differ in length or at the end as a rule: that is seen without a native call.
  return b?.length === a.length && b.at(-1) === a.at(-1) && Buffer.compare(a, b) === 0;
}

function hasEqualName(keys: readonly Key[]): boolean {
  return new Set(keys.map((key) => Buffer.from(key).toString("latin1"))).size < keys.length;
}
