import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encodeEncryptionContext } from "./encryption-context.ts";

const context = fc.dictionary(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }));

test("the order in which pairs were given does not matter", () => {
  fc.assert(
    fc.property(context, (pairs) => {
      const reversed = Object.fromEntries(Object.entries(pairs).toReversed());
      assert.deepEqual(encodeEncryptionContext(reversed), encodeEncryptionContext(pairs));
    }),
  );
});

test("different contexts are encoded differently", () => {
  const sorted = (pairs: object) => {
    const members = Object.entries(pairs).map((pair) => JSON.stringify(pair));
    return members.toSorted((x, y) => (x < y ? -1 : 1)).join();
  };
  fc.assert(
    fc.property(context, context, (a, b) => {
      const same = encodeEncryptionContext(a).equals(encodeEncryptionContext(b));
      assert.equal(same, sorted(a) === sorted(b));
    }),
  );
});

test("pairs stand in the order of UTF-8, not of UTF-16", () => {
  const encoded = encodeEncryptionContext({ "\u{10000}": "2", "\uffff": "1" });
  assert.ok(encoded.indexOf("1") < encoded.indexOf("2"));
});

test("a key named like a member of every object is a key", () => {
  const pairs: unknown = JSON.parse('{"__proto__":"x","constructor":"y"}');
  assert.ok(typeof pairs === "object" && pairs !== null);
  const encoded = encodeEncryptionContext(Object.fromEntries(Object.entries(pairs)));
  assert.ok(encoded.includes("__proto__"));
  assert.ok(encoded.includes("constructor"));
});

test("an encryption context is Unicode text", () => {
  for (const pairs of [{ "\ud800": "" }, { a: "\udc00" }]) {
    assert.throws(() => encodeEncryptionContext(pairs), {
      name: "InvariantError",
      message: "an encryption context is Unicode text",
    });
  }
});

test("an encryption context takes at most 64 KiB", () => {
  assert.throws(() => encodeEncryptionContext({ a: "b".repeat(64 * 1024) }), {
    name: "InvariantError",
    message: "an encryption context takes at most 64 KiB",
  });
});
