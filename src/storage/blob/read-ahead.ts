import { assert } from "../../base/index.ts";
import type { BlobReader } from "./blob-store.ts";
import type { BufferPool } from "./buffer-pool.ts";
import { PIECE_BYTES } from "./limits.ts";

export interface ReadAhead {
  /** First byte, and the one after the last. */
  readonly start: number;
  readonly end: number;
  /** At most PIECE_BYTES; the last piece may be shorter. */
  readonly pieceBytes: number;
  readonly buffers: Pick<BufferPool, "take" | "give">;
}

/**
 * The bytes of a range piece by piece; while one piece is used the next is being read. Two buffers
 * take turns: a piece is the caller's until it asks for the next one, and is overwritten after that.
 * Leaving the loop early waits for the read under way. The reader stays open.
 */
export async function* readAhead(
  reader: BlobReader,
  { start, end, pieceBytes, buffers }: ReadAhead,
): AsyncGenerator<Buffer, void, void> {
  assert(pieceBytes > 0 && pieceBytes <= PIECE_BYTES, "a piece fits into an I/O buffer");
  assert(start >= 0 && start <= end, "a range does not end before it starts");
  let used = buffers.take();
  let filling = buffers.take();
  const read = (at: number) => quiet(reader.read(at, Math.min(pieceBytes, end - at), filling));
  let ahead = start < end ? read(start) : undefined;
  try {
    for (let next = start + pieceBytes; ahead !== undefined; next += pieceBytes) {
      const piece: Buffer = await ahead;
      [used, filling] = [filling, used];
      ahead = next < end ? read(next) : undefined;
      yield piece;
    }
  } finally {
    await Promise.allSettled([ahead]);
    buffers.give(used);
    buffers.give(filling);
  }
}

/** Marks a rejection as handled: whoever awaits the promise later still gets it. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
