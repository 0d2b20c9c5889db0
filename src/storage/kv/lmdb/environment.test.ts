import assert from "node:assert/strict";
import { readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { open } from "lmdb";
import { Peer } from "../testing/peer-process.ts";
import { createLmdbStore, type LmdbStore, peerOf } from "../testing/lmdb-store.ts";
import { bytes, NO_CHANGE, pair, textOf, together } from "../testing/store.ts";
import { BYTES } from "./lmdb-js.ts";
import { LmdbKv } from "./lmdb.ts";

test("the files are for their owner only", () =>
  withStore(async ({ directory }) => {
    const names = await readdir(directory);
    assert.deepEqual(names.toSorted(), ["data.mdb", "lock.mdb"]);
    for (const name of names) {
      assert.equal((await stat(join(directory, name))).mode & 0o777, 0o600);
    }
    assert.equal((await stat(directory)).mode & 0o777, 0o700);
  }));

test("commits that arrive together share a sync", () =>
  withStore(async (_store, kv) => {
    await together(64, async (caller) => {
      for (let round = 0; round < 10; round++) {
        await kv.commit({ ...NO_CHANGE, puts: [pair(`${caller}`, `${round}`)] });
      }
    });
    const { commits, syncs } = kv.statistics();
    assert.equal(commits, 640);
    assert.ok(syncs >= 10 && syncs <= 40, `${syncs} syncs`);
  }));

test("the map has 1 MiB to 64 TiB", () =>
  withStore(async ({ directory }) => {
    for (const mapBytes of [2 << 30, 0, 2 ** 20 - 1, 2 ** 46 + 1, 1.5 * 2 ** 30 + 0.5]) {
      await assert.rejects(LmdbKv.open({ directory, mapBytes, fatal: assert.fail }), {
        name: "InvariantError",
        message: "the map has 1 MiB to 64 TiB",
      });
    }
  }));

test("the map grows, and each process follows", async () => {
  const store = await createLmdbStore();
  const kv = await store.open({ mapBytes: 1024 * 1024 });
  const { directory } = store;
  const peer = Peer.start(peerOf({ directory, mapBytes: 1024 * 1024 }), 0);
  try {
    assert.deepEqual(await peer.ask("see", 0), [-1]);
    const value = Buffer.alloc(512 * 1024, "grown");
    for (let count = 0; count < 16; count++) {
      await kv.commit({ ...NO_CHANGE, puts: [{ key: bytes(`${count}`), value }] });
    }
    await kv.commit({ ...NO_CHANGE, puts: [pair("seen", "7")] });
    assert.deepEqual(await peer.ask("see", 0), [7]);
    assert.equal((await peer.ask("add", 5)).length, 5);
    const [first, counter] = await kv.get([bytes("0"), bytes("counter")]);
    assert.ok(first?.value.equals(value));
    assert.equal(counter?.value.readBigInt64BE(), 5n);
  } finally {
    await peer.stop();
    await kv.close();
    await store.destroy();
  }
});

test("freed pages are used again: rewriting does not grow the file", () =>
  withStore(async (_store, kv) => {
    const rewrite = async (): Promise<number> => {
      for (let round = 0; round < 20; round++) {
        await kv.commit({
          ...NO_CHANGE,
          puts: [{ key: bytes("a"), value: Buffer.alloc(500_000, round) }],
        });
        // Reads in between must not keep their snapshots.
        await kv.get([bytes("a")]);
        await kv.range({ gte: bytes("a"), lt: bytes("b"), limit: 10 });
      }
      return kv.statistics().fileBytes ?? 0;
    };
    const before = await rewrite();
    assert.ok((await rewrite()) <= before);
    const { fileBytes = 0, liveBytes = 0, freeBytes = 0 } = kv.statistics();
    assert.equal(fileBytes, liveBytes + freeBytes);
    assert.ok(liveBytes >= 500_000 && liveBytes < 600_000, `${liveBytes} live bytes`);
  }));

test("a compact copy holds the same, is small, and its versions go on", () =>
  withStore(async ({ directory }, kv) => {
    const filler = Array.from({ length: 200 }, (_, index) => pair(`f${index}`, "x".repeat(5000)));
    await kv.commit({ ...NO_CHANGE, puts: [...filler, pair("kept", "1")] });
    const last = await kv.commit({ ...NO_CHANGE, deletes: filler.map(({ key }) => key) });
    const copy = join(directory, "copy");
    await kv.compact(copy);
    const copied = await LmdbKv.open({ directory: copy, fatal: assert.fail });
    try {
      assert.deepEqual(await copied.get([bytes("kept")]), await kv.get([bytes("kept")]));
      assert.ok((copied.statistics().fileBytes ?? 0) < (kv.statistics().fileBytes ?? 0) / 4);
      const next = await copied.commit({ ...NO_CHANGE, puts: [pair("new", "1")] });
      assert.ok(next !== undefined && last !== undefined && next > last);
    } finally {
      await copied.close();
    }
  }));

test("a store of a newer format, or what is no store, is not opened", async () => {
  const store = await createLmdbStore();
  try {
    await (await store.open()).close();
    const root = open({ ...BYTES, path: store.directory, overlappingSync: false, maxDbs: 4 });
    await root.put(Buffer.from("format"), Buffer.alloc(0), 2);
    await root.close();
    await assert.rejects(store.open(), {
      name: "StorageError",
      message: "the store is of a newer format (2)",
    });
    const file = join(store.directory, "data.mdb");
    for (const noStore of [Buffer.alloc(100_000, "no store"), Buffer.from("short")]) {
      await writeFile(file, noStore);
      await assert.rejects(store.open(), {
        name: "StorageError",
        message: `\`${file}\` is no store that this program knows`,
      });
    }
    await writeFile(file, "");
    await (await store.open()).close();
  } finally {
    await store.destroy();
  }
});

async function withStore(run: (store: LmdbStore, kv: LmdbKv) => Promise<void>): Promise<void> {
  const store = await createLmdbStore();
  const kv = await store.open();
  try {
    await run(store, kv);
    assert.equal(await textOf(kv, "nobody writes this"), undefined);
  } finally {
    await kv.close();
    await store.destroy();
  }
}
