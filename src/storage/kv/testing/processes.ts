import assert from "node:assert/strict";
import { test } from "node:test";
import { Peer } from "./peer-process.ts";
import {
  bytes,
  type CreateStore,
  NO_CHANGE,
  pair,
  type Store,
  textOf,
  together,
  versionOf,
} from "./store.ts";
import type { Kv } from "../kv.ts";

const ROUNDS = 60;

export function processTests(create: CreateStore): void {
  test("of two processes that create, or need each other's key absent, one wins each time", () =>
    withPeers(create, async (_kv, peers) => {
      const wins = await Promise.all(peers.map((peer) => peer.ask("create", ROUNDS)));
      assert.deepEqual(union(wins), numbers(ROUNDS));
      const skewed = await Promise.all(peers.map((peer) => peer.ask("skew", ROUNDS)));
      assert.equal(new Set(skewed.flat()).size, skewed.flat().length);
    }));

  test("two processes lose no update, no add, and share no version", () =>
    withPeers(create, async (kv, peers) => {
      await Promise.all(peers.map((peer) => peer.ask("increment", ROUNDS)));
      const sums = await together(4, async (index) => Number(await textOf(kv, `n${index}`)));
      assert.equal(
        sums.reduce((sum, each) => sum + each, 0),
        2 * ROUNDS,
      );
      const versions = await Promise.all(peers.map((peer) => peer.ask("add", ROUNDS)));
      assert.equal(new Set(versions.flat()).size, 2 * ROUNDS);
      const [counter] = await kv.get([bytes("counter")]);
      assert.equal(counter?.value.readBigInt64BE(), BigInt(2 * ROUNDS));
    }));

  test("what one process was told is committed the other sees at once", () =>
    withPeers(create, async (kv, [peer]) => {
      for (let round = 0; round < ROUNDS; round++) {
        await kv.commit({ ...NO_CHANGE, puts: [pair("seen", `${round}`)] });
        const [seen] = (await peer?.ask("see", round)) ?? [];
        assert.equal(seen, round);
        const [version] = (await peer?.ask("put", round)) ?? [];
        assert.equal(await versionOf(kv, bytes("put")), BigInt(version ?? 0));
        if (kv.versionNow) assert.equal(kv.versionNow(bytes("put")), BigInt(version ?? 0));
      }
    }));
}

async function withPeers(
  create: CreateStore,
  run: (kv: Kv, peers: readonly Peer[]) => Promise<void>,
): Promise<void> {
  const store: Store = await create();
  assert.ok(store.peer, "an engine for several processes says how a child opens it");
  const peers = [Peer.start(store.peer, 0), Peer.start(store.peer, 1)];
  const kv = await store.open();
  try {
    await run(kv, peers);
  } finally {
    await Promise.all(peers.map((peer) => peer.stop()));
    await kv.close();
    await store.destroy();
  }
}

function union(lists: readonly number[][]): number[] {
  return lists.flat().toSorted((a, b) => a - b);
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
