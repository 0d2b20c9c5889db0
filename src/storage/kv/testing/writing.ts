import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { bytes, type CreateStore, NO_CHANGE, pair, textOf, versionOf, withKv } from "./store.ts";

export function writingTests(create: CreateStore): void {
  test("what one commit writes has one version, that of no other commit", () =>
    withKv(create, async (kv) => {
      const first = await kv.commit({ ...NO_CHANGE, puts: [pair("a", "1"), pair("b", "1")] });
      const second = await kv.commit({ ...NO_CHANGE, puts: [pair("b", "2"), pair("c", "2")] });
      assert.notEqual(first, second);
      assert.ok(first !== undefined && first !== 0n && second !== undefined && second !== 0n);
      const entries = await kv.get(["a", "b", "c"].map(bytes));
      assert.deepEqual(
        entries.map((entry) => entry?.version),
        [first, second, second],
      );
    }));

  test("a commit whose checks hold takes effect", () =>
    withKv(create, async (kv) => {
      const version = (await kv.commit({ ...NO_CHANGE, puts: [pair("a", "1")] })) ?? 0n;
      const checks = [
        { key: bytes("a"), version },
        { key: bytes("b"), version: 0n },
      ];
      const next = await kv.commit({ ...NO_CHANGE, checks, puts: [pair("a", "2")] });
      assert.ok(next);
      assert.equal(await textOf(kv, "a"), "2");
    }));

  test("a check of another version, or of absence or presence that is not, refuses all of it", () =>
    withKv(create, async (kv) => {
      const old = (await kv.commit({ ...NO_CHANGE, puts: [pair("a", "1")] })) ?? 0n;
      const version = (await kv.commit({ ...NO_CHANGE, puts: [pair("a", "2")] })) ?? 0n;
      for (const check of [
        { key: bytes("a"), version: old },
        { key: bytes("a"), version: 0n },
        { key: bytes("absent"), version },
      ]) {
        const good = { key: bytes("a"), version };
        const refused = await kv.commit({
          checks: [good, check, good],
          puts: [pair("a", "3"), pair("b", "3")],
          deletes: [],
          adds: [{ key: bytes("n"), delta: 1n }],
        });
        assert.equal(refused, undefined);
        const deleted = { ...NO_CHANGE, checks: [check], deletes: [bytes("a")] };
        assert.equal(await kv.commit(deleted), undefined);
      }
      assert.equal(await versionOf(kv, bytes("a")), version);
      assert.deepEqual(await kv.get(["b", "n"].map(bytes)), [undefined, undefined]);
    }));

  test("a deleted key is absent, and deleting it again is no error", () =>
    withKv(create, async (kv) => {
      await kv.commit({ ...NO_CHANGE, puts: [pair("a", "1")] });
      assert.ok(await kv.commit({ ...NO_CHANGE, deletes: [bytes("a"), bytes("never")] }));
      assert.ok(await kv.commit({ ...NO_CHANGE, deletes: [bytes("a")] }));
      assert.equal(await versionOf(kv, bytes("a")), 0n);
    }));

  test("a recreated key does not pass an old check", () =>
    withKv(create, async (kv) => {
      for (let round = 0; round < 5; round++) {
        const old = (await kv.commit({ ...NO_CHANGE, puts: [pair("a", "same")] })) ?? 0n;
        await kv.commit({ ...NO_CHANGE, deletes: [bytes("a")] });
        await kv.commit({ ...NO_CHANGE, puts: [pair("a", "same")] });
        const stale = { ...NO_CHANGE, checks: [{ key: bytes("a"), version: old }] };
        assert.equal(await kv.commit({ ...stale, puts: [pair("a", "stale")] }), undefined);
      }
    }));

  test("a commit of checks alone says whether they hold", () =>
    withKv(create, async (kv) => {
      const check = { key: bytes("a"), version: 0n };
      assert.ok(await kv.commit({ ...NO_CHANGE, checks: [check] }));
      await kv.commit({ ...NO_CHANGE, puts: [pair("a", "1")] });
      assert.equal(await kv.commit({ ...NO_CHANGE, checks: [check] }), undefined);
    }));

  test("what is written is there after reopening, and no version is given twice", async () => {
    const store = await create();
    const given: (bigint | undefined)[] = [];
    try {
      for (let round = 0; round < 3; round++) {
        const kv = await store.open();
        assert.equal(await textOf(kv, "kept"), round === 0 ? undefined : `${round - 1}`);
        given.push(await kv.commit({ ...NO_CHANGE, puts: [pair("kept", `${round}`)] }));
        given.push(await kv.commit({ ...NO_CHANGE, puts: [pair("gone", `${round}`)] }));
        // The newest version leaves no entry behind that could remind of it.
        given.push(await kv.commit({ ...NO_CHANGE, deletes: [bytes("gone")] }));
        await kv.close();
      }
    } finally {
      await store.destroy();
    }
    assert.ok(given.every((version) => version !== undefined));
    assert.equal(new Set(given).size, given.length);
  });

  test("closing waits for commits under way, and nothing is done afterwards", async () => {
    const store = await create();
    try {
      const kv = await store.open();
      const underWay = kv.commit({ ...NO_CHANGE, puts: [pair("a", "1")] });
      await kv.close();
      assert.ok(await underWay);
      const closed = { name: "InvariantError", message: "a closed store is not used" };
      await assert.rejects(kv.get([bytes("a")]), closed);
      await assert.rejects(kv.commit(NO_CHANGE), closed);
      await assert.rejects(kv.range({ gte: bytes("a"), lt: bytes("b"), limit: 1 }), closed);
      await kv.close();
    } finally {
      await store.destroy();
    }
  });

  test("a hint comes for what was put, added or deleted under its prefix", () =>
    withKv(create, async (kv) => {
      const heard = new EventTarget();
      const hint = kv.hint(bytes("a/"), () => heard.dispatchEvent(new Event("hint")));
      const key = bytes("a/1");
      for (const change of [
        { ...NO_CHANGE, puts: [pair("a/1", "x")] },
        { ...NO_CHANGE, deletes: [key] },
        { ...NO_CHANGE, adds: [{ key, delta: 1n }] },
      ]) {
        const next = once(heard, "hint");
        await kv.commit(change);
        await next;
      }
      hint.close();
    }));

  test("commits that took effect and that were refused are counted", () =>
    withKv(create, async (kv) => {
      const create1 = { ...NO_CHANGE, checks: [{ key: bytes("a"), version: 0n }] };
      await kv.commit({ ...create1, puts: [pair("a", "1")] });
      await kv.commit({ ...create1, puts: [pair("a", "2")] });
      const { commits, refused, failed } = kv.statistics();
      assert.deepEqual({ commits, refused, failed }, { commits: 1, refused: 1, failed: 0 });
    }));
}
