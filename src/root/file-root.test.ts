import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync } from "node:fs";
import { readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { StoppedClock } from "../base/index.ts";
import { Secret } from "../crypto/index.ts";
import { openFileRoot } from "./file-root.ts";
import { testRoot } from "./testing/root-suite.ts";

const clock = new StoppedClock();
const folder = mkdtempSync(join(tmpdir(), "strongroom-root-"));
after(() => rmSync(folder, { recursive: true }));

let made = 0;
function freshPath(): string {
  made += 1;
  return join(folder, `${made}.root-key`);
}

const openNew = (path: string) => openFileRoot({ path, deployment: "new", clock });
const openExisting = (path: string) => openFileRoot({ path, deployment: "existing", clock });

describe("a file as root of trust", () => {
  const path = freshPath();
  testRoot(() => openNew(path));
});

test("the file is made at the first start, for its owner only", async () => {
  const path = freshPath();
  using root = await openNew(path);
  assert.deepEqual(await root.versions(), ["1"]);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  await root.add();
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test("first starts at the same time agree on one key", async () => {
  const path = freshPath();
  const roots = await Promise.all(Array.from({ length: 8 }, () => openNew(path)));
  const [first, ...others] = roots;
  assert.ok(first);
  const { version, bytes } = await first.wrap(Secret.random(32), Buffer.alloc(0));
  const opened = others.map((root) => root.unwrap(version, bytes, Buffer.alloc(0)));
  assert.equal((await Promise.all(opened)).length, 7);
  for (const root of roots) root[Symbol.dispose]();
});

test("a missing file of an existing deployment is refused and not made", async () => {
  const path = freshPath();
  await assert.rejects(openExisting(path), { name: "RootKeyError", message: /restore it from/ });
  assert.equal(existsSync(path), false);
});

test("a file that goes missing while running is refused", async () => {
  const path = freshPath();
  using root = await openNew(path);
  rmSync(path);
  await assert.rejects(root.wrap(Secret.random(32), Buffer.alloc(0)), /is missing/);
  await assert.rejects(root.add(), /is missing/);
  assert.equal(existsSync(path), false);
});

describe("a file that others can read is refused with what to do", () => {
  for (const mode of [0o640, 0o604, 0o620, 0o601]) {
    test(mode.toString(8), async () => {
      const path = freshPath();
      (await openNew(path))[Symbol.dispose]();
      chmodSync(path, mode);
      await assert.rejects(openExisting(path), { name: "RootKeyError", message: /chmod 600/ });
    });
  }

  test("one that its owner cannot write either is not", async () => {
    const path = freshPath();
    (await openNew(path))[Symbol.dispose]();
    chmodSync(path, 0o400);
    (await openExisting(path))[Symbol.dispose]();
  });
});

describe("what is no whole root key file is refused", () => {
  const cases: Record<string, (whole: Buffer) => Buffer> = {
    empty: () => Buffer.alloc(0),
    "cut short": (whole) => whole.subarray(0, -1),
    "of another format": (whole) => Buffer.concat([Buffer.from("x"), whole]),
    "without its check": (whole) => whole.subarray(0, whole.lastIndexOf("check")),
    "with something after the end": (whole) => Buffer.concat([whole, Buffer.from("\n")]),
    "one bit flipped": (whole) => {
      whole[40] = (whole[40] ?? 0) ^ 1;
      return whole;
    },
    "too large": (whole) => Buffer.concat([whole, Buffer.alloc(70_000)]),
  };
  for (const [name, alter] of Object.entries(cases)) {
    test(name, async () => {
      const path = freshPath();
      (await openNew(path))[Symbol.dispose]();
      const altered = alter(readFileSync(path));
      writeFileSync(path, altered);
      const refusal = { name: "RootKeyError", message: /damaged/ };
      await assert.rejects(openExisting(path), refusal);
      await assert.rejects(openNew(path), refusal);
      assert.deepEqual(readFileSync(path), altered);
    });
  }

  test("a folder", async () => {
    const path = freshPath();
    mkdirSync(path);
    await assert.rejects(openNew(path), { name: "RootKeyError" });
  });
});

test("a folder that is not there is named", async () => {
  const path = join(freshPath(), "key");
  await assert.rejects(openNew(path), {
    name: "RootKeyError",
    message: /cannot be made \(ENOENT\)/,
  });
});

test("a link to the file stays a link", async () => {
  const path = freshPath();
  const way = freshPath();
  (await openNew(path))[Symbol.dispose]();
  symlinkSync(path, way);
  using root = await openExisting(way);
  await root.add();
  using again = await openExisting(path);
  assert.deepEqual(await again.versions(), ["1", "2"]);
});

test("what a crash left beside the file is gone once a version is destroyed", async () => {
  const path = freshPath();
  using root = await openNew(path);
  const leftover = `${path}.0123456789abcdef.tmp`;
  const bystander = `${path}.backup.tmp`;
  for (const other of [leftover, bystander]) writeFileSync(other, readFileSync(path));
  await root.add();
  await root.destroy("1");
  assert.equal(existsSync(leftover), false);
  assert.equal(existsSync(bystander), true);
});

test("nothing temporary is left", async () => {
  const path = freshPath();
  using root = await openNew(path);
  await root.add();
  await root.destroy("1");
  const others = readdirSync(folder).filter((name) => /\.[0-9a-f]{16}\.tmp$/.test(name));
  assert.deepEqual(others, []);
});

test("a destroyed version is gone now, by the clock", async () => {
  using root = await openNew(freshPath());
  await root.add();
  assert.deepEqual(await root.destroy("1"), { goneAt: clock.now() });
});

describe("a name that is no version opens nothing", () => {
  for (const version of ["", "0", "01", "1 ", "+1", "2", "1.0", "99999999999", "__proto__"]) {
    test(`\`${version}\``, async () => {
      using root = await openNew(freshPath());
      const { bytes } = await root.wrap(Secret.random(32), Buffer.alloc(0));
      const opening = root.unwrap(version, bytes, Buffer.alloc(0));
      await assert.rejects(opening, { name: "RootKeyError", message: /restore the file/ });
    });
  }
});
