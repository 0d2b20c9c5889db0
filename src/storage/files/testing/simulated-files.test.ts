import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { SimulatedFiles } from "./simulated-files.ts";

const seeds = Array.from({ length: 60 }, (_, seed) => seed);

/** Writes /d/a durably, leaving out one step. */
async function writeWithout(omitted: string, seed: number): Promise<SimulatedFiles> {
  const files = new SimulatedFiles({ seed });
  await files.makeDirectory("/d");
  if (omitted !== "the parent's sync") await files.syncDirectory("/");
  const file = await files.create("/d/a.tmp");
  await Promise.all([
    file.write([content.subarray(0, 3000)], 0),
    file.write([content.subarray(3000)], 3000),
  ]);
  if (omitted !== "the data's sync") await file.syncData();
  await file.close();
  await files.rename("/d/a.tmp", "/d/a");
  if (omitted !== "the folder's sync") await files.syncDirectory("/d");
  return files.crash(seed);
}

const content = Buffer.from(Array.from({ length: 5000 }, (_, at) => (at % 251) + 1));

async function read(files: SimulatedFiles, path: string): Promise<Buffer | undefined> {
  const file = await files.open(path);
  if (file === undefined) return undefined;
  const target = Buffer.alloc(file.bytes);
  await file.read(target, 0);
  await file.close();
  return target;
}

test("what was synced, data and names, is whole after any crash", async () => {
  for (const seed of seeds) {
    const files = await writeWithout("nothing", seed);
    assert.deepEqual(await read(files, "/d/a"), content, `seed ${seed}`);
    assert.deepEqual(await files.list("/d"), ["a"], `seed ${seed}`);
  }
});

for (const omitted of ["the parent's sync", "the data's sync", "the folder's sync"]) {
  test(`without ${omitted} some crash loses the file and some crash does not`, async () => {
    const outcomes = new Set<boolean>();
    for (const seed of seeds) {
      const found = await read(await writeWithout(omitted, seed), "/d/a");
      outcomes.add(found !== undefined && found.equals(content));
    }
    assert.deepEqual(outcomes, new Set([true, false]));
  });
}

test("synced bytes survive whatever is written after them and not synced", async () => {
  const write = fc.record({ position: fc.nat(4000), length: fc.integer({ min: 1, max: 2000 }) });
  const run = async (before: Write[], behind: Write[], seed: number) => {
    const files = new SimulatedFiles({ seed });
    const file = await files.create("/a");
    for (const { position, length } of before) {
      await file.write([Buffer.alloc(length, 1)], position);
    }
    await Promise.all([file.syncData(), files.syncDirectory("/")]);
    const synced = (await read(files, "/a")) ?? Buffer.alloc(0);
    for (const { position, length } of behind) {
      await file.write([Buffer.alloc(length, 2)], synced.length + position);
    }
    const found = await read(files.crash(seed), "/a");
    assert.deepEqual(found?.subarray(0, synced.length), synced);
  };
  const writes = fc.array(write, { minLength: 1, maxLength: 4 });
  await fc.assert(fc.asyncProperty(writes, writes, fc.nat(1000), run), { numRuns: 50 });
});

test("an unsynced write may be missing, whole, cut short or patchy", async () => {
  const shapes = new Set<string>();
  for (let seed = 0; seed < 200; seed++) {
    const files = new SimulatedFiles({ seed });
    const file = await files.create("/a");
    await files.syncDirectory("/");
    await file.write([content], 0);
    shapes.add(shapeOf((await read(files.crash(seed), "/a")) ?? Buffer.alloc(0)));
  }
  assert.deepEqual(shapes, new Set(["missing", "whole", "short", "patchy"]));
});

function shapeOf(found: Buffer): string {
  if (found.length === 0) return "missing";
  if (found.equals(content)) return "whole";
  return found.equals(content.subarray(0, found.length)) ? "short" : "patchy";
}

test("an unsynced removal may come back, with its content", async () => {
  const outcomes = new Set<string | undefined>();
  for (const seed of seeds) {
    const files = await writeWithout("nothing", seed);
    await files.unlink("/d/a");
    outcomes.add((await read(files.crash(seed), "/d/a"))?.equals(content) ? "back" : "gone");
  }
  assert.deepEqual(outcomes, new Set(["back", "gone"]));
});

test("a rename within a folder never leaves both names or none", async () => {
  for (const seed of seeds) {
    const files = await writeWithout("nothing", seed);
    await files.rename("/d/a", "/d/b");
    assert.equal((await files.crash(seed).list("/d"))?.length, 1, `seed ${seed}`);
  }
});

test("after a failed sync a second one saves nothing of what the first should have", async () => {
  const outcomes = new Set<boolean>();
  for (const seed of seeds) {
    const files = new SimulatedFiles({ seed });
    const file = await files.create("/a");
    await files.syncDirectory("/");
    await file.write([content], 0);
    files.inject({ operation: "syncData", nth: 1, effect: "EIO" });
    await assert.rejects(file.syncData(), { code: "EIO" });
    await file.syncData();
    outcomes.add((await read(files.crash(seed), "/a"))?.equals(content) ?? false);
  }
  assert.deepEqual(outcomes, new Set([true, false]));
});

describe("faults", () => {
  test("the nth operation of a kind fails and the others do not", async () => {
    const files = new SimulatedFiles();
    files.inject({ operation: "write", nth: 2, effect: "EIO" });
    const file = await files.create("/a");
    assert.equal(await file.write([content], 0), content.length);
    await assert.rejects(file.write([content], 0), { code: "EIO" });
    assert.equal(await file.write([content], 0), content.length);
  });

  test("a short write takes a part and says so", async () => {
    const files = new SimulatedFiles();
    files.inject({ operation: "write", nth: 1, effect: "short" });
    const file = await files.create("/a");
    assert.equal(await file.write([content], 0), 2500);
    assert.equal(await files.size("/a"), 2500);
  });

  test("a full disk takes what fits and then says so, until something is removed", async () => {
    const files = new SimulatedFiles({ capacityBytes: 7000 });
    const file = await files.create("/a");
    assert.equal(await file.write([content], 0), 5000);
    assert.equal(await file.write([content], 5000), 2000);
    await assert.rejects(file.write([content], 7000), { code: "ENOSPC" });
    assert.equal((await files.space()).freeBytes, 0);
    await files.unlink("/a");
    assert.equal((await files.space()).freeBytes, 7000);
  });
});

test("after the power went nothing works and the disk no longer changes", async () => {
  const files = await writeWithout("nothing", 1);
  const restarted = files.crash(1);
  await assert.rejects(files.unlink("/d/a"), { code: "EPOWER" });
  assert.deepEqual(await restarted.list("/d"), ["a"]);
});

test("the power goes with the operation that was named", async () => {
  const files = new SimulatedFiles({ crashAt: 3 });
  await files.makeDirectory("/1");
  await files.makeDirectory("/2");
  await files.makeDirectory("/3").catch(() => {});
  assert.equal(files.off, true);
  await assert.rejects(files.makeDirectory("/4"), { code: "EPOWER" });
});

test("operations under way at once take effect in different orders for different seeds", async () => {
  const orders = new Set<string>();
  for (const seed of seeds) {
    const files = new SimulatedFiles({ seed });
    await Promise.all([files.makeDirectory("/1"), files.makeDirectory("/2")]);
    orders.add(files.trace.join());
  }
  assert.equal(orders.size, 2);
});

interface Write {
  position: number;
  length: number;
}
