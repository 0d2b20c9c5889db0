import assert from "node:assert/strict";
import { test } from "node:test";
import { randomBytes, randomId, randomInt, randomUuid } from "./random.ts";

test("no draw repeats, across refills of the pool", () => {
  const draws = Array.from({ length: 5000 }, () => randomBytes(16).toString("hex"));
  assert.equal(new Set(draws).size, draws.length);
});

test("every length is filled to its end, pooled or not", () => {
  for (const length of [0, 1, 31, 1024, 1025, 8192, 100_000]) {
    const bytes = randomBytes(length);
    assert.equal(bytes.length, length);
    // Sixteen zeros in a row happen by chance once in 2^128.
    if (length >= 16) assert.notDeepEqual(bytes.subarray(-16), Buffer.alloc(16));
  }
});

test("a draw has memory of its own", () => {
  assert.equal(randomBytes(32).buffer.byteLength, 32);
});

test("an id is as long as its bytes need", () => {
  for (let bytes = 1; bytes <= 40; bytes++) {
    assert.match(randomId(bytes), new RegExp(`^[0-9a-f]{${bytes * 2}}$`));
    const characters = Math.ceil((bytes * 8) / 5);
    assert.match(randomId(bytes, "base32"), new RegExp(`^[A-Z2-7]{${characters}}$`));
  }
});

test("a base32 id uses its whole alphabet", () => {
  const seen = new Set(Array.from({ length: 200 }, () => randomId(10, "base32")).join(""));
  assert.equal(seen.size, 32);
});

test("a UUID is of version 4", () => {
  assert.match(
    randomUuid(),
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
});

test("a random number is below its limit", () => {
  const seen = new Set(Array.from({ length: 1000 }, () => randomInt(3)));
  assert.deepEqual(seen, new Set([0, 1, 2]));
  assert.throws(() => randomInt(0), { name: "InvariantError" });
});

test("what was handed out is gone from the pool", (context) => {
  const copy = context.mock.method(Buffer.prototype, "copy");
  const bytes = randomBytes(32);
  const pool = copy.mock.calls[0]?.this;
  assert.ok(Buffer.isBuffer(pool) && pool.length === 8192);
  assert.equal(pool.includes(bytes), false);
});
