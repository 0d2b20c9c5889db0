import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Entry, Kv } from "../kv.ts";
import { bytes, type CreateStore, NO_CHANGE, pair, versionOf, withKv } from "./store.ts";

/** In order: a prefix before its extensions, bytes unsigned. */
const KEYS = ["a", "a\0", "a\0b", "a\x01", "aa", "ab", "b", "\xff", "\xff\0", "\xff\xff"];

export function readingTests(create: CreateStore): void {
  test("an absent key is undefined in its place", () =>
    withKv(create, async (kv) => {
      await kv.commit({ ...NO_CHANGE, puts: [pair("a", "1"), pair("c", "3")] });
      const entries = await kv.get(["c", "b", "a"].map(bytes));
      assert.deepEqual(
        entries.map((entry) => entry?.value.toString()),
        ["3", undefined, "1"],
      );
      assert.equal(entries[0]?.key.toString(), "c");
    }));

  test("a value comes back as it was put, an empty one too", () =>
    withKv(create, async (kv) => {
      const values = fc.uint8Array({ maxLength: 5000 });
      await fc.assert(
        fc.asyncProperty(values, async (value) => {
          await kv.commit({ ...NO_CHANGE, puts: [{ key: bytes("k"), value }] });
          const [entry] = await kv.get([bytes("k")]);
          assert.deepEqual(entry?.value, Buffer.from(value));
        }),
        { numRuns: 25, examples: [[new Uint8Array()]] },
      );
    }));

  test("a plain Uint8Array, also one within a larger buffer, is a key", () =>
    withKv(create, async (kv) => {
      const key = new Uint8Array(Buffer.from("-key-")).subarray(1, 4);
      const version = await kv.commit({ ...NO_CHANGE, puts: [{ key, value: key }] });
      assert.equal(await versionOf(kv, bytes("key")), version);
      assert.equal(await versionOf(kv, key), version);
    }));

  test("entries are the caller's own", () =>
    withKv(create, async (kv) => {
      const value = bytes("as it was");
      await kv.commit({ ...NO_CHANGE, puts: [{ key: bytes("k"), value }] });
      value.fill(0);
      const [got] = await kv.get([bytes("k")]);
      const [ranged] = await page(kv, "a", "z");
      got?.value.fill(0);
      ranged?.value.fill(0);
      ranged?.key.fill(0);
      const [again] = await kv.get([bytes("k")]);
      assert.equal(again?.value.toString(), "as it was");
    }));

  test("the versions now are those of the entries", () =>
    withKv(create, async (kv) => {
      if (kv.versionNow === undefined) return;
      const version = await kv.commit({ ...NO_CHANGE, puts: [pair("a", "1")] });
      assert.deepEqual([kv.versionNow(bytes("b")), kv.versionNow(bytes("a"))], [0n, version]);
    }));

  test("a range is in byte order, holds gte and not lt", () =>
    withKv(create, async (kv) => {
      await putAll(kv);
      for (const [gte, lt] of KEYS.flatMap((from) => KEYS.map((to) => [from, to] as const))) {
        const expected = KEYS.slice(KEYS.indexOf(gte), Math.max(KEYS.indexOf(lt), 0));
        assert.deepEqual(names(await page(kv, gte, lt)), expected);
        const reversed = await page(kv, gte, lt, { reverse: true });
        assert.deepEqual(names(reversed), expected.toReversed());
      }
    }));

  test("bounds need not be keys, and an empty gte is before all", () =>
    withKv(create, async (kv) => {
      await putAll(kv);
      assert.deepEqual(names(await page(kv, "", "\xff\xff\xff")), KEYS);
      const reversed = await page(kv, "", "\xff\xff\xff", { reverse: true });
      assert.deepEqual(names(reversed), KEYS.toReversed());
      assert.deepEqual(names(await page(kv, "a\0a", "aab")), ["a\0b", "a\x01", "aa"]);
      assert.deepEqual(names(await page(kv, "a", "")), []);
      assert.deepEqual(names(await page(kv, "c", "d")), []);
    }));

  test("an empty store has an empty range", () =>
    withKv(create, async (kv) => {
      assert.deepEqual(await page(kv, "", "\xff"), []);
      assert.deepEqual(await page(kv, "", "\xff", { reverse: true }), []);
    }));

  test("a page ends at its limit, and the next begins after it", () =>
    withKv(create, async (kv) => {
      await putAll(kv);
      assert.deepEqual(names(await page(kv, "a", "b", { limit: 2 })), ["a", "a\0"]);
      assert.deepEqual(names(await page(kv, "a\0\0", "b", { limit: 2 })), ["a\0b", "a\x01"]);
      const last = await page(kv, "a", "b", { limit: 2, reverse: true });
      assert.deepEqual(names(last), ["ab", "aa"]);
    }));

  test("keys only are the same entries without their values", () =>
    withKv(create, async (kv) => {
      await putAll(kv);
      await kv.commit({
        ...NO_CHANGE,
        puts: [{ key: bytes("a"), value: Buffer.alloc(5000, 1) }],
      });
      const whole = await page(kv, "", "\xff\xff\xff");
      const expected = whole.map(({ key, version }) => ({ key, version, value: Buffer.alloc(0) }));
      assert.deepEqual(await page(kv, "", "\xff\xff\xff", { keysOnly: true }), expected);
      const reversed = await page(kv, "", "\xff\xff\xff", { keysOnly: true, reverse: true });
      assert.deepEqual(reversed, expected.toReversed());
    }));

  test("a range has the values and versions that a get has", () =>
    withKv(create, async (kv) => {
      await putAll(kv);
      await kv.commit({
        ...NO_CHANGE,
        puts: [{ key: bytes("b"), value: Buffer.alloc(5000, 7) }],
      });
      const entries = await page(kv, "", "\xff\xff\xff");
      assert.deepEqual(await kv.get(entries.map(({ key }) => key)), entries);
    }));
}

async function putAll(kv: Kv): Promise<void> {
  const shuffled = KEYS.toSorted((a, b) => a.length - b.length || (a < b ? 1 : -1));
  for (const key of shuffled) {
    const put = { key: Buffer.from(key, "latin1"), value: bytes(`value of ${key}`) };
    await kv.commit({ ...NO_CHANGE, puts: [put] });
  }
}

function page(
  kv: Kv,
  gte: string,
  lt: string,
  more: { limit?: number; reverse?: boolean; keysOnly?: boolean } = {},
): Promise<Entry[]> {
  const bounds = { gte: Buffer.from(gte, "latin1"), lt: Buffer.from(lt, "latin1") };
  return kv.range({ ...bounds, limit: 100, ...more });
}

function names(entries: readonly Entry[]): string[] {
  return entries.map(({ key }) => key.toString("latin1"));
}
