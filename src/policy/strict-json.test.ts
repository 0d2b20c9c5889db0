import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Json, parseStrictJson } from "./strict-json.ts";

const parse = (text: string) => parseStrictJson(text, { depthMax: 16 });

test("what JSON.parse reads is read alike", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 8 }), fc.constantFrom(0, 1, 2), (value, indent) => {
      const read = parse(JSON.stringify(value, undefined, indent));
      assert.ok(read !== undefined);
      assert.deepEqual(plain(read), JSON.parse(JSON.stringify(value)));
    }),
  );
});

test("what JSON.parse refuses is refused", () => {
  const jsonish = fc.string({
    unit: fc.constantFrom(...'{}[]:,"\\0-1.eEtrufalsn \n\u0001'.split("")),
    maxLength: 12,
  });
  fc.assert(
    fc.property(jsonish, (text) => {
      if (parse(text) === undefined) return;
      assert.doesNotThrow(() => JSON.parse(text), text);
    }),
    { numRuns: 5_000 },
  );
});

test("no member is told twice", () => {
  for (const text of ['{"a":1,"a":1}', '{"a":1,"\\u0061":2}', '[{"b":{"c":1,"c":2}}]']) {
    assert.equal(parse(text), undefined, text);
  }
  assert.ok(parse('{"a":{"a":1}}'));
});

test("no member is lost to the prototype", () => {
  const read = parse('{"__proto__":1,"constructor":2}');
  assert.ok(read instanceof Map);
  assert.deepEqual([...read.keys()], ["__proto__", "constructor"]);
});

test("numbers keep their digits", () => {
  assert.deepEqual(parse("10.00"), { digits: "10.00" });
  assert.deepEqual(parse("123456789012345678901234567890"), {
    digits: "123456789012345678901234567890",
  });
});

test("nesting ends at the limit", () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  assert.ok(parse(nested(17)));
  assert.equal(parse(nested(18)), undefined);
  assert.equal(parse("[".repeat(100_000)), undefined);
});

function plain(json: Json): unknown {
  if (json instanceof Map) {
    return Object.fromEntries([...json].map(([name, value]) => [name, plain(value)]));
  }
  if (Array.isArray(json)) return json.map((item: Json) => plain(item));
  if (typeof json === "object" && json !== null && "digits" in json) return Number(json.digits);
  return json;
}
