import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLog } from "../../base/index.ts";
import { DiskReserve } from "./disk-reserve.ts";
import { MemoryStore } from "./memory.ts";
import { createLmdbStore } from "./testing/lmdb-store.ts";
import { bytes, NO_CHANGE, pair } from "./testing/store.ts";

const GIB = 1024 ** 3;

test("below the reserve only upkeep is written, events down to a quarter", async () => {
  const space = { freeBytes: 0, totalBytes: 10 * GIB };
  using watch = await watching(space);
  for (const [freeBytes, data, events] of [
    [GIB, true, true],
    [GIB - 1, false, true],
    [GIB / 4, false, true],
    [GIB / 4 - 1, false, false],
    [0, false, false],
  ] as const) {
    space.freeBytes = freeBytes;
    await watch.reserve.sample();
    assert.equal(watch.reserve.admits("data"), data);
    assert.equal(watch.reserve.admits("events"), events);
    assert.equal(watch.reserve.admits("upkeep"), true);
  }
});

test("the reserve is 2 % of a large disk", async () => {
  using watch = await watching({ freeBytes: 10 * GIB, totalBytes: 1000 * GIB });
  assert.equal(watch.reserve.reserveBytes, 20 * GIB);
  assert.equal(watch.reserve.admits("data"), false);
});

test("what is written counts until the disk is looked at again", async () => {
  using watch = await watching({ freeBytes: 2 * GIB, totalBytes: 10 * GIB });
  watch.reserve.wrote(GIB + 1);
  assert.equal(watch.reserve.admits("data"), false);
  await watch.reserve.sample();
  assert.equal(watch.reserve.admits("data"), true);
});

test("a look that fails leaves what was known", async () => {
  let broken = false;
  const reserve = await DiskReserve.watch({
    log: silentLog,
    space: async () => {
      if (broken) throw new Error("the disk does not answer");
      return { freeBytes: 5 * GIB, totalBytes: 10 * GIB };
    },
  });
  broken = true;
  await reserve.sample();
  assert.equal(reserve.freeBytes, 5 * GIB);
  reserve.close();
});

test("an engine refuses data for want of room, and takes upkeep", async () => {
  using watch = await watching({ freeBytes: 0, totalBytes: 10 * GIB });
  const { reserve } = watch;
  const store = await createLmdbStore();
  const engines = [new MemoryStore().open({ reserve }), await store.open({ reserve })];
  try {
    for (const kv of engines) {
      const put = { ...NO_CHANGE, puts: [pair("a", "1")] };
      const refused = { name: "StorageFullError", where: "reserve" };
      await assert.rejects(kv.commit(put), refused);
      await assert.rejects(kv.commit({ ...put, purpose: "events" }), refused);
      assert.ok(await kv.commit({ ...put, purpose: "upkeep" }));
      assert.ok(await kv.commit({ ...NO_CHANGE, deletes: [bytes("a")], purpose: "upkeep" }));
      assert.equal(kv.statistics().failed, 2);
    }
  } finally {
    await Promise.all(engines.map((kv) => kv.close()));
    await store.destroy();
  }
});

test("what an engine writes is counted", async () => {
  using watch = await watching({ freeBytes: 5 * GIB, totalBytes: 10 * GIB });
  const store = await createLmdbStore();
  const kv = await store.open({ reserve: watch.reserve });
  try {
    const puts = [{ key: bytes("a"), value: Buffer.alloc(100_000) }];
    await kv.commit({ ...NO_CHANGE, puts });
    assert.equal(watch.reserve.freeBytes, 5 * GIB - 100_001);
  } finally {
    await kv.close();
    await store.destroy();
  }
});

async function watching(space: { freeBytes: number; totalBytes: number }) {
  const reserve = await DiskReserve.watch({ space: async () => space, log: silentLog });
  return { reserve, [Symbol.dispose]: () => reserve.close() };
}
