import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { compilePattern, splitOutsideVariables } from "./pattern.ts";

const compile = (source: string) => compilePattern(source, { variables: true, wildcards: true });
const context = (values: Readonly<Record<string, string>>) =>
  new Map(Object.entries(values).map(([key, value]) => [key, [value]]));

test("a compiled pattern serves one caller after another", () => {
  const pattern = compile("home/${aws:username}/${aws:x, 'y'}/*");
  for (const name of ["ann", "bob", "bob", "ann"]) {
    for (const x of ["1", "2", "2"]) {
      const matches = pattern.resolve(context({ "aws:username": name, "aws:x": x }));
      assert.equal(matches?.(`home/${name}/${x}/k`), true);
      assert.equal(matches?.(`home/other/${x}/k`), false);
      assert.equal(matches?.(`home/${name}/3/k`), false);
    }
  }
});

test("a value once known does not stay when it is gone", () => {
  const pattern = compile("${aws:username}");
  assert.equal(pattern.resolve(context({ "aws:username": "ann" }))?.("ann"), true);
  assert.equal(pattern.resolve(context({})), undefined);
});

test("whatever a variable stands for is literal", () => {
  const value = fc.string({
    unit: fc.constantFrom("a", "*", "?", "$", "{", "}", "/"),
    maxLength: 8,
  });
  fc.assert(
    fc.property(value, value, (known, asked) => {
      const matches = compile("<${v}>").resolve(context({ v: known }));
      assert.equal(matches?.(`<${asked}>`), asked === known);
    }),
  );
});

describe("text that only looks like a variable", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["a ${ without end", "a ${ without end"],
    ["${$}{aws:username}", "${aws:username}"],
    ["$aws:username", "$aws:username"],
    ["{aws:username}", "{aws:username}"],
  ];
  for (const [source, text] of cases) {
    test(source, () => assert.equal(compile(source).resolve(context({}))?.(text), true));
  }
});

test("a default may hold a brace", () => {
  assert.equal(compile("${aws:x, 'a}b'}!").resolve(context({}))?.("a}b!"), true);
});

test("text is cut at separators outside of variables", () => {
  assert.deepEqual(splitOutsideVariables("a:${b:c}:d:e", ":", 2), ["a", "${b:c}", "d:e"]);
  assert.deepEqual(splitOutsideVariables("a:${b:c", ":", 5), ["a", "${b", "c"]);
});
