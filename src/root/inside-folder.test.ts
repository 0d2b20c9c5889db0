import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { liesInside } from "./inside-folder.ts";

const top = mkdtempSync(join(tmpdir(), "strongroom-inside-"));
after(() => rmSync(top, { recursive: true }));
mkdirSync(join(top, "data/deep"), { recursive: true });
mkdirSync(join(top, "..data"));
symlinkSync(join(top, "data"), join(top, "alias"));
symlinkSync(top, join(top, "data/out"));

describe("a path lies inside a folder", () => {
  const cases: [path: string, folder: string, inside: boolean][] = [
    ["data/key", "data", true],
    ["data", "data", true],
    ["data/deep/missing/key", "data", true],
    ["data.root-key", "data", false],
    ["..data/key", "data", false],
    ["key", "data", false],
    ["data/../key", "data", false],
    ["alias/key", "data", true],
    ["data/key", "alias", true],
    ["alias/../key", "data", false],
    ["data/out/key", "data", false],
    ["missing/key", "missing", true],
    ["missing.key", "missing", false],
  ];
  for (const [path, folder, inside] of cases) {
    test(`${path} in ${folder}: ${inside}`, async () => {
      assert.equal(await liesInside(join(top, path), join(top, folder)), inside);
    });
  }

  test("a name that begins with two dots", async () => {
    assert.equal(await liesInside(join(top, "..data/key"), top), true);
  });
});
