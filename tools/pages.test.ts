/** What the pages say that can be looked up is looked up. */
import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import { describe, test } from "node:test";
import { allSpaces } from "../src/records/index.ts";

const pages = [...globSync("*.md"), ...globSync("docs/**/*.md")].map((path) => ({
  path,
  text: readFileSync(path, "utf8"),
}));

describe("links lead somewhere", () => {
  for (const { path, text } of pages) {
    test(path, () => {
      const links = [...text.matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)].map(([, target]) => target);
      const broken = links.filter((target) => !existsSync(join(dirname(path), target ?? "")));
      assert.deepEqual(broken, []);
    });
  }
});

test("files that ARCHITECTURE.md names are there", () => {
  const text = readFileSync("ARCHITECTURE.md", "utf8");
  const named = [...text.matchAll(/`(\w[\w/-]*\/[\w-]+\.ts)`/g)].map(([, file]) => file ?? "");
  assert.ok(named.length > 15, "the life of a request is told by its files");
  const missing = named.filter((file) => !existsSync(file) && !existsSync(`src/${file}`));
  assert.deepEqual(missing, []);
});

test("every page of docs/formats is in its index", () => {
  const index = readFileSync("docs/formats/README.md", "utf8");
  const names = globSync("docs/formats/*.md").map((path) => path.split("/").at(-1) ?? "");
  const absent = names.filter((name) => name !== "README.md" && !index.includes(`](${name})`));
  assert.deepEqual(absent, []);
});

test("the records page lists the key spaces that the program declares, and no other", () => {
  const text = readFileSync("docs/formats/records.md", "utf8");
  const table = text.slice(text.indexOf("## Key spaces"), text.indexOf("## Limits"));
  const rows = [...table.matchAll(/^\| `([\w-]+)` .*$/gm)];
  const listed = rows.map(([, name]) => name);
  const spaces = allSpaces();
  assert.deepEqual(new Set(listed), new Set(spaces.map(({ name }) => name)));
  for (const { name, sealed, secrets } of spaces) {
    const row = rows.find(([, listedName]) => listedName === name)?.[0] ?? "";
    assert.equal(/not sealed/.test(row), !sealed, `whether ${name} is sealed`);
    for (const member of Object.keys(secrets)) assert.ok(row.includes(`secret \`${member}\``));
  }
});

test("the pages of records name every member of a secret's purpose", () => {
  const text = readFileSync("docs/formats/key-wrap.md", "utf8");
  for (const { name, secrets } of allSpaces()) {
    for (const [member, purpose] of Object.entries(secrets)) {
      assert.match(text, new RegExp(`\\| \`${name}\` +\\| \`${member}\` +\\| \`${purpose}\` `));
    }
  }
});
