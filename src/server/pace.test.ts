import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { PaceWatch, type Transfer } from "./pace.ts";

const limits = { paceBytesPerSecondMin: 1024, paceWindowMs: 30_000 };

interface Toy extends Transfer {
  bytes: number;
  waiting: boolean;
  cuts: number;
}

function toy(): Toy {
  return {
    bytes: 0,
    waiting: true,
    cuts: 0,
    moved() {
      return this.bytes;
    },
    waitsForClient() {
      return this.waiting;
    },
    cut() {
      this.cuts += 1;
    },
  };
}

/** Lets `seconds` pass; `each` says what moves in each of them. */
function run(t: TestContext, seconds: number, each: (second: number) => void): void {
  for (let second = 0; second < seconds; second += 1) {
    each(second);
    t.mock.timers.tick(1000);
  }
}

function watching(t: TestContext): { pace: PaceWatch; transfer: Toy } {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const pace = new PaceWatch(limits);
  const transfer = toy();
  pace.watch(transfer);
  return { pace, transfer };
}

test("a transfer at the least rate lives for ten minutes and more", (t) => {
  const { transfer } = watching(t);
  run(t, 700, () => (transfer.bytes += 1024));
  assert.equal(transfer.cuts, 0);
});

test("one below it is cut within 35 seconds, once", (t) => {
  const { transfer, pace } = watching(t);
  run(t, 30, () => (transfer.bytes += 1000));
  assert.equal(transfer.cuts, 0);
  run(t, 5, () => (transfer.bytes += 1000));
  assert.equal(transfer.cuts, 1);
  assert.equal(pace.watched, 0);
});

test("one that stops after a quick start is cut within 35 seconds of stopping", (t) => {
  const { transfer } = watching(t);
  run(t, 60, () => (transfer.bytes += 1_000_000));
  run(t, 36, () => {});
  assert.equal(transfer.cuts, 1);
});

test("what moves in lumps within the window is not cut", (t) => {
  const { transfer } = watching(t);
  run(t, 300, (second) => {
    if (second % 20 === 0) transfer.bytes += 64 * 1024;
  });
  assert.equal(transfer.cuts, 0);
});

test("nobody is judged while we are the ones to move", (t) => {
  const { transfer } = watching(t);
  transfer.waiting = false;
  run(t, 300, () => {});
  transfer.waiting = true;
  run(t, 29, () => {});
  assert.equal(transfer.cuts, 0);
  run(t, 10, () => {});
  assert.equal(transfer.cuts, 1);
});

test("one that is done is left alone", (t) => {
  const { transfer, pace } = watching(t);
  pace.unwatch(transfer);
  run(t, 100, () => {});
  assert.equal(transfer.cuts, 0);
});
