import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { type Log, silentLog } from "../base/index.ts";
import { realFiles } from "./files/real.ts";
import type { Purpose } from "./kv/kv.ts";
import { defaultReserveBytes, Reserve, reserveAdmits } from "./reserve.ts";

const GIB = 1024 ** 3;
const purposes: readonly Purpose[] = ["data", "events", "upkeep"];

test("the reserve is a gibibyte, and 2 % of a disk larger than 50", () => {
  assert.equal(defaultReserveBytes(10 * GIB), GIB);
  assert.equal(defaultReserveBytes(50 * GIB), GIB);
  assert.equal(defaultReserveBytes(1000 * GIB), 20 * GIB);
});

test("data leaves the reserve, read events a quarter of it, upkeep nothing", () => {
  const cases: [freeBytes: number, admitted: Purpose[]][] = [
    [1000, ["data", "events", "upkeep"]],
    [999, ["events", "upkeep"]],
    [250, ["events", "upkeep"]],
    [249, ["upkeep"]],
    [0, ["upkeep"]],
  ];
  for (const [freeBytes, admitted] of cases) {
    const found = purposes.filter((purpose) => reserveAdmits(purpose, freeBytes, 1000));
    assert.deepEqual(found, admitted, `${freeBytes} of 1000`);
  }
});

test("more room never refuses what less room admits", () => {
  const bytes = fc.nat(10_000);
  fc.assert(
    fc.property(fc.constantFrom(...purposes), bytes, bytes, bytes, (purpose, free, more, kept) => {
      if (reserveAdmits(purpose, free, kept)) assert.ok(reserveAdmits(purpose, free + more, kept));
    }),
  );
});

test("without a reserve everything is admitted to the last byte", () => {
  for (const purpose of purposes) assert.ok(reserveAdmits(purpose, 0, 0));
});

async function watched(context: TestContext, free: number, log: Log = silentLog) {
  const disk = { freeBytes: free, totalBytes: 100_000, looks: 0, failing: false };
  const space = () => {
    disk.looks++;
    if (disk.failing) return Promise.reject(new Error("EIO"));
    return Promise.resolve({ freeBytes: disk.freeBytes, totalBytes: disk.totalBytes });
  };
  const reserve = await Reserve.watch({ space, log, reserveBytes: 800 });
  context.after(() => reserve.close());
  return { disk, reserve };
}

test("the disk is looked at every second", async (context) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  const { disk, reserve } = await watched(context, 900);
  disk.freeBytes = 700;
  context.mock.timers.tick(999);
  assert.equal(disk.looks, 1);
  context.mock.timers.tick(1);
  assert.equal(disk.looks, 2);
  await reserve.sample();
  assert.equal(reserve.admits("data"), false);
  reserve.close();
  context.mock.timers.tick(5000);
  assert.equal(disk.looks, 2);
});

test("bytes that are told count before the next look, and a large write looks early", async (context) => {
  const { disk, reserve } = await watched(context, 850);
  reserve.wrote(50);
  assert.equal(reserve.admits("data"), true);
  assert.equal(disk.looks, 1);
  reserve.wrote(50);
  assert.equal(reserve.freeBytes, 750);
  assert.equal(reserve.admits("data"), false);
  assert.equal(disk.looks, 2);
  disk.freeBytes = 820;
  await reserve.sample();
  assert.equal(reserve.freeBytes, 850, "the look answered what was there when it began");
  await reserve.sample();
  assert.equal(reserve.freeBytes, 820);
});

test("bytes told during a look are counted after it too", async (context) => {
  const { reserve } = await watched(context, 5000);
  const looking = reserve.sample();
  reserve.wrote(60);
  await looking;
  assert.equal(reserve.freeBytes, 4940);
});

test("looks asked for at the same time are one", async (context) => {
  const { disk, reserve } = await watched(context, 5000);
  await Promise.all([reserve.sample(), reserve.sample(), reserve.sample()]);
  assert.equal(disk.looks, 2);
});

test("the operator hears when the reserve is reached, when it is left, and when nothing can be known", async (context) => {
  const messages: string[] = [];
  const warn = (_: unknown, message: string) => messages.push(message);
  const { disk, reserve } = await watched(context, 5000, { ...silentLog, warn });
  for (const freeBytes of [5000, 700, 600, 900, 900]) {
    disk.freeBytes = freeBytes;
    await reserve.sample();
  }
  disk.failing = true;
  await reserve.sample();
  assert.equal(reserve.freeBytes, 900);
  assert.deepEqual(messages, [
    "the disk is nearly full: writes of data are refused",
    "the disk has room again",
    "the free space of the disk cannot be read",
  ]);
});

test("the room of a real disk is watched", async (context) => {
  const reserve = await Reserve.watch({ space: () => realFiles.space("/"), log: silentLog });
  context.after(() => reserve.close());
  assert.ok(reserve.freeBytes > 0 && reserve.reserveBytes >= GIB);
});
