import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { BrokenDisk } from "../testing/broken-disk.ts";
import { createLmdbStore, type LmdbStore } from "../testing/lmdb-store.ts";
import { bytes, NO_CHANGE, pair, textOf, together, versionOf } from "../testing/store.ts";
import type { LmdbKv } from "./lmdb.ts";

test("a disk without room fails the callers and leaves the store whole", () =>
  onDisk(async (kv, { directory }) => {
    const version = await kv.commit({ ...NO_CHANGE, puts: [pair("a", "before")] });
    {
      using disk = new BrokenDisk(directory, "pages", "/dev/full");
      assert.equal(disk.descriptor, "pages");
      for (let round = 0; round < 3; round++) {
        const failed = await together(5, (index) =>
          kv.commit({ ...NO_CHANGE, puts: [pair("a", "x"), pair(`b${index}`, "x")] }).catch(nameOf),
        );
        assert.deepEqual(new Set(failed), new Set(["StorageFullError"]));
      }
      assert.equal(await versionOf(kv, bytes("a")), version);
      assert.equal(await textOf(kv, "b1"), undefined);
    }
    const next = await kv.commit({ ...NO_CHANGE, puts: [pair("a", "after"), pair("b1", "x")] });
    assert.ok(next !== undefined && next !== version);
    assert.equal(await textOf(kv, "a"), "after");
    assert.equal(kv.statistics().failed, 15);
  }));

for (const [what, descriptor, device] of [
  ["a failed sync", "pages", "/dev/null"],
  ["a failed meta page", "meta", "/dev/full"],
] as const) {
  test(`${what} is the end: unknown to its callers, refused to all later ones`, () =>
    onDisk(async (kv, { directory }, fatal) => {
      await kv.commit({ ...NO_CHANGE, puts: [pair("a", "before")] });
      using disk = new BrokenDisk(directory, descriptor, device);
      assert.equal(disk.descriptor, descriptor);
      const unknown = await together(3, (index) =>
        kv.commit({ ...NO_CHANGE, puts: [pair("a", `${index}`)] }).catch(nameOf),
      );
      assert.deepEqual(unknown, ["CommitUnknown", "CommitUnknown", "CommitUnknown"]);
      assert.equal(fatal.length, 1);
      const later = await kv.commit({ ...NO_CHANGE, puts: [pair("a", "later")] }).catch(nameOf);
      assert.equal(later, "StorageError");
    }));
}

test("half a batch does not become durable, whatever goes wrong while it is written", async () => {
  const store = await createLmdbStore();
  try {
    const script = fileURLToPath(new URL("../testing/half-batch-child.ts", import.meta.url));
    const { signal, stdout } = spawnSync(process.execPath, [script, store.directory]);
    assert.deepEqual([signal, stdout.toString()], ["SIGKILL", ""]);
    const kv = await store.open();
    assert.equal(await textOf(kv, "a"), undefined);
    await kv.close();
  } finally {
    await store.destroy();
  }
});

test("exiting while a transaction is asked for ends the process, and leaves the lock free", async () => {
  const store = await createLmdbStore();
  try {
    const script = fileURLToPath(new URL("../testing/exit-child.ts", import.meta.url));
    for (const [when, expected] of [
      ["asking", [null, "SIGKILL"]],
      ["idle", [7, null]],
    ] as const) {
      const given = [script, store.directory, when];
      const { status, signal } = spawnSync(process.execPath, given, { timeout: 20_000 });
      assert.deepEqual([status, signal], expected);
    }
    const kv = await store.open();
    assert.ok(await kv.commit({ ...NO_CHANGE, puts: [pair("b", "1")] }));
    assert.equal(await textOf(kv, "a"), "idle");
    await kv.close();
  } finally {
    await store.destroy();
  }
});

async function onDisk(
  run: (kv: LmdbKv, store: LmdbStore, fatal: readonly Error[]) => Promise<void>,
): Promise<void> {
  const store = await createLmdbStore();
  const fatal: Error[] = [];
  const kv = await store.open({ fatal: (error) => void fatal.push(error) });
  try {
    await run(kv, store, fatal);
  } finally {
    await kv.close();
    await store.destroy();
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "";
}
