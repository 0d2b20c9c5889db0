import assert from "node:assert/strict";
import type { Worker } from "node:cluster";
import { EventEmitter } from "node:events";
import { test, type TestContext } from "node:test";
import { silentLog } from "../base/index.ts";
import type { ToPrimary, ToWorker } from "./messages.ts";
import { Supervisor } from "./supervisor.ts";

/** A worker without a process: says what it is told to say. */
class FakeWorker extends EventEmitter {
  readonly id: number;
  readonly told: ToWorker["type"][] = [];
  killed: string | undefined;
  readonly process = { pid: 0, kill: (signal: string) => this.#die(signal) };

  constructor(id: number) {
    super();
    this.id = id;
    this.process.pid = 1000 + id;
  }

  isConnected(): boolean {
    return this.killed === undefined;
  }

  send(message: ToWorker): void {
    this.told.push(message.type);
  }

  says(type: "hello" | "beat" | "ready"): void {
    this.emit("message", { type } satisfies ToPrimary);
  }

  exits(): void {
    this.emit("exit", 1, null);
  }

  #die(signal: string): boolean {
    this.killed = signal;
    this.emit("exit", null, signal);
    return true;
  }
}

function supervised(t: TestContext, { workers = 1 } = {}) {
  t.mock.timers.enable({ apis: ["setInterval", "setTimeout"] });
  const forked: FakeWorker[] = [];
  const ended: string[] = [];
  let exits = 0;
  const supervisor = new Supervisor({
    workers,
    ports: { api: 1, console: 2 },
    ended: () => void (exits += 1),
    log: silentLog,
    fork: () => {
      const worker = new FakeWorker(forked.length + 1);
      forked.push(worker);
      return worker as unknown as Worker;
    },
  });
  void supervisor.ended.then((sentence) => ended.push(sentence));
  const at = (index: number): FakeWorker => {
    const worker = forked[index];
    assert.ok(worker, `worker ${index} was forked`);
    return worker;
  };
  return {
    supervisor,
    forked,
    at,
    ended,
    exits: () => exits,
    tick: (ms: number) => t.mock.timers.tick(ms),
  };
}

test("one worker starts first, the others once it is ready", async (t) => {
  const { supervisor, forked, at } = supervised(t, { workers: 3 });
  const started = supervisor.start();
  assert.equal(forked.length, 1);
  at(0).says("hello");
  assert.deepEqual(at(0).told, ["start"]);
  at(0).says("ready");
  await started;
  assert.equal(forked.length, 3);
  assert.equal(supervisor.ready.length, 1);
});

test("a worker without a beat for ten seconds is killed and replaced", (t) => {
  const { supervisor, forked, at, tick, exits } = supervised(t);
  void supervisor.start();
  at(0).says("ready");
  for (let second = 0; second < 60; second += 1) {
    at(0).says("beat");
    tick(1000);
  }
  tick(8000);
  assert.equal(at(0).killed, undefined);
  tick(1000);
  assert.equal(at(0).killed, "SIGKILL");
  assert.equal(exits(), 1);
  tick(100);
  assert.equal(forked.length, 2);
});

test("deaths in quick succession are restarted ever more slowly", (t) => {
  const { supervisor, forked, at, tick } = supervised(t);
  void supervisor.start();
  const waits: number[] = [];
  for (let death = 0; death < 10; death += 1) {
    at(death).says("ready");
    at(death).exits();
    let waited = 0;
    while (forked.length < death + 2) {
      tick(100);
      waited += 100;
    }
    waits.push(waited);
  }
  assert.deepEqual(waits, [100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000]);
});

test("workers that die before they are ready end the deployment", async (t) => {
  const { supervisor, forked, at, tick, ended } = supervised(t);
  void supervisor.start();
  for (let death = 0; death < 5; death += 1) {
    at(death).exits();
    tick(10_000);
  }
  await Promise.resolve();
  assert.equal(forked.length, 5);
  assert.match(String(ended), /end as soon as they start/);
});

test("a drain tells all workers and kills at its limit those that stay", async (t) => {
  const { supervisor, forked, at, tick } = supervised(t, { workers: 2 });
  const started = supervisor.start();
  at(0).says("ready");
  await started;
  at(1).says("ready");
  const drained = supervisor.drain(5000);
  assert.deepEqual([at(0).told, at(1).told], [["drain"], ["drain"]]);
  at(0).exits();
  tick(5000);
  await drained;
  assert.equal(at(1).killed, "SIGKILL");
  tick(60_000);
  assert.equal(forked.length, 2);
});

test("only our own children are killed", (t) => {
  const { supervisor, at } = supervised(t);
  void supervisor.start();
  assert.equal(supervisor.kill(4711), false);
  assert.equal(supervisor.kill(1001), true);
  assert.equal(at(0).killed, "SIGKILL");
});
