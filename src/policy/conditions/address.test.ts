import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { blockHolds, parseAddress, parseBlock } from "./address.ts";

const holds = (block: string, address: string): boolean => {
  const [parsed, at] = [parseBlock(block), parseAddress(address)];
  return parsed !== undefined && at !== undefined && blockHolds(parsed, at);
};

test("every prefix of an address holds it", () => {
  const version4 = fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 }));
  const version6 = fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 }));
  fc.assert(
    fc.property(fc.oneof(version4, version6), ([address, bits]) => {
      assert.ok(holds(`${address}/${bits}`, address));
    }),
  );
});

test("an address with one bit changed is held by the prefixes before it only", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 }),
      fc.integer({ min: 0, max: 127 }),
      fc.integer({ min: 0, max: 128 }),
      (units, changed, bits) => {
        const other = units.map((unit, at) =>
          at === changed >> 4 ? unit ^ (0x8000 >> (changed & 15)) : unit,
        );
        const [network, address] = [units, other].map((all) =>
          all.map((unit) => unit.toString(16)).join(":"),
        );
        assert.equal(holds(`${network}/${bits}`, address ?? ""), bits <= changed);
      },
    ),
  );
});

test("a mapped address is IPv4", () => {
  assert.deepEqual(parseAddress("::ffff:10.0.0.1"), parseAddress("10.0.0.1"));
});

test("what only looks like an address is none", () => {
  const others = ["", "1", "1.2.3", "0x7f.1", "010.0.0.1", "256.0.0.1", "1.2.3.4.5", "::g", "a b"];
  for (const text of others) assert.equal(parseAddress(text), undefined, text);
  for (const text of ["10.0.0.0/33", "2001:db8::/129", "10/8", "/8", "ten"]) {
    assert.equal(parseBlock(text), undefined, text);
  }
});
