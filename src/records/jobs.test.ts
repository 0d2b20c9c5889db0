import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { silentLog, StoppedClock } from "../base/index.ts";
import { Secret } from "../crypto/index.ts";
import {
  CommitUnknown,
  DiskReserve,
  memoryBlobs,
  MemoryStore,
  StorageError,
  StorageFullError,
} from "../storage/index.ts";
import { openDeployment } from "./bootstrap.ts";
import { Change } from "./change.ts";
import { Collector, SECOND_SWEEP_MS, SILENT_MS } from "./collector.ts";
import { ConfigurationCache, View } from "./configuration.ts";
import { beginEpochChange, continueEpochChange } from "./epoch-change.ts";
import type { JobContext } from "./job.ts";
import { EpochEnded, secretPlace } from "./keyring.ts";
import { Lease, LeaseLost } from "./lease.ts";
import type { ProcessSession } from "./session.ts";
import { BEAT_MS, SESSION_LIFE_MS, Sessions } from "./sessions.ts";
import { space } from "./space.ts";
import { epochDueSpace } from "./spaces/kms.ts";
import {
  epochSpace,
  fencedSpace,
  refSpace,
  sessionSpace,
  storeKeySpace,
  trashSpace,
  type Wrapped,
} from "./spaces/system.ts";
import { memoryRoot } from "./testing/memory-root.ts";

const vault = space<[name: string], { readonly wrapped: Wrapped }>("test-vault", {
  secrets: { wrapped: "totp-seed" },
});
const notes = space<[name: string], { readonly text: string }>("test-note");

async function harness() {
  const clock = new StoppedClock();
  const memory = new MemoryStore();
  const root = memoryRoot();
  const blobs = memoryBlobs();
  const open = async (reserve?: DiskReserve) => {
    const kv = memory.open(reserve && { reserve });
    const deployment = await openDeployment({ kv, root, clock });
    const deaths: Error[] = [];
    const sessions = await Sessions.start({
      deployment,
      clock,
      log: silentLog,
      pid: 1,
      host: "test",
      fatal: (error) => deaths.push(error),
    });
    const session = () => sessions.current;
    const { store, keyring } = deployment;
    const lease = new Lease({ store, session, clock, job: "test", lifeMs: 30_000 });
    const context: JobContext = {
      store,
      keyring,
      root,
      blobs,
      session,
      lease,
      clock,
      log: silentLog,
    };
    return { ...deployment, sessions, context, lease, deaths };
  };
  return { clock, memory, root, blobs, open };
}

type Process = Awaited<ReturnType<Awaited<ReturnType<typeof harness>>["open"]>>;

async function writeBlob(blobs: ReturnType<typeof memoryBlobs>, session: ProcessSession) {
  const name = session.nextBlobName();
  const writer = await blobs.create(name);
  await writer.write(Buffer.from(name));
  await writer.finish();
  return name;
}

const note = (text: string) => new Change().put(notes, ["n"], { text });

describe("a process session", () => {
  test("is beaten for while it lives and gone when it ends", async () => {
    const { open } = await harness();
    const one = await open();
    assert.ok(await one.store.get(sessionSpace, one.sessions.current.id));
    await one.sessions.stop();
    assert.equal(await one.store.get(sessionSpace, one.sessions.current.id), undefined);
    assert.equal(await one.store.commit(note("late"), one.sessions.current), undefined);
  });

  test("is replaced by another after its life, and ends with its last request", async () => {
    const { open, clock } = await harness();
    const { sessions, store } = await open();
    const first = sessions.current;
    const held = sessions.acquire();
    clock.advance(SESSION_LIFE_MS + 1);
    await sessions.beat();
    assert.notEqual(sessions.current, first);
    assert.ok(await store.commit(note("under the old one"), first));
    await sessions.beat();
    assert.ok(await store.get(sessionSpace, first.id));
    held.release();
    await sessions.beat();
    assert.equal(await store.get(sessionSpace, first.id), undefined);
  });

  test("begins, is beaten for, is replaced and ends on a disk below its reserve", async (t) => {
    const { open, clock } = await harness();
    const full = await DiskReserve.watch({
      space: async () => ({ freeBytes: 0, totalBytes: 1 }),
      log: silentLog,
    });
    t.after(() => full.close());
    const { sessions, store } = await open(full);
    const first = sessions.current;
    await assert.rejects(store.commit(note("data"), first), StorageFullError);
    clock.advance(SESSION_LIFE_MS + 1);
    await sessions.beat();
    assert.notEqual(sessions.current, first);
    assert.equal(await store.get(sessionSpace, first.id), undefined);
    await sessions.stop();
    assert.equal(await store.get(sessionSpace, sessions.current.id), undefined);
  });

  for (const failure of [
    new StorageFullError("disk"),
    new StorageError("the write failed"),
    new CommitUnknown(),
  ]) {
    test(`outlives a beat that could not be written: ${failure.message}`, async (t) => {
      t.mock.timers.enable({ apis: ["setInterval"] });
      const { open, clock } = await harness();
      const { sessions, store, deaths } = await open();
      const first = sessions.current;
      const disk = t.mock.method(store.kv, "commit", () => Promise.reject(failure));
      clock.advance(SESSION_LIFE_MS + 1);
      t.mock.timers.tick(BEAT_MS);
      await until(() => disk.mock.callCount() > 0);
      disk.mock.restore();
      assert.equal(sessions.current, first);
      await sessions.beat();
      assert.notEqual(sessions.current, first);
      assert.deepEqual(deaths, []);
      await sessions.stop();
    });
  }
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate);
}

describe("a lease", () => {
  test("has one holder, until it stood still for its life", async () => {
    const { open, clock } = await harness();
    const [one, two] = [await open(), await open()];
    assert.equal(await one.lease.renew(), true);
    assert.equal(await two.lease.renew(), false);
    clock.advance(20_000);
    assert.equal(await one.lease.renew(), true);
    assert.equal(await two.lease.renew(), false);
    clock.advance(29_000);
    assert.equal(await two.lease.renew(), false);
    clock.advance(2_000);
    assert.equal(await two.lease.renew(), true);
    assert.equal(await one.lease.renew(), false);
    assert.throws(() => one.lease.protect(new Change()), LeaseLost);
  });

  test("that was taken over lets no commit of the old holder through", async () => {
    const { open, clock } = await harness();
    const [one, two] = [await open(), await open()];
    await one.lease.renew();
    const late = one.lease.protect(note("late"));
    await two.lease.renew();
    clock.advance(31_000);
    assert.equal(await two.lease.renew(), true);
    assert.equal(await one.store.commit(late, one.sessions.current), undefined);
  });

  test("that is given up can be taken at once", async () => {
    const { open } = await harness();
    const [one, two] = [await open(), await open()];
    await one.lease.renew();
    await one.lease.release();
    assert.equal(await two.lease.renew(), true);
  });
});

describe("the collector", () => {
  async function collected(dead: Process, collector: Collector, clock: StoppedClock) {
    await collector.pass();
    clock.advance(SILENT_MS + 1);
    await collector.pass();
    return dead;
  }

  test("fences a silent process, which from then on commits nothing and ends itself", async () => {
    const { open, clock } = await harness();
    const [keeper, silent] = [await open(), await open()];
    await keeper.lease.renew();
    const collector = new Collector(keeper.context);
    assert.ok(await silent.store.commit(note("alive"), silent.sessions.current));
    await collected(silent, collector, clock);
    assert.equal(await silent.store.commit(note("late"), silent.sessions.current), undefined);
    await assert.rejects(silent.sessions.beat(), /taken for dead/);
  });

  test("leaves a process alone whose beat goes on", async () => {
    const { open, clock } = await harness();
    const [keeper, lively] = [await open(), await open()];
    await keeper.lease.renew();
    const collector = new Collector(keeper.context);
    for (let i = 0; i < 10; i += 1) {
      clock.advance(SILENT_MS - 1000);
      await lively.sessions.beat();
      await keeper.lease.renew();
      await collector.pass();
    }
    assert.ok(await lively.store.commit(note("alive"), lively.sessions.current));
  });

  test("removes a dead process's blobs that no record names, twice, and no others", async () => {
    const { open, clock, blobs } = await harness();
    const [keeper, dead] = [await open(), await open()];
    const { current } = dead.sessions;
    const [named, orphan] = [await writeBlob(blobs, current), await writeBlob(blobs, current)];
    await dead.store.commit(new Change().put(refSpace, [named], { bytes: 1 }), current);
    await keeper.lease.renew();
    const collector = new Collector(keeper.context);
    await collected(dead, collector, clock);
    assert.ok(await blobs.open(named));
    assert.equal(await blobs.open(orphan), undefined);

    // A request that was on its way when its process was fenced still lands a blob.
    const late = await writeBlob(blobs, current);
    await collector.pass();
    assert.ok(await blobs.open(late));
    clock.advance(SECOND_SWEEP_MS);
    await keeper.lease.renew();
    await collector.pass();
    assert.equal(await blobs.open(late), undefined);
    assert.ok(await blobs.open(named));
    assert.equal(await keeper.store.get(fencedSpace, current.id), undefined);
  });

  test("empties the trash when whoever may still read it has ended", async () => {
    const { open, blobs } = await harness();
    const [keeper, reader] = [await open(), await open()];
    const blob = await writeBlob(blobs, keeper.sessions.current);
    await keeper.store.commit(
      new Change().put(trashSpace, [blob], { kind: "blob", blob }),
      keeper.sessions.current,
    );
    const reading = reader.sessions.acquire();
    await keeper.lease.renew();
    const collector = new Collector(keeper.context);
    const round = async () => {
      await collector.pass();
      await keeper.sessions.beat();
      await reader.sessions.beat();
    };
    for (let i = 0; i < 5; i += 1) await round();
    assert.ok(await blobs.open(blob), "a reader that began before is still there");
    reading.release();
    for (let i = 0; i < 2; i += 1) await round();
    assert.equal(await blobs.open(blob), undefined);
    assert.equal(await keeper.store.get(trashSpace, blob), undefined);
  });

  test("empties much trash within one epoch", async () => {
    const { open, blobs } = await harness();
    const keeper = await open();
    const { current } = keeper.sessions;
    const names: string[] = [];
    for (let i = 0; i < 1300; i += 1) names.push(await writeBlob(blobs, current));
    const change = new Change();
    for (const blob of names) change.put(trashSpace, [blob], { kind: "blob", blob });
    await keeper.store.commit(change, current);
    await keeper.lease.renew();
    const collector = new Collector(keeper.context);
    await collector.pass();
    await keeper.sessions.beat();
    await collector.pass();
    assert.deepEqual(await blobs.list(current.name, undefined, 1), []);
    assert.deepEqual(await keeper.store.page(trashSpace, trashSpace.under()), []);
  });

  test("stops emptying the trash when another process has its lease", async () => {
    const { open, clock, blobs } = await harness();
    const [keeper, other] = [await open(), await open()];
    const blob = await writeBlob(blobs, keeper.sessions.current);
    await keeper.store.commit(
      new Change().put(trashSpace, [blob], { kind: "blob", blob }),
      keeper.sessions.current,
    );
    await keeper.lease.renew();
    await other.lease.renew();
    const collector = new Collector(keeper.context);
    await collector.pass();
    for (const { sessions } of [keeper, other]) await sessions.beat();
    clock.advance(SILENT_MS);
    assert.equal(await other.lease.renew(), true);
    await assert.rejects(collector.pass(), LeaseLost);
    assert.ok(await keeper.store.get(trashSpace, blob), "what was not committed stays trash");
  });

  test("waits for no request that began after the trash was seen", async () => {
    const { open, blobs } = await harness();
    const keeper = await open();
    const blob = await writeBlob(blobs, keeper.sessions.current);
    await keeper.store.commit(
      new Change().put(trashSpace, [blob], { kind: "blob", blob }),
      keeper.sessions.current,
    );
    await keeper.lease.renew();
    const collector = new Collector(keeper.context);
    await collector.pass();
    await keeper.sessions.beat();
    const later = keeper.sessions.acquire();
    await keeper.sessions.beat();
    await collector.pass();
    assert.equal(await blobs.open(blob), undefined);
    later.release();
  });
});

describe("a change of the store key's epoch", () => {
  const place = secretPlace("totp-seed", vault, ["a"], "wrapped");

  async function withSecret() {
    const world = await harness();
    const one = await world.open();
    const view = new View(one.store, new ConfigurationCache());
    using secret = Secret.adopt(Buffer.from("0123456789abcdef"));
    const wrapped = await one.keyring.wrap(view, place, secret);
    const change = new Change().put(vault, ["a"], { wrapped });
    await one.store.commit(change, one.sessions.current);
    await one.store.commit(
      new Change().put(epochDueSpace, ["current"], { since: 0 }),
      one.sessions.current,
    );
    await one.lease.renew();
    return { ...world, one, wrapped };
  }

  async function begin({ context, store }: Process) {
    const due = await store.get(epochDueSpace, "current");
    assert.ok(due);
    await beginEpochChange(context, due);
  }

  async function complete(process: Process, ...others: Process[]) {
    for (let passes = 0; ; passes += 1) {
      if (await continueEpochChange(process.context)) return passes;
      assert.ok(passes < 10, "a change of epoch ends");
      for (const { sessions } of [process, ...others]) await sessions.beat();
    }
  }

  async function readSecret({ store, keyring }: Process): Promise<string> {
    const found = await store.get(vault, "a");
    assert.ok(found);
    using secret = await keyring.unwrap(store, place, found.value.wrapped);
    return secret.expose().toString();
  }

  test("wraps every secret anew and destroys what it was wrapped under", async () => {
    const { one, wrapped, root } = await withSecret();
    const oldRecord = await one.store.get(storeKeySpace, 1n);
    assert.ok(oldRecord);
    await begin(one);
    assert.equal(await one.store.get(epochDueSpace, "current"), undefined);
    await complete(one);
    assert.equal(await readSecret(one), "0123456789abcdef");
    assert.equal((await one.store.get(epochSpace, "current"))?.value.epoch, 2);
    assert.equal(await one.store.get(storeKeySpace, 1n), undefined);
    // An old copy of everything, with the root key of today, opens nothing.
    await assert.rejects(one.keyring.unwrap(one.store, place, wrapped), EpochEnded);
    const { rootVersion, wrapped: oldKey } = oldRecord.value;
    await assert.rejects(root.unwrap(rootVersion, oldKey, Buffer.alloc(0)), {
      name: "AuthenticationError",
    });
    assert.deepEqual(await root.versions(), ["2"]);
  });

  test("goes on after a crash at any step", async () => {
    const { one, open } = await withSecret();
    await begin(one);
    const two = await open();
    assert.equal(await readSecret(two), "0123456789abcdef");
    await one.lease.release();
    await two.lease.renew();
    await complete(two, one);
    assert.equal(await readSecret(two), "0123456789abcdef");
    assert.equal(await readSecret(await open()), "0123456789abcdef");
  });

  test("waits for a process that may still wrap under the old epoch", async () => {
    const { one, open, root } = await withSecret();
    const other = await open();
    await begin(one);
    for (let i = 0; i < 5; i += 1) {
      assert.equal(await continueEpochChange(one.context), false);
      await one.sessions.beat();
    }
    assert.deepEqual(await root.versions(), ["1", "2"]);
    await complete(one, other);
    assert.deepEqual(await root.versions(), ["2"]);
  });

  test("makes every process forget the key that was destroyed, with its next beat", async () => {
    const { one, open, wrapped } = await withSecret();
    const other = await open();
    const opened = async () => (await other.keyring.unwrap(other.store, place, wrapped)).length;
    await begin(one);
    await other.sessions.beat();
    assert.equal(await opened(), 16);
    await complete(one, other);
    await other.sessions.beat();
    await assert.rejects(opened(), EpochEnded);
  });

  test("makes a commit fail that wrapped under the epoch before", async () => {
    const { one } = await withSecret();
    const view = new View(one.store, new ConfigurationCache());
    using secret = Secret.random(32);
    const wrapped = await one.keyring.wrap(view, place, secret);
    await begin(one);
    const change = new Change().put(vault, ["b"], { wrapped });
    view.addTo(change);
    assert.equal(await one.store.commit(change, one.sessions.current), undefined);
  });

  test("adds no second version of the root when it was interrupted after the first", async () => {
    const { one, root } = await withSecret();
    await root.add();
    await begin(one);
    await complete(one);
    assert.deepEqual(await root.versions(), ["2"]);
  });
});

test("a name that no record can have is absent, and in no commit's way", async () => {
  const { open } = await harness();
  const { store, sessions } = await open();
  const view = new View(store, new ConfigurationCache());
  assert.equal(await view.get(notes, "n".repeat(store.kv.limits.keyBytesMax)), undefined);
  const change = note("written");
  view.addTo(change);
  assert.ok(await store.commit(change, sessions.current));
});
