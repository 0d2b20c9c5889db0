import assert from "node:assert/strict";
import { test } from "node:test";
import { DAY_MS, HOUR_MS, MINUTE_MS, silentLog, StoppedClock } from "../base/index.ts";
import { memoryBlobs, MemoryStore } from "../storage/index.ts";
import { openDeployment } from "./bootstrap.ts";
import { DeploymentClock } from "./deployment-clock.ts";
import type { JobContext } from "./job.ts";
import { Lease } from "./lease.ts";
import { memoryRoot } from "./testing/memory-root.ts";

async function harness() {
  const clock = new StoppedClock();
  const root = memoryRoot();
  const deployment = await openDeployment({ kv: new MemoryStore().open(), root, clock });
  const session = await deployment.beginSession({ pid: 1, host: "test" });
  const { store, keyring } = deployment;
  const current = () => session;
  const lease = new Lease({ store, session: current, clock, job: "test", lifeMs: 30_000 });
  await lease.renew();
  const context: JobContext = {
    store,
    keyring,
    root,
    blobs: memoryBlobs(),
    session: current,
    lease,
    clock,
    log: silentLog,
  };
  return { clock, store, context, read: () => DeploymentClock.read(store, clock) };
}

const START = new Date("2026-01-01T00:00:00Z").getTime();

test("a new deployment begins with the wall clock", async () => {
  const { read } = await harness();
  assert.equal((await read()).now().getTime(), START);
});

test("time passes with the monotonic clock while a process runs", async () => {
  const { clock, read } = await harness();
  const time = await read();
  clock.advance(3 * DAY_MS);
  assert.equal(time.now().getTime(), START + 3 * DAY_MS);
  assert.equal(time.suspect, false);
});

test("downtime counts, up to a day", async () => {
  const { clock, context, read } = await harness();
  await (await read()).persist(context);
  clock.advance(20 * HOUR_MS);
  const short = await read();
  assert.equal(short.now().getTime(), START + 20 * HOUR_MS);
  assert.equal(short.suspect, false);
});

test("a wall clock far ahead advances it by a day only, and is suspect until it is accepted", async () => {
  const { clock, context, read } = await harness();
  await (await read()).persist(context);
  clock.advance(30 * DAY_MS);
  const jumped = await read();
  assert.equal(jumped.now().getTime(), START + DAY_MS);
  assert.equal(jumped.suspect, true);
  await jumped.persist(context);
  assert.equal((await read()).suspect, true);
  assert.equal(await jumped.persist(context), true);
  await DeploymentClock.accept(context.store, context.session(), clock);
  assert.equal(await jumped.persist(context), false, "the clock is read anew");
  const accepted = await read();
  assert.equal(accepted.suspect, false);
  assert.equal(accepted.now().getTime(), START + 30 * DAY_MS);
});

test("any process can tell that the clock is suspect, by what the one that keeps it has written", async () => {
  const { clock, context, store, read } = await harness();
  const suspect = () => DeploymentClock.isSuspect(store);
  assert.equal(await suspect(), false, "nothing is written yet");
  await (await read()).persist(context);
  assert.equal(await suspect(), false);
  clock.advance(2 * DAY_MS);
  await (await read()).persist(context);
  assert.equal(await suspect(), true);
  await DeploymentClock.accept(store, context.session(), clock);
  assert.equal(await suspect(), false);
});

test("a wall clock that was set back takes nothing away", async () => {
  const { clock, context, read } = await harness();
  await (await read()).persist(context);
  clock.advance(-5 * DAY_MS);
  const back = await read();
  assert.equal(back.now().getTime(), START);
  clock.advance(MINUTE_MS);
  assert.equal(back.now().getTime(), START + MINUTE_MS);
});
