import assert from "node:assert/strict";
import { test } from "node:test";
import { isLoopback, normaliseAddress, parseCidr } from "./ip.ts";

test("a block contains its addresses and no others", () => {
  const cases: [string, string, boolean][] = [
    ["10.0.0.0/8", "10.255.1.2", true],
    ["10.0.0.0/8", "11.0.0.1", false],
    ["10.0.0.0/8", "::ffff:10.0.0.1", true],
    ["203.0.113.7", "203.0.113.7", true],
    ["203.0.113.7", "203.0.113.8", false],
    ["2001:db8::/32", "2001:db8:1::1", true],
    ["2001:db8::/32", "2001:db9::1", false],
    ["0.0.0.0/0", "2001:db8::1", false],
    ["::/0", "10.0.0.1", false],
    ["10.0.0.0/8", "not an address", false],
  ];
  for (const [block, address, expected] of cases) {
    assert.equal(parseCidr(block)?.contains(address), expected, `${address} in ${block}`);
  }
});

test("what is no block is not parsed", () => {
  for (const text of ["", "10.0.0.0/33", "10.0.0/8", "10/8", "2001:db8::/129", "a/8", "1.2.3.4/"]) {
    assert.equal(parseCidr(text), undefined, text);
  }
});

test("a mapped address is IPv4", () => {
  assert.equal(normaliseAddress("::ffff:192.0.2.1"), "192.0.2.1");
  assert.equal(normaliseAddress("2001:DB8:0:0::1"), "2001:db8::1");
  assert.equal(normaliseAddress("fe80::1%eth0"), "fe80::1");
  assert.equal(normaliseAddress("x"), undefined);
});

test("loopback is 127.0.0.0/8 and ::1", () => {
  assert.deepEqual(
    ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "10.0.0.1", "0.0.0.0"].map(isLoopback),
    [true, true, true, true, false, false],
  );
});
