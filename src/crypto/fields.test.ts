import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encodeFields, type Field, writeNatural } from "./fields.ts";

const field: fc.Arbitrary<string | Uint8Array> = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 5 }),
  fc.uint8Array({ maxLength: 5 }),
);

test("each field is its length and its bytes", () => {
  const encoded = encodeFields(["é", 258, Buffer.from([7]), ""]);
  const parts = ["00000002c3a9", "000000080000000000000102", "0000000107", "00000000"];
  assert.equal(encoded.toString("hex"), parts.join(""));
});

test("lists of different bytes are encoded differently", () => {
  const bytes = (list: Field[]) => list.map((f) => (typeof f === "string" ? Buffer.from(f) : f));
  const list = fc.array(field, { maxLength: 4 });
  fc.assert(
    fc.property(list, list, (a, b) => {
      const same = encodeFields(a).equals(encodeFields(b));
      assert.equal(same, JSON.stringify(bytes(a).map(hex)) === JSON.stringify(bytes(b).map(hex)));
    }),
  );
});

test("a number field is a safe natural number", () => {
  for (const number of [-1, 0.5, 2 ** 53, Number.NaN]) {
    assert.throws(() => encodeFields([number]), {
      name: "InvariantError",
      message: "a number field is a safe natural number",
    });
  }
});

test("a natural number is written as 8 bytes, big-endian", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (value) => {
      const target = Buffer.alloc(10, 0xff);
      writeNatural(target, 1, value);
      assert.equal(target.readBigUInt64BE(1), BigInt(value));
      assert.deepEqual([target[0], target[9]], [0xff, 0xff]);
    }),
  );
});

function hex(bytes: unknown): string {
  assert.ok(bytes instanceof Uint8Array);
  return Buffer.from(bytes).toString("hex");
}
