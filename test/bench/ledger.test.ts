import assert from "node:assert/strict";
import { test } from "node:test";
import { filledBody } from "./fill.ts";
import { Ledger } from "./ledger.ts";

const sizes = { filledBytes: 16, putBytes: 32 };

test("an object is as it was filled in, then as it was last acknowledged", () => {
  const ledger = new Ledger(4, sizes);
  assert.deepEqual(ledger.expected(2), filledBody(2, 16));
  assert.notDeepEqual(ledger.expected(2), ledger.expected(3));
  for (let time = 0; time < 3; time += 1) {
    const { body, mark } = ledger.draw();
    ledger.wrote(2, mark);
    assert.equal(ledger.expected(2), body.bytes);
  }
  assert.deepEqual(ledger.sample(10), [2]);
  assert.equal(ledger.acknowledged, 3);
});

test("a write without a reply leaves its object uncertain for good, and out of the sample", () => {
  const ledger = new Ledger(4, sizes);
  ledger.watching = true;
  ledger.wrote(1, 7);
  ledger.doubt(1);
  assert.equal(ledger.expected(1), undefined);
  ledger.wrote(1, 8);
  assert.equal(ledger.expected(1), undefined);
  assert.deepEqual(ledger.sample(10), []);
});

test("what was written while watched is in every sample, and of the rest as many as asked", () => {
  const ledger = new Ledger(1000, sizes);
  for (let index = 0; index < 500; index += 1) ledger.wrote(index, 1);
  ledger.watching = true;
  for (let index = 500; index < 600; index += 1) ledger.wrote(index, 1);
  const sample = ledger.sample(50);
  assert.equal(new Set(sample).size, 150);
  for (let index = 500; index < 600; index += 1) assert.ok(sample.includes(index));
});
