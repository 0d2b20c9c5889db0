import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { InvariantError } from "../base/index.ts";
import {
  afterPrefix,
  decodeKey,
  encodeKey,
  type Part,
  rangeOfTextPrefix,
  rangeUnder,
  successor,
} from "./tuple.ts";

const text = fc.string({ unit: "grapheme", maxLength: 12 });
const part = fc.oneof(
  text,
  fc.constantFrom("", "\0", "\0\0", "a\0", "a", "\u{10FFFF}"),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.uint8Array({ maxLength: 6 }),
);

test("decoding inverts encoding", () => {
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
      const comparable = (p: Part) => (p instanceof Uint8Array ? [...p] : p);
      assert.deepEqual(decodeKey(encodeKey(parts)).map(comparable), parts.map(comparable));
    }),
  );
});

test("byte order is the order of texts as UTF-8", () => {
  fc.assert(
    fc.property(text, text, part, (a, b, tail) => {
      const byBytes = Math.sign(
        Buffer.compare(encodeKey(["s", a, tail]), encodeKey(["s", b, tail])),
      );
      assert.equal(byBytes, Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
    }),
  );
});

test("byte order is the order of naturals", () => {
  const natural = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
  fc.assert(
    fc.property(natural, natural, (a, b) => {
      const byBytes = Buffer.compare(encodeKey([a]), encodeKey([b]));
      assert.equal(Math.sign(byBytes), a < b ? -1 : a > b ? 1 : 0);
    }),
  );
});

test("a range under parts holds exactly the longer tuples that begin with them", () => {
  fc.assert(
    fc.property(
      fc.array(part, { maxLength: 3 }),
      fc.array(part, { maxLength: 3 }),
      (head, other) => {
        const { gte, lt } = rangeUnder(["s", ...head]);
        const inside = encodeKey(["s", ...head, "x"]);
        assert.ok(Buffer.compare(gte, inside) <= 0 && Buffer.compare(inside, lt) < 0);
        const key = encodeKey(["s", ...other]);
        const within = Buffer.compare(gte, key) <= 0 && Buffer.compare(key, lt) < 0;
        assert.equal(within, key.subarray(0, gte.length).equals(gte));
      },
    ),
  );
});

test("a range of a text prefix holds exactly the texts that begin with it", () => {
  fc.assert(
    fc.property(text, text, (prefix, name) => {
      const { gte, lt } = rangeOfTextPrefix(["s"], prefix);
      const key = encodeKey(["s", name]);
      const within = Buffer.compare(gte, key) <= 0 && Buffer.compare(key, lt) < 0;
      const starts = Buffer.from(name).subarray(0, Buffer.byteLength(prefix));
      assert.equal(within, starts.equals(Buffer.from(prefix)));
    }),
  );
});

test("nothing lies between a key and its successor", () => {
  const key = encodeKey(["s", "a"]);
  assert.ok(Buffer.compare(key, successor(key)) < 0);
  assert.ok(Buffer.compare(successor(key), encodeKey(["s", "a", 0n])) <= 0);
});

test("the end of a prefix of FF bytes is still an end", () => {
  assert.deepEqual(afterPrefix(Buffer.of(1, 0xff, 0xff)), Buffer.of(2));
  assert.ok(Buffer.compare(afterPrefix(Buffer.of(0xff)), Buffer.of(0xff, 0xff, 0xff)) > 0);
});

test("the encoding is frozen", () => {
  const key = encodeKey(["version", "b\0x", 258n, Buffer.of(0, 1)]);
  assert.equal(key.toString("hex"), "0276657273696f6e00026200ff78000300000000000001020100ff0100");
});

test("what encodeKey never made is refused", () => {
  for (const hex of ["07", "0261", "0300", "01", "ff"]) {
    assert.throws(() => decodeKey(Buffer.from(hex, "hex")), InvariantError, hex);
  }
  assert.throws(() => encodeKey([-1n]), InvariantError);
  assert.throws(() => encodeKey([2n ** 64n]), InvariantError);
});
