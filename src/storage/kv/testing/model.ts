import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Commit, Kv } from "../kv.ts";
import { bytes, type CreateStore, NO_CHANGE, withKv } from "./store.ts";

/** Few keys, so that commits meet; some are prefixes of others. */
const KEYS = ["a", "a\0", "ab", "b", "b1", "c", "n1", "n2"] as const;

/** What the generator says of one commit: checks are of the version known, or of another one. */
interface Step {
  readonly checks: readonly { key: string; version: "current" | "absent" | "stale" }[];
  readonly writes: readonly { key: string; write: "put" | "delete" | "add"; amount: number }[];
}

interface Known {
  readonly value: bigint;
  readonly version: bigint;
}

const anyKey = fc.constantFrom(...KEYS);

const step: fc.Arbitrary<Step> = fc.record({
  checks: fc.array(
    fc.record({
      key: anyKey,
      version: fc.constantFrom("current", "current", "current", "absent", "stale"),
    }),
    { maxLength: 3 },
  ),
  writes: fc.uniqueArray(
    fc.record({
      key: anyKey,
      write: fc.constantFrom("put", "delete", "add"),
      amount: fc.integer({ min: -100, max: 100 }),
    }),
    { maxLength: 4, selector: (write) => write.key },
  ),
});

export function modelTests(create: CreateStore): void {
  test("any run of commits leaves what a simple map would hold", () =>
    fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), (steps) =>
        withKv(create, async (kv) => {
          const model = new Map<string, Known>();
          for (const each of steps) await runBoth(kv, model, each);
          await compare(kv, model);
        }),
      ),
      { numRuns: 12 },
    ));
}

async function runBoth(kv: Kv, model: Map<string, Known>, { checks, writes }: Step): Promise<void> {
  const holds = checks.every(({ key, version }) => wanted(model, key, version) === at(model, key));
  const commit: Commit = {
    checks: checks.map(({ key, version }) => ({
      key: bytes(key),
      version: wanted(model, key, version),
    })),
    puts: writes
      .filter(({ write }) => write === "put")
      .map(({ key, amount }) => ({ key: bytes(key), value: encode(BigInt(amount)) })),
    deletes: writes.filter(({ write }) => write === "delete").map(({ key }) => bytes(key)),
    adds: writes
      .filter(({ write }) => write === "add")
      .map(({ key, amount }) => ({ key: bytes(key), delta: BigInt(amount) })),
  };
  const version = await kv.commit({ ...NO_CHANGE, ...commit });
  assert.equal(version !== undefined, holds);
  if (version === undefined) return;
  assert.ok(![...model.values()].some((known) => known.version === version));
  for (const { key, write, amount } of writes) {
    const before = write === "add" ? (model.get(key)?.value ?? 0n) : 0n;
    if (write === "delete") model.delete(key);
    else model.set(key, { value: before + BigInt(amount), version });
  }
}

async function compare(kv: Kv, model: ReadonlyMap<string, Known>): Promise<void> {
  const expected = [...model]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, { value, version }]) => ({ key: bytes(key), value: encode(value), version }));
  const all = { gte: bytes(""), lt: bytes("z"), limit: 100 };
  assert.deepEqual(await kv.range(all), expected);
  assert.deepEqual(await kv.range({ ...all, reverse: true }), expected.toReversed());
  const got = await kv.get(KEYS.map(bytes));
  assert.deepEqual(
    got.map((entry) => entry?.version),
    KEYS.map((key) => model.get(key)?.version),
  );
}

function wanted(
  model: ReadonlyMap<string, Known>,
  key: string,
  version: Step["checks"][number]["version"],
): bigint {
  if (version === "absent") return 0n;
  return version === "stale" ? at(model, key) + 1n : at(model, key);
}

function at(model: ReadonlyMap<string, Known>, key: string): bigint {
  return model.get(key)?.version ?? 0n;
}

function encode(value: bigint): Buffer {
  const encoded = Buffer.alloc(8);
  encoded.writeBigInt64BE(value);
  return encoded;
}
