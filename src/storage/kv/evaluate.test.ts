import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Before, evaluate } from "./evaluate.ts";
import { encodeCounter } from "./counter.ts";
import type { Commit } from "./kv.ts";
import { bytes, NO_CHANGE, pair } from "./testing/store.ts";

type State = ReadonlyMap<string, { value: Uint8Array; version: number }>;

const key = fc.constantFrom("a", "b", "c", "d").map(bytes);

/** Versions are few and small, so that checks of versions given within the batch hold now and then. */
const commit: fc.Arbitrary<Commit> = fc
  .record({
    checks: fc.array(fc.record({ key, version: fc.bigInt(0n, 12n) }), { maxLength: 1 }),
    writes: fc.uniqueArray(
      fc.record({ key, kind: fc.constantFrom("put", "text", "delete", "add"), n: fc.integer() }),
      { maxLength: 3, selector: (write) => write.key.toString() },
    ),
  })
  .map(({ checks, writes }) => ({
    checks,
    puts: writes
      .filter(({ kind }) => kind === "put" || kind === "text")
      .map(({ key: to, kind, n }) => ({
        key: to,
        value: kind === "put" ? encodeCounter(BigInt(n)) : bytes("text"),
      })),
    deletes: writes.filter(({ kind }) => kind === "delete").map((write) => write.key),
    adds: writes
      .filter(({ kind }) => kind === "add")
      .map((write) => ({ key: write.key, delta: BigInt(write.n) })),
  }));

test("a batch does what its commits do one after the other", () => {
  fc.assert(
    fc.property(fc.array(commit, { maxLength: 12 }), (commits) => {
      const whole = run(new Map(), commits, 0);
      let state: State = new Map();
      let last = 0;
      const outcomes = commits.map((each) => {
        const alone = run(state, [each], last);
        ({ state, last } = alone);
        return alone.outcomes[0];
      });
      assert.deepEqual(whole.outcomes.map(String), outcomes.map(String));
      assert.deepEqual(whole.state, state);
      assert.equal(whole.last, last);
    }),
    { numRuns: 1500 },
  );
});

test("a check fails on what an earlier commit of the batch has put, deleted or added to", () => {
  const before: State = new Map([["a", { value: encodeCounter(1n), version: 5 }]]);
  const checked = { ...NO_CHANGE, checks: [{ key: bytes("a"), version: 5n }] };
  for (const change of [
    { ...NO_CHANGE, puts: [pair("a", "x")] },
    { ...NO_CHANGE, deletes: [bytes("a")] },
    { ...NO_CHANGE, adds: [{ key: bytes("a"), delta: 1n }] },
  ]) {
    const { outcomes } = run(before, [change, { ...checked, puts: [pair("b", "x")] }], 9);
    assert.deepEqual(outcomes, [10, undefined]);
  }
});

test("each key is written once, in key order, and deltas are summed", () => {
  const adds = [{ key: bytes("n"), delta: 3n }];
  const commits = ["c", "a", "b", "a"].map((name) => {
    return { checks: [], puts: [pair(name, "x")], deletes: [], adds };
  });
  const { changes } = evaluate(commits, beforeOf(new Map()), 0);
  assert.deepEqual(
    changes.map((change) => [change.key.toString(), change.version]),
    [
      ["a", 4],
      ["b", 3],
      ["c", 1],
      ["n", 4],
    ],
  );
  assert.deepEqual(changes.at(-1)?.value, encodeCounter(12n));
});

test("a key that many commits check is read once", () => {
  let reads = 0;
  const before: Before = { version: () => ++reads && 7, value: () => undefined };
  const checks = [{ key: bytes("shared"), version: 7n }];
  const commits = Array.from({ length: 50 }, () => ({ ...NO_CHANGE, checks }));
  const { outcomes } = evaluate(commits, before, 100);
  assert.equal(reads, 1);
  assert.equal(outcomes.at(-1), 150);
});

test("versions are safe integers", () => {
  const last = Number.MAX_SAFE_INTEGER;
  assert.throws(() => evaluate([NO_CHANGE], beforeOf(new Map()), last), {
    name: "InvariantError",
    message: "versions are safe integers",
  });
});

function run(state: State, commits: readonly Commit[], lastVersion: number) {
  const verdict = evaluate(commits, beforeOf(state), lastVersion);
  const next = new Map(state);
  for (const { key: changed, value, version } of verdict.changes) {
    if (value === undefined) next.delete(changed.toString());
    else next.set(changed.toString(), { value, version });
  }
  return {
    state: next,
    outcomes: verdict.outcomes,
    changes: verdict.changes,
    last: verdict.lastVersion,
  };
}

function beforeOf(state: State): Before {
  return {
    version: (asked) => state.get(asked.toString())?.version ?? 0,
    value: (asked) => state.get(asked.toString())?.value,
  };
}
