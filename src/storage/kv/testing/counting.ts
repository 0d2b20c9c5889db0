import assert from "node:assert/strict";
import { test } from "node:test";
import type { Kv } from "../kv.ts";
import { bytes, type CreateStore, NO_CHANGE, pair, together, versionOf, withKv } from "./store.ts";

const N = bytes("n");
const MOST = 2n ** 63n - 1n;

export function countingTests(create: CreateStore): void {
  test("adding makes a counter and sums, below zero too", () =>
    withKv(create, async (kv) => {
      await add(kv, 5n);
      assert.equal(await count(kv), 5n);
      await add(kv, -12n);
      assert.equal(await count(kv), -7n);
      assert.equal((await kv.get([N]))[0]?.value.toString("hex"), "fffffffffffffff9");
    }));

  test("a sum beyond 64 bits wraps", () =>
    withKv(create, async (kv) => {
      await add(kv, MOST);
      await add(kv, 1n);
      assert.equal(await count(kv), -MOST - 1n);
    }));

  test("nothing is lost of what many add at once", () =>
    withKv(create, async (kv) => {
      await together(100, (index) => add(kv, BigInt(index)));
      assert.equal(await count(kv), 4950n);
    }));

  test("an add gives the counter a new version", () =>
    withKv(create, async (kv) => {
      const first = (await add(kv, 1n)) ?? 0n;
      const second = await add(kv, 0n);
      assert.equal(await versionOf(kv, N), second);
      const checks = [{ key: N, version: first }];
      assert.equal(await kv.commit({ ...NO_CHANGE, checks, deletes: [N] }), undefined);
    }));

  test("a refused commit adds nothing, beside others that do", () =>
    withKv(create, async (kv) => {
      await kv.commit({ ...NO_CHANGE, puts: [pair("there", "1")] });
      const checks = [{ key: bytes("there"), version: 0n }];
      const adds = [{ key: N, delta: 1n }];
      const results = await together(60, (index) =>
        kv.commit(index % 3 === 0 ? { ...NO_CHANGE, checks, adds } : { ...NO_CHANGE, adds }),
      );
      assert.equal(results.filter(Boolean).length, 40);
      assert.equal(await count(kv), 40n);
    }));

  test("adds, a put and a delete at once leave what some order of them would", () =>
    withKv(create, async (kv) => {
      for (let round = 0; round < 10; round++) {
        await kv.commit({ ...NO_CHANGE, deletes: [N] });
        await together(40, (index) => {
          if (index === 13) return kv.commit({ ...NO_CHANGE, puts: [counter(1000n)] });
          if (index === 26) return kv.commit({ ...NO_CHANGE, deletes: [N] });
          return add(kv, 1n);
        });
        const left = await count(kv);
        const sums = Array.from({ length: 39 }, (_, adds) => BigInt(adds));
        assert.ok(
          sums.some((sum) => left === sum || left === 1000n + sum),
          `${left}`,
        );
      }
    }));

  test("one commit adds to several counters and puts beside them", () =>
    withKv(create, async (kv) => {
      await together(10, (index) =>
        kv.commit({
          ...NO_CHANGE,
          puts: [pair(`put ${index}`, "x")],
          adds: [
            { key: bytes("z"), delta: 2n },
            { key: N, delta: 1n },
          ],
        }),
      );
      assert.equal(await count(kv), 10n);
      assert.equal(await count(kv, bytes("z")), 20n);
      assert.equal(await versionOf(kv, bytes("z")), await versionOf(kv, N));
    }));

  test("an add is to a counter", () =>
    withKv(create, async (kv) => {
      await kv.commit({ ...NO_CHANGE, puts: [pair("n", "no counter")] });
      const commit = kv.commit({
        ...NO_CHANGE,
        puts: [pair("beside", "1")],
        adds: [{ key: N, delta: 1n }],
      });
      await assert.rejects(commit, { name: "InvariantError", message: "an add is to a counter" });
      assert.equal(await versionOf(kv, bytes("beside")), 0n);
    }));
}

function add(kv: Kv, delta: bigint): Promise<bigint | undefined> {
  return kv.commit({ ...NO_CHANGE, adds: [{ key: N, delta }] });
}

async function count(kv: Kv, key: Buffer = N): Promise<bigint> {
  const [entry] = await kv.get([key]);
  return entry?.value.readBigInt64BE() ?? 0n;
}

function counter(value: bigint): { key: Buffer; value: Buffer } {
  const encoded = Buffer.alloc(8);
  encoded.writeBigInt64BE(value);
  return { key: N, value: encoded };
}
