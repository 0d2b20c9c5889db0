import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { RANGE_ENTRIES_MAX } from "../kv.ts";
import { createLmdbStore } from "../testing/lmdb-store.ts";
import { bytes, NO_CHANGE } from "../testing/store.ts";
import type { LmdbKv } from "./lmdb.ts";

const ROUNDS = 3;

test("nothing acknowledged is lost, torn or given a version twice when a process is killed", async () => {
  const store = await createLmdbStore();
  const acknowledged = new Map<string, bigint>();
  try {
    for (let round = 0; round < ROUNDS; round++) {
      for (const [id, version] of await killed(store.directory, round)) {
        acknowledged.set(id, version);
      }
      const kv = await store.open();
      const [one, two] = [await all(kv, "one/"), await all(kv, "two/")];
      for (const [id, version] of acknowledged) assert.equal(one.get(id), version, id);
      assert.deepEqual(one, two);
      assert.equal(new Set(one.values()).size, one.size);
      const [count] = await kv.get([bytes("count")]);
      assert.equal(count?.value.readBigInt64BE(), BigInt(one.size));
      const next = await kv.commit({ ...NO_CHANGE, puts: [{ key: bytes("n"), value: bytes("") }] });
      assert.ok(next !== undefined && ![...one.values()].includes(next));
      await kv.close();
    }
  } finally {
    await store.destroy();
  }
  assert.ok(acknowledged.size > ROUNDS * 64, `${acknowledged.size} commits were acknowledged`);
});

/** What a process had acknowledged when it was killed, some time after its first commits. */
async function killed(folder: string, round: number): Promise<[string, bigint][]> {
  const script = fileURLToPath(new URL("../testing/crash-child.ts", import.meta.url));
  const child = spawn(process.execPath, [script, folder, `${round}`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const afterBytes = 5000 + Math.random() * 50_000;
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    if (output.length > afterBytes) child.kill("SIGKILL");
  });
  await once(child, "close");
  assert.equal(child.signalCode, "SIGKILL");
  // The last line may be cut off.
  const lines = output.split("\n").slice(0, -1);
  return lines.map((line) => {
    const [id = "", version = "0"] = line.split(" ");
    return [id, BigInt(version)];
  });
}

async function all(kv: LmdbKv, prefix: string): Promise<Map<string, bigint>> {
  const found = new Map<string, bigint>();
  let gte = bytes(prefix);
  const lt = bytes(prefix.replace("/", "0"));
  for (;;) {
    const page = await kv.range({ gte, lt, limit: RANGE_ENTRIES_MAX, keysOnly: true });
    for (const { key, version } of page) found.set(key.toString().slice(prefix.length), version);
    const last = page.at(-1);
    if (last === undefined || page.length < RANGE_ENTRIES_MAX) return found;
    gte = Buffer.concat([last.key, Buffer.of(0)]);
  }
}
