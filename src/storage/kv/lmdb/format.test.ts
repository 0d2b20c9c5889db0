import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "lmdb";
import { createLmdbStore } from "../testing/lmdb-store.ts";
import { bytes, NO_CHANGE, pair } from "../testing/store.ts";

test("the format is frozen", async () => {
  const store = await createLmdbStore();
  try {
    const kv = await store.open();
    await kv.commit({ ...NO_CHANGE, puts: [pair("a", "first")] });
    await kv.commit({
      ...NO_CHANGE,
      puts: [pair("b", "")],
      adds: [{ key: bytes("n"), delta: -2n }],
    });
    await kv.commit({ ...NO_CHANGE, puts: [pair("a", "second")] });
    await kv.close();

    const plain = { encoding: "binary", keyEncoding: "binary" } as const;
    const path = store.directory;
    const main = open<Buffer, Buffer>({ ...plain, path, maxDbs: 4, overlappingSync: false });
    const entries = main.openDB<Buffer, Buffer>("entries", plain);
    assert.deepEqual(
      Array.from(entries.getRange(), ({ key, value }) => [key.toString(), value.toString("hex")]),
      [
        ["a", `0000000000000840${bytes("second").toString("hex")}`],
        ["b", "0000000000000040"],
        ["n", "0000000000000040fffffffffffffffe"],
      ],
    );
    assert.equal(main.getBinary(bytes("versions"))?.toString("hex"), "0000000000000840");
    assert.equal(main.getBinary(bytes("format"))?.toString("hex"), "000000000000f03f");
    await main.close();
  } finally {
    await store.destroy();
  }
});
