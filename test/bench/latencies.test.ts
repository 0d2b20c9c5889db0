import assert from "node:assert/strict";
import { test } from "node:test";
import { Latencies } from "./latencies.ts";

test("quantiles are within one per cent, and never too good", () => {
  const latencies = new Latencies();
  for (let count = 1; count <= 1000; count += 1) latencies.add(count / 10);
  for (const [share, truth] of [
    [0.5, 50],
    [0.99, 99],
    [1, 100],
  ] as const) {
    const found = latencies.quantile(share);
    assert.ok(found >= truth && found <= truth * 1.01, `${share}: ${found}`);
  }
});

test("nothing measured is nothing, and what is off the scale is at its ends", () => {
  const latencies = new Latencies();
  assert.equal(latencies.quantile(0.99), 0);
  latencies.add(0);
  assert.ok(latencies.quantile(1) <= 0.001_01);
  latencies.add(1e9);
  assert.ok(latencies.quantile(1) >= 99_000);
});
