import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test, type TestContext } from "node:test";
import { createDurably, replaceDurably } from "./durable-file.ts";

const folder = mkdtempSync(join(tmpdir(), "strongroom-durable-"));
after(() => rmSync(folder, { recursive: true }));
const path = join(folder, "file");

test("data is synced before the file has its name, and the folder after", async (context) => {
  rmSync(path, { force: true });
  const seen = await watchSyncs(context, () =>
    existsSync(path) ? readFileSync(path, "utf8") : null,
  );
  await createDurably(path, Buffer.from("one"));
  await replaceDurably(path, Buffer.from("two"));
  assert.deepEqual(seen, [
    ["datasync", null],
    ["sync", "one"],
    ["datasync", "one"],
    ["sync", "two"],
  ]);
});

test("a file that is there is not created again", async () => {
  writeFileSync(path, "before");
  await assert.rejects(createDurably(path, Buffer.from("after")), { code: "EEXIST" });
  assert.equal(readFileSync(path, "utf8"), "before");
  assert.deepEqual(readdirSync(folder), ["file"]);
});

test("a failed sync leaves the old content, and nothing else", async (context) => {
  writeFileSync(path, "before");
  const handles = await prototypeOfHandles();
  context.mock.method(handles, "datasync", async () => {
    throw new Error("no space left");
  });
  await assert.rejects(replaceDurably(path, Buffer.from("after")), { message: "no space left" });
  assert.equal(readFileSync(path, "utf8"), "before");
  assert.deepEqual(readdirSync(folder), ["file"]);
});

test("what is written is for its owner only", async () => {
  await replaceDurably(path, Buffer.from("x"));
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

/** Notes what the disk shows at the time of each sync. */
async function watchSyncs<Shown>(context: TestContext, look: () => Shown) {
  const seen: [string, Shown][] = [];
  const handles = await prototypeOfHandles();
  for (const name of ["datasync", "sync"] as const) {
    const real = handles[name];
    context.mock.method(handles, name, function sync(this: typeof handles) {
      seen.push([name, look()]);
      return real.call(this);
    });
  }
  return seen;
}

async function prototypeOfHandles() {
  const handle = await open(folder, "r");
  await handle.close();
  const prototype: typeof handle = Object.getPrototypeOf(handle);
  return prototype;
}
