import assert from "node:assert/strict";
import { test } from "node:test";
import { ReaderWatch } from "./reader-watch.ts";

const old = { pid: 7, transaction: 3 };

/** Looks `count` times; answers whom the last look found. */
function looked(watch: ReaderWatch, count: number, committed = 9, readers = [old]) {
  let found = watch.look({ committed, readers });
  for (let look = 1; look < count; look += 1) found = watch.look({ committed, readers });
  return found;
}

test("a reader that stays at one old transaction for ten looks is stuck", () => {
  const watch = new ReaderWatch();
  assert.deepEqual(looked(watch, 9), []);
  assert.deepEqual(looked(watch, 1), [old]);
});

test("one that reads the latest transaction is not, however long", () => {
  assert.deepEqual(looked(new ReaderWatch(), 100, 3), []);
});

test("one that moves on begins anew", () => {
  const watch = new ReaderWatch();
  looked(watch, 9);
  assert.deepEqual(looked(watch, 9, 9, [{ pid: 7, transaction: 4 }]), []);
});

test("two readers of one process at one snapshot count once a look", () => {
  const watch = new ReaderWatch();
  assert.deepEqual(looked(watch, 9, 9, [old, old]), []);
});
