import { assert } from "../../base/index.ts";

/** One write to the file system gathers about this many bytes. */
export const BATCH_BYTES = 1024 * 1024;
/** When many blobs are being written at once their batches shrink, so that all gather this much together. */
export const GATHERED_BYTES_MAX = 32 * 1024 * 1024;
export const BATCH_BYTES_MIN = 16 * 1024;
/** A batch of tiny chunks ends here; systems take at most 1024 buffers in one call. */
export const BATCH_CHUNKS_MAX = 512;
/** Writes of one blob under way at once: one is on its way while the next is being handed over. */
export const WRITES_IN_FLIGHT_MAX = 2;
/**
 * A long blob is synced every so often while it is written, so that its last sync is short and the
 * disk is not kept from other syncs, those of the metadata above all, by one large one. Measured
 * beside a 768 MiB stream of a prototype, synced at the end or every 16 or 64 MiB (three runs, busy
 * disk): the slowest small sync of a neighbour 99-157 ms or 16-74, the last sync 224-263 or 3-28.
 */
export const SYNC_EVERY_BYTES = 32 * 1024 * 1024;

/** Above what one PUT or part may be (5 GiB) with its tags; beyond it something is wrong. */
export const BLOB_BYTES_MAX = 8 * 1024 ** 3;

/**
 * A writer lasts as long as its client sends, which may be hours at the least rate: as many as a
 * process takes requests at once, or slow uploads would lock all others out.
 */
export const WRITERS_MAX = 4096;
export const READERS_MAX = 4096;
/** Callers that may queue for a writer or a reader each. */
export const WAITERS_MAX = 16_384;

const LIST_MAX = 1000;

export const PIECE_BYTES = 1024 * 1024;
/** Idle I/O buffers kept for reuse. */
export const IDLE_BUFFERS_MAX = 64;
/** Of one read. */
export const READ_BYTES_MAX = 16 * 1024 * 1024;

/** Of one page of a list. */
export function assertLimit(limit: number): void {
  assert(Number.isInteger(limit) && limit > 0 && limit <= LIST_MAX, "a page has 1 to 1000 entries");
}
