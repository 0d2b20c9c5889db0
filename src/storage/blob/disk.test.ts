import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { realFiles } from "../files/real.ts";
import { SimulatedFiles } from "../files/testing/simulated-files.ts";
import { StorageError, StorageFullError } from "../kv/errors.ts";
import type { BlobStore } from "./blob-store.ts";
import { openDiskBlobs } from "./disk.ts";
import { blobStoreConformance, put, read } from "./testing/conformance.ts";

const session = "0123456789abcdef0123456789abcdef";
const name = `${session}/7`;

let temporary: string;
before(async () => {
  temporary = await mkdtemp(join(tmpdir(), "blobs-"));
});
after(() => rm(temporary, { recursive: true }));

blobStoreConformance("disk", async () =>
  openDiskBlobs({
    files: realFiles,
    folder: `${await mkdtemp(join(temporary, "store-"))}/blob`,
    fatal: unexpected,
  }),
);

blobStoreConformance("simulated disk", async () => (await simulated()).store);

interface Simulated {
  files: SimulatedFiles;
  store: BlobStore;
  fatal: Error[];
}

async function simulated(
  options: { seed?: number; capacityBytes?: number; writersMax?: number; readersMax?: number } = {},
): Promise<Simulated> {
  const files = new SimulatedFiles(options);
  const fatal: Error[] = [];
  const end = (error: Error) => fatal.push(error);
  const store = await openDiskBlobs({ files, folder: "/blob", fatal: end, ...options });
  return { files, store, fatal };
}

function unexpected(error: Error): never {
  throw error;
}

describe("on disk", { skip: process.platform === "win32" }, () => {
  test("a blob lies in a folder of 4096 neighbours, for its owner only", async () => {
    const folder = `${await mkdtemp(join(temporary, "layout-"))}/blob`;
    const store = await openDiskBlobs({ files: realFiles, folder, fatal: unexpected });
    await put(store, `${session}/4095`, [Buffer.from("x")]);
    await put(store, `${session}/81920`, [Buffer.from("x")]);
    const entries = await readdir(folder, { recursive: true });
    assert.deepEqual(
      new Set(entries),
      new Set([
        session,
        `${session}/0`,
        `${session}/14`,
        `${session}/0/4095`,
        `${session}/14/81920`,
      ]),
    );
    for (const entry of entries) {
      const { mode } = await stat(join(folder, entry));
      assert.equal(mode & 0o077, 0, entry);
    }
  });

  test("entries of another form are never taken for blobs or sessions", async () => {
    const folder = `${await mkdtemp(join(temporary, "foreign-"))}/blob`;
    const store = await openDiskBlobs({ files: realFiles, folder, fatal: unexpected });
    await put(store, name, []);
    const foreign = ["0/x", "0/07", "0/7.tmpx", "0/4097", "notes", "0/8.bak"];
    for (const entry of foreign) await writeFile(join(folder, session, entry), "");
    await writeFile(join(folder, "lost+found"), "");
    assert.deepEqual(await store.sessions(undefined, 10), [session]);
    assert.deepEqual(await store.list(session, undefined, 10), [name]);
    assert.equal(await store.sweepTemporary(session), 0);
    await store.delete(name);
    assert.equal(await store.removeSession(session), false);
  });

  test("the room of the file system is told", async () => {
    const folder = `${await mkdtemp(join(temporary, "room-"))}/blob`;
    const store = await openDiskBlobs({ files: realFiles, folder, fatal: unexpected });
    const usage = await store.usage();
    assert.ok(usage && usage.freeBytes > 0 && usage.freeBytes <= usage.totalBytes);
  });
});

test("a finished blob was synced before its name and its name before the answer", async () => {
  const { files, store } = await simulated();
  await put(store, name, [Buffer.from("x")]);
  const folder = `/blob/${session}`;
  const steps = files.trace.filter((step) => /^(makeD|write|sync|rename)/.test(step));
  assert.deepEqual(steps, [
    "makeDirectory /blob",
    "syncDirectory /",
    `makeDirectory ${folder}`,
    "syncDirectory /blob",
    `makeDirectory ${folder}/0`,
    `syncDirectory ${folder}`,
    `write ${folder}/0/7.tmp`,
    `syncData ${folder}/0/7.tmp`,
    `rename ${folder}/0/7`,
    `syncDirectory ${folder}/0`,
  ]);
});

test("blobs finished together share the syncs of their folder", async () => {
  const { files, store } = await simulated();
  const numbers = Array.from({ length: 64 }, (_, number) => number);
  await Promise.all(numbers.map((number) => put(store, `${session}/${number}`, [])));
  const syncs = files.trace.filter((step) => step === `syncDirectory /blob/${session}/0`);
  assert.ok(syncs.length < 40, `${syncs.length} syncs for 64 blobs`);
});

test("a write goes out in batches of a mebibyte, two of them at a time", async () => {
  const { files, store } = await simulated();
  const writer = await store.create(name);
  const chunk = Buffer.alloc(65_536);
  const waits: number[] = [];
  for (let index = 0; index < 80; index++) {
    const room = writer.write(chunk);
    if (room === undefined) continue;
    waits.push(index);
    assert.throws(() => writer.write(chunk), {
      message: "a writer waits for the promise it was given",
    });
    await room;
  }
  await writer.finish();
  assert.equal(waits[0], 47, "two batches on their way and one full");
  assert.equal(files.trace.filter((step) => step.startsWith("write ")).length, 5);
});

test("a long blob is synced while it is written, and a failure of that is fatal too", async () => {
  const { files, store, fatal } = await simulated();
  const chunks = Array.from({ length: 34 }, () => Buffer.alloc(1024 * 1024));
  await put(store, name, chunks);
  const steps = files.trace.filter((step) => /^(write|syncData)/.test(step)).map((step) => step[0]);
  assert.match(steps.join(""), /^w{32,33}sw{0,2}s$|^w{34}ss$/);

  files.inject({ operation: "syncData", nth: 1, effect: "EIO" });
  await assert.rejects(put(store, `${session}/8`, chunks), StorageError);
  assert.equal(fatal.length, 1);
  assert.equal(files.openFiles, 0);
});

test("a blob that is given up is closed after the sync under way", async () => {
  const chunk = Buffer.alloc(1024 * 1024);
  for (let seed = 0; seed < 6; seed++) {
    const { files, store } = await simulated({ seed });
    const writer = await store.create(name);
    for (let index = 0; index < 32; index++) await writer.write(chunk);
    await writer.abort();
    const steps = files.trace.slice(-3).map((step) => step.split(" ")[0]);
    assert.deepEqual(steps.slice(1), ["close", "unlink"], `seed ${seed}`);
  }
});

test("tiny chunks do not gather without end", async () => {
  const { files, store } = await simulated();
  const tiny = Array.from({ length: 2000 }, () => Buffer.from("ab"));
  await put(store, name, tiny);
  assert.equal(files.trace.filter((step) => step.startsWith("write ")).length, 4);
  assert.equal((await read(store, name))?.length, 4000);
});

test("short writes and short reads are completed", async () => {
  const { files, store } = await simulated();
  const chunks = [1, 2, 3].map((value) => Buffer.alloc(500 * value, value));
  for (const nth of [1, 2, 3]) files.inject({ operation: "write", nth, effect: "short" });
  await put(store, name, chunks);
  for (const nth of [1, 2, 3]) files.inject({ operation: "read", nth, effect: "short" });
  assert.deepEqual(await read(store, name), Buffer.concat(chunks));
});

describe("descriptors are bounded", () => {
  test("the writer above the bound waits until one has ended", async () => {
    const { files, store } = await simulated({ writersMax: 2 });
    const first = await store.create(`${session}/1`);
    const second = await store.create(`${session}/2`);
    const third = store.create(`${session}/3`);
    await read(store, name);
    assert.equal(files.openFiles, 2);
    await first.abort();
    await (await third).finish();
    await second.finish();
    await put(store, `${session}/4`, []);
    assert.equal(files.openFiles, 0);
  });

  test("the reader above the bound waits until one has ended", async () => {
    const { files, store } = await simulated({ readersMax: 1 });
    await put(store, name, [Buffer.from("abc")]);
    const first = await store.open(name);
    const second = store.open(name);
    assert.equal((await first?.read(0, 3))?.toString(), "abc");
    assert.equal(files.openFiles, 1);
    await first?.close();
    await (await second)?.close();
    assert.equal(await store.open(`${session}/8`), undefined);
    assert.equal(files.openFiles, 0);
  });

  test("a blob that could not be opened holds none", async () => {
    const { files, store } = await simulated({ readersMax: 1 });
    await put(store, name, [Buffer.from("abc")]);
    files.inject({ operation: "open", nth: 1, effect: "EIO" });
    await assert.rejects(store.open(name), StorageError);
    assert.equal((await read(store, name))?.toString(), "abc");
  });

  test("a blob is closed after the reads under way", async () => {
    for (let seed = 0; seed < 10; seed++) {
      const { files, store } = await simulated({ seed });
      await put(store, name, [Buffer.from("abc")]);
      const reader = await store.open(name);
      const reading = reader?.read(0, 3);
      await reader?.close();
      assert.equal((await reading)?.toString(), "abc");
      const path = `/blob/${session}/0/7`;
      assert.deepEqual(files.trace.slice(-2), [`read ${path}`, `close ${path}`]);
      assert.equal(files.openFiles, 0);
    }
  });
});

test("what an earlier process left unsynced is synced before it is relied on", async () => {
  for (let seed = 0; seed < 20; seed++) {
    const { files, store } = await simulated({ seed });
    await put(store, `${session}/5000`, []);
    await files.makeDirectory(`/blob/${session}/0`);
    await put(store, name, [Buffer.from("x")]);
    await files.unlink(`/blob/${session}/1/5000`);
    await store.delete(`${session}/5000`);

    const found = await openDiskBlobs({
      files: files.crash(seed),
      folder: "/blob",
      fatal: unexpected,
    });
    assert.deepEqual(await found.list(session, undefined, 10), [name], `seed ${seed}`);
  }
});

test("a folder that a collector removed is made again", async () => {
  const { files, store } = await simulated();
  await put(store, name, []);
  await store.delete(name);
  await files.removeDirectory(`/blob/${session}/0`);
  await put(store, `${session}/8`, [Buffer.from("x")]);
  assert.equal((await read(store, `${session}/8`))?.toString(), "x");
});

describe("a full disk", () => {
  test("leaves its reserve untouched by data, also in the middle of a blob", async () => {
    const files = new SimulatedFiles();
    let freeBytes = 2_500_000;
    const reserve = {
      admits: (purpose: string) => purpose === "upkeep" || freeBytes >= 1_000_000,
      wrote: (bytes: number) => {
        freeBytes -= bytes;
      },
    };
    const store = await openDiskBlobs({ files, folder: "/blob", fatal: unexpected, reserve });
    const chunk = Buffer.alloc(1_048_576);
    await assert.rejects(put(store, name, [chunk, chunk, chunk, chunk]), { where: "reserve" });
    await assert.rejects(store.create(name), { where: "reserve" });
    const writer = await store.create(name, "upkeep");
    await writer.write(chunk);
    await writer.finish();
    assert.deepEqual(await files.list(`/blob/${session}/0`), ["7"]);
    assert.equal(files.openFiles, 0);
  });

  test("refuses with its own error, takes nothing, and recovers when room is made", async () => {
    const { files, store, fatal } = await simulated({ capacityBytes: 2_500_000 });
    await put(store, name, [Buffer.alloc(1_000_000)]);
    await assert.rejects(put(store, `${session}/8`, [Buffer.alloc(2_000_000)]), StorageFullError);
    assert.deepEqual(await files.list(`/blob/${session}/0`), ["7"]);
    assert.equal(files.openFiles, 0);
    await store.delete(name);
    await put(store, `${session}/8`, [Buffer.alloc(2_000_000)]);
    assert.deepEqual(fatal, []);
  });

  test("is told to the write that waits and to every later one", async () => {
    const { files, store } = await simulated({ capacityBytes: 1_500_000 });
    const writer = await store.create(name);
    const chunk = Buffer.alloc(65_536);
    await assert.rejects(async () => {
      for (let index = 0; index < 100; index++) await writer.write(chunk);
    }, StorageFullError);
    await assert.rejects(async () => writer.write(chunk), StorageFullError);
    await writer.abort();
    assert.deepEqual(await files.list(`/blob/${session}/0`), []);
    assert.equal(files.openFiles, 0);
  });
});

test("whichever operation fails, the blob is whole or absent and the store goes on", async () => {
  for (const effect of ["EIO", "ENOSPC", "EDQUOT", "EMFILE"] as const) {
    for (let nth = 1; ; nth++) {
      const { files, store, fatal } = await simulated();
      files.inject({ operation: "any", nth, effect });
      const content = Buffer.alloc(3_000_000, nth);
      const outcome = await put(store, name, [content, content]).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (outcome === undefined) {
        assert.ok(files.trace.length < nth + 2, "a fault that was met is told");
        assert.ok(nth > 8, "every step was tried");
        break;
      }
      const expected = ["ENOSPC", "EDQUOT"].includes(effect) && fatal.length === 0;
      assert.ok(outcome instanceof (expected ? StorageFullError : StorageError), `${nth}`);
      assert.equal(files.openFiles, 0, `operation ${nth}`);
      const failed = files.trace.find((_, index) => index === nth + 1) ?? "";
      // Without a descriptor a folder is not opened, so no sync of it has failed.
      const fails = effect === "EMFILE" ? "syncData" : "sync";
      assert.equal(fatal.length > 0, failed.startsWith(fails), `${failed} (${effect})`);
      if (fatal.length > 0) continue;
      assert.equal(await store.open(name), undefined);
      assert.equal(await store.sweepTemporary(session), 0, failed);
      await put(store, name, [content]);
      assert.deepEqual(await read(store, name), content);
    }
  }
});

test("after a failed sync nothing is acknowledged any more", async () => {
  for (const operation of ["syncData", "syncDirectory"] as const) {
    const { files, store, fatal } = await simulated();
    await put(store, name, [Buffer.from("x")]);
    const writer = await store.create(`${session}/9`);
    files.inject({ operation, nth: 1, effect: "EIO" });
    await assert.rejects(put(store, `${session}/8`, [Buffer.from("x")]), StorageError);
    assert.equal(fatal.length, 1);
    const syncs = files.trace.filter((step) => step.startsWith("sync")).length;
    await assert.rejects(writer.finish(), StorageError);
    await assert.rejects(store.create(`${session}/10`), StorageError);
    await assert.rejects(store.delete(name), StorageError);
    assert.equal(files.trace.filter((step) => step.startsWith("sync")).length, syncs);
    assert.equal(fatal.length, 1, "the process is ended once");
  }
});
