import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import fc from "fast-check";
import { shellWord } from "./shell-word.ts";

test("a shell reads back what was written", () => {
  const texts = fc.sample(fc.string({ unit: "binary-ascii", maxLength: 40 }), 200);
  const all = [...texts, "it's", "$(rm -rf x)", "a b", "", "`x`", String.raw`\n`].map((text) =>
    text.replaceAll("\0", ""),
  );
  const script = all.map((text) => `printf '%s\\0' ${shellWord(text)}`).join("\n");
  const echoed = execFileSync("sh", [], { input: script, encoding: "latin1" });
  assert.deepEqual(echoed.split("\0").slice(0, -1), all);
});

test("plain words stay plain", () => {
  assert.equal(shellWord("http://127.0.0.1:9000"), "http://127.0.0.1:9000");
  assert.equal(shellWord("wJalrXUtnFEMI/K7MDENG+b="), "wJalrXUtnFEMI/K7MDENG+b=");
});
