import assert from "node:assert/strict";
import { test } from "node:test";
import { ByteBudget } from "./byte-budget.ts";

test("a budget gives what it has and no more", () => {
  const budget = new ByteBudget(10);
  assert.equal(budget.take(7), true);
  assert.equal(budget.take(4), false);
  assert.equal(budget.heldBytes, 7);
  budget.give(7);
  assert.equal(budget.take(10), true);
});

test("a budget takes back only what it gave", () => {
  const message = "a budget takes back only what it gave";
  assert.throws(() => new ByteBudget(10).give(1), { name: "InvariantError", message });
});
