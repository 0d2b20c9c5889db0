import assert from "node:assert/strict";
import { test } from "node:test";
import { MINUTE_MS, SECOND_MS, StoppedClock } from "../../../base/index.ts";
import { bytes, NO_CHANGE, pair } from "../testing/store.ts";
import { GroupWriter, type WriterEnvironment } from "./group-writer.ts";

/** Transactions that begin when told to. */
class SlowEnvironment implements WriterEnvironment {
  readonly begin: (() => void)[] = [];
  readonly written: string[] = [];
  #last = 0;

  transaction(write: () => void): Promise<void> {
    return new Promise((resolve) => {
      this.begin.push(() => {
        write();
        resolve();
      });
    });
  }

  version = () => 0;
  value = () => undefined;
  lastVersion = () => this.#last;
  put = (key: Buffer) => void this.written.push(key.toString());
  remove = () => {};
  putLastVersion(version: number): void {
    this.written.push("the counter");
    this.#last = version;
  }
  pageFlushes = () => 0;
  hasFailed = () => false;
}

function writerOf(environment: WriterEnvironment, clock = new StoppedClock()) {
  const fatal: Error[] = [];
  const writer = new GroupWriter({
    environment,
    clock,
    fatal: (error) => void fatal.push(error),
    committed: () => {},
    wrote: () => {},
    failed: () => {},
  });
  return { writer, fatal, clock };
}

const put = (name: string) => ({ ...NO_CHANGE, puts: [pair(name, "x")] });

test("what arrives before a transaction has its lock joins it, the rest waits for the next", async () => {
  const environment = new SlowEnvironment();
  const { writer } = writerOf(environment);
  const first = [writer.submit(put("a")), writer.submit(put("b"))];
  environment.begin.shift()?.();
  const second = [writer.submit(put("c"))];
  assert.deepEqual(await Promise.all(first), [1, 2]);
  assert.deepEqual(environment.written, ["a", "b", "the counter"]);
  await new Promise(setImmediate);
  environment.begin.shift()?.();
  assert.deepEqual(await Promise.all(second), [3]);
  assert.equal(writer.counts.syncs, 2);
  await writer.close();
});

test("one transaction takes a bounded batch, but at least one commit", async () => {
  const environment = new SlowEnvironment();
  const { writer } = writerOf(environment);
  const large = Buffer.alloc(5 * 1024 * 1024);
  const commits = ["a", "b", "c"].map((name) =>
    writer.submit({ ...NO_CHANGE, puts: [{ key: bytes(name), value: large }] }),
  );
  const checks = Array.from({ length: 9000 }, (_, index) => {
    return { key: bytes(`${index}`), version: 0n };
  });
  commits.push(writer.submit({ ...put("d"), checks }));
  for (const name of ["a", "b", "c", "d"]) {
    environment.begin.shift()?.();
    await commits.shift();
    assert.deepEqual(environment.written.splice(0), [name, "the counter"]);
    await new Promise(setImmediate);
  }
  await writer.close();
});

test("a batch in which every commit is refused writes nothing", async () => {
  const environment = new SlowEnvironment();
  const { writer } = writerOf(environment);
  const refused = { ...put("a"), checks: [{ key: bytes("absent"), version: 1n }] };
  const commits = [writer.submit(refused), writer.submit(refused)];
  environment.begin.shift()?.();
  assert.deepEqual(await Promise.all(commits), [undefined, undefined]);
  assert.deepEqual(environment.written, []);
  assert.deepEqual(writer.counts, { commits: 0, refused: 2, failed: 0, syncs: 0 });
  await writer.close();
});

test("a lock that does not come within a minute is the end", async ({ mock }) => {
  mock.timers.enable({ apis: ["setInterval"] });
  const environment = new SlowEnvironment();
  const { writer, fatal, clock } = writerOf(environment);
  const waiting = writer.submit(put("a"));
  clock.advance(MINUTE_MS);
  mock.timers.tick(5 * SECOND_MS);
  assert.deepEqual(fatal, []);
  clock.advance(SECOND_MS);
  mock.timers.tick(5 * SECOND_MS);
  const error = { name: "StorageError", message: "the write lock did not come" };
  await assert.rejects(waiting, error);
  assert.equal(fatal.length, 1);
  await assert.rejects(writer.submit(put("b")), { message: "the store has failed" });
  environment.begin.shift()?.();
  assert.deepEqual(environment.written, []);
  await writer.close();
});

test("more than 65,536 commits do not wait", async () => {
  const environment = new SlowEnvironment();
  const { writer } = writerOf(environment);
  for (let count = 0; count < 65_536; count++) void writer.submit(NO_CHANGE);
  await assert.rejects(writer.submit(NO_CHANGE), { message: "too many commits are waiting" });
  environment.begin.shift()?.();
  await writer.close();
  assert.equal(writer.counts.commits, 65_536);
});
