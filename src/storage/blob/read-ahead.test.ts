import assert from "node:assert/strict";
import { test } from "node:test";
import { StorageError } from "../kv/errors.ts";
import type { BlobReader } from "./blob-store.ts";
import { BufferPool } from "./buffer-pool.ts";
import { readAhead } from "./read-ahead.ts";

/** Zeros; remembers what was asked for, and fails from `broken` on. */
function reader(bytes: number, broken = Infinity): BlobReader & { begun: number[]; under: number } {
  const state = {
    bytes,
    begun: [] as number[],
    under: 0,
    async read(position: number, length: number, target: Buffer = Buffer.alloc(length)) {
      state.begun.push(position);
      state.under++;
      await new Promise(setImmediate);
      state.under--;
      if (position >= broken) throw new StorageError("broken");
      return target.subarray(0, length);
    },
    close: () => Promise.resolve(),
  };
  return state;
}

function countingPool() {
  const pool = new BufferPool();
  return {
    out: 0,
    take() {
      this.out++;
      return pool.take();
    },
    give(buffer: Buffer) {
      this.out--;
      pool.give(buffer);
    },
  };
}

test("the next piece is being read while one is used, and no more than that", async () => {
  const blob = reader(40);
  const seen: number[][] = [];
  for await (const piece of readAhead(blob, range(40))) {
    assert.equal(piece.length, 10);
    seen.push([...blob.begun]);
  }
  assert.deepEqual(seen, [
    [0, 10],
    [0, 10, 20],
    [0, 10, 20, 30],
    [0, 10, 20, 30],
  ]);
});

test("two buffers serve the longest range", async () => {
  const buffers = new Set<ArrayBufferLike>();
  for await (const piece of readAhead(reader(1000), range(1000))) buffers.add(piece.buffer);
  assert.equal(buffers.size, 2);
});

test("a failed read is told in its turn, after the pieces before it", async () => {
  const buffers = countingPool();
  let pieces = 0;
  await assert.rejects(async () => {
    for await (const piece of readAhead(reader(100, 20), { ...range(100), buffers })) {
      await new Promise(setImmediate);
      await new Promise(setImmediate);
      pieces += piece.length / 10;
    }
  }, StorageError);
  assert.equal(pieces, 2);
  assert.equal(buffers.out, 0);
});

test("leaving early waits for the read under way and gives the buffers back", async () => {
  const buffers = countingPool();
  const blob = reader(100);
  for await (const piece of readAhead(blob, { ...range(100), buffers })) {
    assert.equal(piece.length, 10);
    assert.equal(buffers.out, 2);
    break;
  }
  assert.equal(blob.under, 0);
  assert.equal(buffers.out, 0);
});

test("a pool takes back its own buffers and hands them out again", () => {
  const pool = new BufferPool();
  const buffer = pool.take();
  assert.notEqual(pool.take(), buffer);
  pool.give(buffer);
  assert.equal(pool.take(), buffer);
  assert.throws(() => pool.give(Buffer.alloc(3)), { name: "InvariantError" });
});

function range(end: number) {
  return { start: 0, end, pieceBytes: 10, buffers: new BufferPool() };
}
