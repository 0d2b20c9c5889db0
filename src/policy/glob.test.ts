import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compileGlob, globParts } from "./glob.ts";

const matches = (pattern: string, text: string) => compileGlob(globParts(pattern))(text);

test("a pattern matches the whole text", () => {
  const cases: [string, string, boolean][] = [
    ["", "", true],
    ["", "a", false],
    ["a", "a", true],
    ["a", "ab", false],
    ["*", "", true],
    ["**", "anything", true],
    ["a*", "a", true],
    ["a*", "ba", false],
    ["*a", "bba", true],
    ["a*a", "a", false],
    ["a*a", "aa", true],
    ["a*b*c", "a-b-b-c", true],
    ["a*b*c", "a-c-b", false],
    ["*ab*ab*", "ab", false],
    ["*ab*ab*", "abab", true],
    ["?", "", false],
    ["?", "x", true],
    ["?*?", "x", false],
    ["?*?", "xy", true],
    ["a?c*", "abcd", true],
    ["*?b?*", "ab", false],
    ["*?b?*", "abc", true],
    ["a.c", "abc", false],
    ["(a|b)+$", "(a|b)+$", true],
  ];
  for (const [pattern, text, expected] of cases) {
    assert.equal(matches(pattern, text), expected, `${pattern} on ${text}`);
  }
});

test("literal parts are no wildcards", () => {
  assert.equal(compileGlob(["a", "*", "b"])("a*b"), true);
  assert.equal(compileGlob(["a", "*", "b"])("axb"), false);
});

const text = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 80 });
const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 80 });

test("matching is the textbook's", () => {
  fc.assert(
    fc.property(pattern, text, (wild, subject) => {
      assert.equal(matches(wild, subject), textbook(wild, subject));
    }),
    { numRuns: 2_000 },
  );
});

test("a pattern with its wildcards filled in matches", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(pattern, text), { maxLength: 8 }), (pieces) => {
      const filled = pieces.map(([wild, run]) => wild.replaceAll("*", run).replaceAll("?", "a"));
      assert.equal(matches(pieces.map(([wild]) => wild).join(""), filled.join("")), true);
    }),
  );
});

test("a hostile pattern takes no longer than a plain one by much", () => {
  const subject = "a".repeat(2_000);
  const hostile = ["*a?".repeat(600) + "b", "*" + "a?".repeat(900) + "b*", "*a".repeat(900) + "b"];
  for (const wild of hostile) {
    const hostileTest = compileGlob(globParts(wild));
    const started = performance.now();
    for (let i = 0; i < 10; i++) assert.equal(hostileTest(subject), false);
    assert.ok(performance.now() - started < 500, wild.slice(0, 12));
  }
});

/** By the table of all prefixes. */
function textbook(wild: string, subject: string): boolean {
  let ends = new Set([0]);
  for (const token of wild) {
    const next = new Set<number>();
    for (const at of ends) {
      if (token === "*") for (let end = at; end <= subject.length; end++) next.add(end);
      else if (at < subject.length && (token === "?" || token === subject[at])) next.add(at + 1);
    }
    ends = next;
  }
  return ends.has(subject.length);
}
