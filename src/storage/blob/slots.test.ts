import assert from "node:assert/strict";
import { test } from "node:test";
import { StorageError } from "../kv/errors.ts";
import { Slots } from "./slots.ts";

test("slots go to those who wait longest, and never more than there are", async () => {
  const slots = new Slots(2, 10);
  await Promise.all([slots.take(), slots.take()]);
  const order: number[] = [];
  const waiting = [1, 2, 3].map((who) => slots.take().then(() => order.push(who)));
  slots.give();
  await waiting[0];
  assert.deepEqual(order, [1]);
  assert.equal(slots.taken, 2);
  slots.give();
  slots.give();
  await Promise.all(waiting);
  assert.deepEqual(order, [1, 2, 3]);
  slots.give();
  slots.give();
  assert.equal(slots.taken, 0);
});

test("who finds the queue full is told at once", async () => {
  const slots = new Slots(1, 1);
  await slots.take();
  const waiting = slots.take();
  await assert.rejects(slots.take(), StorageError);
  slots.give();
  await waiting;
});

test("a slot is given back once", async () => {
  const slots = new Slots(1, 1);
  await slots.take();
  slots.give();
  assert.throws(() => slots.give(), { name: "InvariantError" });
});
