import assert from "node:assert/strict";
import { test } from "node:test";
import { StoppedClock } from "../base/index.ts";
import { Health } from "./health.ts";

test("ready means that every check finds nothing", async () => {
  const clock = new StoppedClock();
  const health = new Health(clock);
  assert.deepEqual(await health.report(), { ready: true, checks: new Map() });
  health.check("disk", () => undefined);
  health.check("clock", () => Promise.resolve("the clock jumped"));
  const report = await health.report();
  assert.equal(report.ready, false);
  assert.deepEqual(
    [...report.checks],
    [
      ["disk", "ok"],
      ["clock", "the clock jumped"],
    ],
  );
});

test("what a failing check throws is not shown", async () => {
  const health = new Health(new StoppedClock());
  health.check("disk", () => Promise.reject(new Error("secret path")));
  assert.deepEqual([...(await health.report()).checks], [["disk", "the check failed"]]);
});

test("a check that hangs counts as failed", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const health = new Health(new StoppedClock());
  health.check("disk", () => new Promise(() => {}));
  const report = health.report();
  t.mock.timers.tick(2000);
  assert.deepEqual([...(await report).checks], [["disk", "no answer in time"]]);
});

test("who asks often is given the answer of a moment ago", async () => {
  const clock = new StoppedClock();
  const health = new Health(clock);
  let runs = 0;
  health.check("counted", () => {
    runs += 1;
    return undefined;
  });
  await Promise.all([health.report(), health.report()]);
  clock.advance(499);
  await health.report();
  assert.equal(runs, 1);
  clock.advance(1);
  await health.report();
  assert.equal(runs, 2);
});

test("a warning is told, and serving goes on", async () => {
  const health = new Health(new StoppedClock());
  health.check("store", () => undefined);
  health.warning("disk", () => "below its reserve");
  health.warning("clock", () => undefined);
  const { ready, checks } = await health.report();
  assert.equal(ready, true);
  assert.deepEqual(
    [...checks],
    [
      ["store", "ok"],
      ["disk", "warning: below its reserve"],
      ["clock", "ok"],
    ],
  );
});
