import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS_GRANTED, RANGE_ENTRIES_MAX } from "../kv.ts";
import { bytes, type CreateStore, NO_CHANGE, pair, together, withKv } from "./store.ts";

export function limitTests(create: CreateStore): void {
  test("an engine grants at least what records are built on", () =>
    withKv(create, async ({ limits }) => {
      assert.ok(limits.keyBytesMax >= LIMITS_GRANTED.keyBytesMax);
      assert.ok(limits.valueBytesMax >= LIMITS_GRANTED.valueBytesMax);
      assert.ok(limits.operationsMax >= LIMITS_GRANTED.operationsMax);
    }));

  test("the longest key and the longest value are kept, read and listed", () =>
    withKv(create, async (kv) => {
      const key = Buffer.alloc(kv.limits.keyBytesMax, 0xff);
      const shorter = key.subarray(1);
      const value = Buffer.alloc(kv.limits.valueBytesMax, "value");
      const version = (await kv.commit({ ...NO_CHANGE, puts: [{ key, value }] })) ?? 0n;
      assert.deepEqual(await kv.get([key, shorter]), [{ key, value, version }, undefined]);
      const checks = [
        { key, version },
        { key: shorter, version: 0n },
      ];
      assert.ok(await kv.commit({ ...NO_CHANGE, checks, puts: [{ key: shorter, value }] }));
      const listed = await kv.range({ gte: bytes(""), lt: key, limit: 10, keysOnly: true });
      assert.deepEqual(
        listed.map((entry) => entry.key),
        [shorter],
      );
      assert.ok(await kv.commit({ ...NO_CHANGE, deletes: [key] }));
      assert.deepEqual(await kv.get([key]), [undefined]);
    }));

  test("one commit takes operationsMax operations, all or nothing", () =>
    withKv(create, async (kv) => {
      const puts = Array.from({ length: kv.limits.operationsMax - 1 }, (_, index) => ({
        key: bytes(`k${String(index).padStart(6, "0")}`),
        value: bytes(`${index}`),
      }));
      const absent = [{ key: bytes("k000000"), version: 0n }];
      assert.ok(await kv.commit({ ...NO_CHANGE, checks: absent, puts }));
      assert.equal(await kv.commit({ ...NO_CHANGE, checks: absent, puts }), undefined);
      const first = await kv.range({ gte: bytes("k"), lt: bytes("l"), limit: RANGE_ENTRIES_MAX });
      assert.equal(first.length, RANGE_ENTRIES_MAX);
      assert.equal(new Set(first.map(({ version }) => version)).size, 1);
      const deletes = puts.map(({ key }) => key);
      assert.ok(await kv.commit({ ...NO_CHANGE, deletes }));
      assert.deepEqual(await kv.range({ gte: bytes("k"), lt: bytes("l"), limit: 1 }), []);
    }));

  test("many large commits at once all take effect", () =>
    withKv(create, async (kv) => {
      const value = Buffer.alloc(256 * 1024, "large");
      await together(48, (index) =>
        kv.commit({ ...NO_CHANGE, puts: [{ key: bytes(`large ${index}`), value }] }),
      );
      const all = await kv.range({ gte: bytes("large"), lt: bytes("m"), limit: 100 });
      assert.equal(all.length, 48);
      assert.ok(all.every((entry) => entry.value.equals(value)));
    }));

  test("callers' mistakes are refused", () =>
    withKv(create, async (kv) => {
      const { keyBytesMax, valueBytesMax, operationsMax } = kv.limits;
      const long = Buffer.alloc(keyBytesMax + 1, 1);
      const [a, empty] = [bytes("a"), bytes("")];
      const key = "a key has 1 to keyBytesMax bytes";
      const twice = "a commit writes a key once";
      const many = Array.from({ length: 30 }, (_, index) => bytes(`${index}`));
      const adds = [{ key: a, delta: 1n }];
      const misuses: [string, () => Promise<unknown>][] = [
        [key, () => kv.get([long])],
        [key, () => kv.get([a, empty])],
        [
          "a read names at most operationsMax keys",
          () => kv.get(Array.from({ length: operationsMax + 1 }, () => a)),
        ],
        [key, () => kv.commit({ ...NO_CHANGE, puts: [{ key: long, value: a }] })],
        [key, () => kv.commit({ ...NO_CHANGE, checks: [{ key: empty, version: 0n }] })],
        [key, () => kv.commit({ ...NO_CHANGE, deletes: [long] })],
        [key, () => kv.commit({ ...NO_CHANGE, adds: [{ key: long, delta: 1n }] })],
        [twice, () => kv.commit({ ...NO_CHANGE, puts: [pair("a", "1"), pair("a", "2")] })],
        [twice, () => kv.commit({ ...NO_CHANGE, puts: [pair("a", "1")], adds })],
        [twice, () => kv.commit({ ...NO_CHANGE, deletes: [a], adds })],
        [twice, () => kv.commit({ ...NO_CHANGE, deletes: [...many, bytes("7")] })],
        [
          "a value has at most valueBytesMax bytes",
          () =>
            kv.commit({
              ...NO_CHANGE,
              puts: [{ key: a, value: Buffer.alloc(valueBytesMax + 1) }],
            }),
        ],
        [
          "a commit holds at most operationsMax operations",
          () =>
            kv.commit({
              ...NO_CHANGE,
              checks: Array.from({ length: operationsMax + 1 }, () => ({ key: a, version: 0n })),
            }),
        ],
        [
          "a bound of a range has at most keyBytesMax bytes",
          () => kv.range({ gte: a, lt: long, limit: 1 }),
        ],
        ...[0, 1.5, RANGE_ENTRIES_MAX + 1].map((limit): [string, () => Promise<unknown>] => [
          "a page holds 1 to RANGE_ENTRIES_MAX entries",
          () => kv.range({ gte: a, lt: a, limit }),
        ]),
      ];
      for (const [message, misuse] of misuses) {
        await assert.rejects(misuse, { name: "InvariantError", message });
      }
      assert.deepEqual(await kv.range({ gte: empty, lt: Buffer.alloc(9, 0xff), limit: 9 }), []);
    }));
}
