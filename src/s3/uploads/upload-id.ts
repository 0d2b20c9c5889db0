import type { Clock } from "../../base/index.ts";
import { randomId } from "../../crypto/index.ts";

const RANDOM_BYTES = 16;

/**
 * Ids of uploads: random, behind the time at which they are issued. AWS: the uploads of one name are
 * listed in the order of their beginning. One issuer per process.
 */
export class UploadIds {
  #lastMs = 0;
  #issued = 0;

  next(clock: Pick<Clock, "now">): string {
    const nowMs = clock.now().getTime();
    this.#issued = nowMs === this.#lastMs ? this.#issued + 1 : 0;
    this.#lastMs = nowMs;
    return hex(nowMs, 12) + hex(this.#issued, 6) + randomId(RANDOM_BYTES);
  }
}

/** Whether an id can have been issued: what clients send is looked up only then. */
export function isUploadId(text: string): boolean {
  return /^[0-9a-f]{50}$/.test(text);
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
