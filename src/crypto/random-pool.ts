import { randomFillSync } from "node:crypto";

const POOL_BYTES = 8192;

/** Above this a draw goes to the generator directly: it would empty the pool too soon. */
const POOLED_BYTES_MAX = 1024;

const pool = Buffer.alloc(POOL_BYTES);
let drawn = POOL_BYTES;

/**
 * Fills `target` with random bytes and returns it. One call of the generator costs about as much
 * for 8 KiB as for 16 bytes, so bytes are drawn ahead. What was handed out is wiped from the pool
 * at once: a later reader of this memory learns nothing about keys in use.
 */
export function fillRandom(target: Buffer): Buffer {
  if (target.length > POOLED_BYTES_MAX) return randomFillSync(target);
  if (drawn + target.length > POOL_BYTES) {
    randomFillSync(pool);
    drawn = 0;
  }
  pool.copy(target, 0, drawn, drawn + target.length);
  pool.fill(0, drawn, drawn + target.length);
  drawn += target.length;
  return target;
}
