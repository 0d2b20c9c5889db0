import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createLmdbStore } from "../testing/lmdb-store.ts";
import { bytes, NO_CHANGE, together } from "../testing/store.ts";

const SECRET = "what the heap has held";

test("no memory of the process reaches the file", async () => {
  const store = await createLmdbStore();
  const kv = await store.open();
  try {
    for (let round = 0; round < 30; round++) {
      leaveInFreedMemory(SECRET);
      // Values of many sizes: some end within a page, some take pages of their own.
      await together(20, (index) => {
        const value = Buffer.alloc((round * 37 + index * 911) % 6000);
        const key = bytes(`${(round * 7919 + index * 31) % 500}`);
        return kv.commit({ ...NO_CHANGE, puts: [{ key, value }] });
      });
    }
    const file = await readFile(join(store.directory, "data.mdb"));
    assert.equal(file.includes(SECRET), false);
  } finally {
    await kv.close();
    await store.destroy();
  }
});

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function leaveInFreedMemory(text: string): void {
  for (let count = 0; count < 100; count++) Buffer.from(text.repeat(40 + (count % 200)));
  collectGarbage();
}
