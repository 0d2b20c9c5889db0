import assert from "node:assert/strict";
import { test } from "node:test";
import type { Kv } from "../kv.ts";
import {
  bytes,
  type CreateStore,
  NO_CHANGE,
  pair,
  textOf,
  together,
  versionOf,
  withKv,
} from "./store.ts";

const ROUNDS = 30;

export function racingTests(create: CreateStore): void {
  test("of many who create one key exactly one does", () =>
    withKv(create, async (kv) => {
      await rounds(async (round) => {
        const key = `key ${round}`;
        const results = await together(4, (racer) => createKey(kv, key, `${racer}`));
        assert.equal(results.filter(Boolean).length, 1);
        assert.equal(await textOf(kv, key), `${results.findIndex(Boolean)}`);
      });
    }));

  test("of many who change one version exactly one does", () =>
    withKv(create, async (kv) => {
      await createKey(kv, "a", "first");
      await rounds(async () => {
        const checks = [{ key: bytes("a"), version: await versionOf(kv, bytes("a")) }];
        const results = await together(4, (racer) =>
          kv.commit({ ...NO_CHANGE, checks, puts: [pair("a", `${racer}`)] }),
        );
        assert.equal(results.filter(Boolean).length, 1);
        assert.equal(await textOf(kv, "a"), `${results.findIndex(Boolean)}`);
      });
    }));

  test("of two who each need the other's key absent one gives way", () =>
    withKv(create, async (kv) => {
      await rounds(async (round) => {
        const [x, y] = [`x ${round}`, `y ${round}`] as const;
        const ifAbsent = (absent: string, put: string) =>
          kv.commit({
            ...NO_CHANGE,
            checks: [{ key: bytes(absent), version: 0n }],
            puts: [pair(put, "1")],
          });
        const results = await Promise.all([ifAbsent(x, y), ifAbsent(y, x)]);
        assert.ok(results.filter(Boolean).length <= 1);
      });
    }));

  test("of two who each need the other's key unchanged one gives way", () =>
    withKv(create, async (kv) => {
      await kv.commit({ ...NO_CHANGE, puts: [pair("x", "0"), pair("y", "0")] });
      await rounds(async (round) => {
        const checks = await Promise.all(
          ["x", "y"].map(async (name) => ({
            key: bytes(name),
            version: await versionOf(kv, bytes(name)),
          })),
        );
        const results = await Promise.all(
          ["x", "y"].map((name) =>
            kv.commit({ ...NO_CHANGE, checks, puts: [pair(name, `${round}`)] }),
          ),
        );
        assert.equal(results.filter(Boolean).length, 1);
      });
    }));

  test("no update is lost among many who read, change and write", () =>
    withKv(create, async (kv) => {
      await together(8, async (racer) => {
        for (let done = 0; done < 20; done++) await increment(kv, `n${(racer + done) % 4}`);
      });
      const counts = await together(4, async (index) => Number(await textOf(kv, `n${index}`)));
      assert.deepEqual(counts, [40, 40, 40, 40]);
    }));

  test("writers without checks never refuse each other, whatever their order of keys", () =>
    withKv(create, async (kv) => {
      const keys = ["a", "b", "c", "d"];
      const versions = await together(64, (racer) => {
        const order = racer % 2 === 0 ? keys : keys.toReversed();
        return kv.commit({ ...NO_CHANGE, puts: order.map((key) => pair(key, `${racer}`)) });
      });
      assert.equal(new Set(versions).size, 64);
      assert.ok(versions.every((version) => version !== undefined));
      const entries = await kv.get(keys.map(bytes));
      // Whoever was last was last everywhere.
      assert.equal(new Set(entries.map((entry) => entry?.version)).size, 1);
      const last = versions.findIndex((version) => version === entries[0]?.version);
      assert.equal(entries[0]?.value.toString(), `${last}`);
    }));

  test("a read is one snapshot of all its keys", () =>
    withKv(create, async (kv) => {
      const names = Array.from({ length: 20 }, (_, index) => `s${index}`);
      const writing = rounds((round) =>
        kv.commit({ ...NO_CHANGE, puts: names.map((name) => pair(name, `${round}`)) }),
      );
      const reading = rounds(async () => {
        const got = await kv.get(names.map(bytes));
        assert.equal(new Set(got.map((entry) => entry?.version)).size, 1);
        const range = await kv.range({ gte: bytes("s"), lt: bytes("t"), limit: 100 });
        assert.ok(new Set(range.map((entry) => entry.version)).size <= 1);
      });
      await Promise.all([writing, reading]);
    }));
}

async function rounds(race: (round: number) => Promise<unknown>): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    await race(round);
  }
}

function createKey(kv: Kv, key: string, value: string): Promise<bigint | undefined> {
  const checks = [{ key: bytes(key), version: 0n }];
  return kv.commit({ ...NO_CHANGE, checks, puts: [pair(key, value)] });
}

/** Adds one to a number that is kept as text, by reading, changing and writing until it wins. */
export async function increment(kv: Kv, name: string): Promise<void> {
  const [entry] = await kv.get([bytes(name)]);
  const next = Number(entry?.value.toString() ?? "0") + 1;
  const checks = [{ key: bytes(name), version: entry?.version ?? 0n }];
  const won = await kv.commit({ ...NO_CHANGE, checks, puts: [pair(name, `${next}`)] });
  if (won === undefined) await increment(kv, name);
}
