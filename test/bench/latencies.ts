/** How long requests took, in buckets that are within one per cent of the truth. */

const PER_DECADE = 256;
const DECADES = 8;

/** From a microsecond to a hundred seconds. */
export class Latencies {
  readonly #buckets = new Uint32Array(PER_DECADE * DECADES);
  count = 0;

  add(milliseconds: number): void {
    const at = Math.floor(Math.log10(Math.max(milliseconds, 0.001) * 1000) * PER_DECADE);
    const bucket = Math.min(at, this.#buckets.length - 1);
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    this.count += 1;
  }

  /** Milliseconds that this share of the requests did not exceed; 0 without requests. */
  quantile(share: number): number {
    let left = Math.ceil(this.count * share);
    if (left === 0) return 0;
    for (const [bucket, count] of this.#buckets.entries()) {
      left -= count;
      if (left <= 0) return 10 ** ((bucket + 1) / PER_DECADE) / 1000;
    }
    return Number.POSITIVE_INFINITY;
  }
}
