import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { StoppedClock } from "../../../base/index.ts";
import { createLmdbStore } from "../testing/lmdb-store.ts";
import { bytes, NO_CHANGE, pair } from "../testing/store.ts";
import { parseReaders, ReaderWatch } from "./reader-watch.ts";

const TABLE = ["\t\tpid\t\t thread\t\t txnid\n", "      4711 7fae81e7b340 14\n"];

test("LMDB's table names the processes that hold a snapshot, and not the idle", () => {
  const table = [...TABLE, "      4712 7fae81e7b341 -\n", "      4713 a 1000000000000\n"].join("");
  assert.deepEqual(parseReaders(table), [
    { pid: 4711, thread: "7fae81e7b340", transaction: 14 },
    { pid: 4713, thread: "a", transaction: 1_000_000_000_000 },
  ]);
  assert.deepEqual(parseReaders("(no active readers)\n"), []);
});

test("a snapshot is counted while newer transactions commit, from its first sight on", () => {
  const clock = new StoppedClock();
  const watch = new ReaderWatch(clock);
  const look = (transaction: number, last: number): [number | undefined, number | undefined] => {
    const [reader] = watch.look(`pid\n 4711 7f ${transaction}\n`, last);
    clock.advance(1000);
    return [reader?.looks, reader?.ageMs];
  };
  assert.deepEqual(look(14, 14), [0, 0]);
  assert.deepEqual(look(14, 14), [0, 0]);
  assert.deepEqual(look(14, 15), [1, 1000]);
  assert.deepEqual(look(14, 15), [2, 2000]);
  assert.deepEqual(look(15, 16), [1, 0]);
  assert.deepEqual(watch.look("", 17), []);
  assert.deepEqual(look(15, 18), [1, 0]);
});

test("a process that keeps its snapshot is found, and is gone when it is killed", async () => {
  const store = await createLmdbStore();
  const clock = new StoppedClock();
  const kv = await store.open({ clock });
  const script = fileURLToPath(new URL("../testing/reader-child.ts", import.meta.url));
  const child = spawn(process.execPath, [script, store.directory]);
  try {
    await once(child.stdout, "data");
    const found = [];
    for (let look = 0; look < 3; look++) {
      await kv.commit({ ...NO_CHANGE, puts: [pair("a", `${look}`)] });
      found.push(kv.checkReaders().map(({ pid, looks }) => [pid, looks]));
      clock.advance(1000);
    }
    assert.deepEqual(found, [[[child.pid, 1]], [[child.pid, 2]], [[child.pid, 3]]]);
    assert.equal(kv.statistics().oldestReaderMs, 2000);
    child.kill("SIGKILL");
    await once(child, "exit");
    assert.deepEqual(kv.checkReaders(), []);
    assert.equal(kv.statistics().oldestReaderMs, 0);
  } finally {
    child.kill("SIGKILL");
    await kv.close();
    await store.destroy();
  }
});

test("no snapshot stays after reads of every kind", async () => {
  const store = await createLmdbStore();
  const kv = await store.open();
  try {
    const puts = Array.from({ length: 50 }, (_, index) => pair(`k${index}`, "x"));
    await kv.commit({ ...NO_CHANGE, puts });
    const all = { gte: bytes("k"), lt: bytes("l"), limit: 10 };
    const reads = [
      () => kv.get([bytes("k1"), bytes("none")]),
      () => kv.versionNow(bytes("k1")),
      () => kv.range(all),
      () => kv.range({ ...all, reverse: true }),
      () => kv.range({ ...all, keysOnly: true }),
      () => kv.range({ ...all, limit: 1000 }),
      () => kv.statistics(),
    ];
    for (const read of reads) {
      const pending = read();
      assert.deepEqual(kv.checkReaders(), []);
      await pending;
    }
    assert.equal(kv.statistics().oldestReaderMs, 0);
  } finally {
    await kv.close();
    await store.destroy();
  }
});
