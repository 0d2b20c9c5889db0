import assert from "node:assert/strict";
import { describe, mock, test } from "node:test";
import { s3Deployment } from "../testing/s3-deployment.ts";
import { pattern } from "../testing/uploads.ts";
import {
  LARGE_PIECE_BYTES,
  LARGE_STREAMS_MAX,
  SMALL_PIECE_BYTES,
  StreamMemory,
} from "./stream-memory.ts";

describe("the memory of streams", () => {
  test("is large for the first ones, small for those that come while they last", () => {
    const memory = new StreamMemory();
    const first = Array.from({ length: LARGE_STREAMS_MAX }, () => memory.take(2 ** 30));
    assert.ok(first.every(({ pieceBytes }) => pieceBytes === LARGE_PIECE_BYTES));
    const late = memory.take(2 ** 30);
    assert.equal(late.pieceBytes, SMALL_PIECE_BYTES);
    assert.equal(late.buffers.take().length, SMALL_PIECE_BYTES);
    late.release();
    assert.equal(memory.take(2 ** 30).pieceBytes, SMALL_PIECE_BYTES);
    first[0]?.release();
    assert.equal(memory.take(2 ** 30).pieceBytes, LARGE_PIECE_BYTES);
  });

  test("is small for a short range", () => {
    assert.equal(new StreamMemory().take(SMALL_PIECE_BYTES).pieceBytes, SMALL_PIECE_BYTES);
  });
});

test("readers who take a piece and wait hold up nobody, and each gets its bytes", async () => {
  const at = await s3Deployment();
  const Bucket = await at.bucket();
  const body = pattern(3 * LARGE_PIECE_BYTES + 12_345);
  await at.put(Bucket, "k", body);
  const allocations = mock.method(Buffer, "allocUnsafeSlow");
  try {
    const readers = await Promise.all(
      Array.from({ length: LARGE_STREAMS_MAX * 3 }, async () => {
        const stream = await at.stream("GetObject", { Bucket, Key: "k" });
        return { stream, pieces: [Buffer.from((await stream.next()).value)] };
      }),
    );
    const allocated = allocations.mock.calls.reduce((sum, call) => sum + call.arguments[0], 0);
    assert.ok(allocated <= 2 * LARGE_STREAMS_MAX * (LARGE_PIECE_BYTES + 2 * SMALL_PIECE_BYTES));
    for (const { stream, pieces } of readers.toReversed()) {
      for await (const piece of stream) pieces.push(Buffer.from(piece));
      assert.ok(Buffer.concat(pieces).equals(body));
    }
  } finally {
    allocations.mock.restore();
  }
});
