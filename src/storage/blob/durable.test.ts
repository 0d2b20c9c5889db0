import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedFiles } from "../files/testing/simulated-files.ts";
import { StorageError } from "../kv/errors.ts";
import { Durable } from "./durable.ts";

const folderSyncs = (files: SimulatedFiles) =>
  files.trace.filter((step) => step.startsWith("syncDirectory")).length;

test("calls during a sync share one sync that begins after it", async () => {
  const files = new SimulatedFiles();
  const durable = new Durable(files, assert.fail);
  const running = durable.syncDirectory("/");
  const later = [durable.syncDirectory("/"), durable.syncDirectory("/")];
  await running;
  assert.equal(folderSyncs(files), 1);
  await Promise.all(later);
  assert.equal(folderSyncs(files), 2);
});

test("a name that was added while a sync ran is durable when its own call resolves", async () => {
  for (let seed = 0; seed < 40; seed++) {
    const files = new SimulatedFiles({ seed });
    const durable = new Durable(files, assert.fail);
    const names = ["a", "b", "c", "d", "e"];
    await Promise.all(
      names.map(async (name) => {
        await files.makeDirectory(`/${name}`);
        await durable.syncDirectory("/");
        // Each crash is a look at what the disk holds now: the others carry on.
        assert.ok((await files.crashCopy(seed).list("/"))?.includes(name), `seed ${seed}`);
      }),
    );
  }
});

test("folders are synced side by side", async () => {
  const files = new SimulatedFiles();
  const durable = new Durable(files, assert.fail);
  await Promise.all([files.makeDirectory("/a"), files.makeDirectory("/b")]);
  assert.deepEqual(
    await Promise.all(["/a", "/b", "/none"].map((path) => durable.syncDirectory(path))),
    [true, true, false],
  );
});

test("after one failure nobody is told of a success", async () => {
  const files = new SimulatedFiles();
  const fatal: Error[] = [];
  const durable = new Durable(files, (error) => fatal.push(error));
  files.inject({ operation: "syncDirectory", nth: 1, effect: "EIO" });
  const outcomes = await Promise.allSettled([1, 2, 3].map(() => durable.syncDirectory("/")));
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ["rejected", "rejected", "rejected"],
  );
  assert.throws(() => durable.assertIntact(), StorageError);
  assert.equal(folderSyncs(files), 1);
  assert.equal(fatal.length, 1);
});
