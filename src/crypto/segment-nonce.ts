import { assert } from "../base/index.ts";
import { NONCE_BYTES } from "./gcm.ts";
import { writeNatural } from "./fields.ts";

/**
 * The nonce of a segment: zero (3 bytes) ‖ index (8, big-endian) ‖ last (1: 1 or 0). The counter
 * keeps segments in their places, the flag keeps the end at the end.
 */
export function segmentNonce(index: number, { last }: { last: boolean }): Buffer {
  assert(Number.isSafeInteger(index) && index >= 0, "a segment index is a safe natural number");
  const nonce = Buffer.alloc(NONCE_BYTES);
  writeNatural(nonce, 3, index);
  nonce[11] = last ? 1 : 0;
  return nonce;
}
