/**
 * Bucket keys in memory: one KMS data key for many objects of a bucket, per requester. What is
 * saved is the call to KMS and its event; each use is still decided by the key's policy and state
 * (the callers of this cache see to that).
 */
import type { Clock } from "../../base/index.ts";
import type { Secret } from "../../crypto/index.ts";
import type { Scope } from "../../service/index.ts";
import { BUCKET_KEY_LIFE_MS, BUCKET_KEY_USES_MAX, BUCKET_KEYS_MAX } from "../limits.ts";
import { SharedSecret } from "./shared-secret.ts";

/** What is known of a bucket key besides its bytes. */
export interface BucketKeyFacts {
  readonly keyArn: string;
  readonly materialId: string;
  readonly ciphertext: Buffer;
}

/** A bucket key that was just made or decrypted, with a secret that the cache takes over. */
export interface FreshBucketKey extends BucketKeyFacts {
  readonly key: Secret;
}

interface Kept extends BucketKeyFacts {
  readonly shared: SharedSecret;
  readonly mintedAtMs: number;
  uses: number;
}

export class BucketKeyCache {
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();
  readonly #pending = new Map<string, Promise<Kept>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What a cached key is, while it lives; undefined: ask KMS. */
  peek(id: string): BucketKeyFacts | undefined {
    return this.#live(id);
  }

  /**
   * The key of this id for the length of the request, from memory or made by `mint`. Requests that
   * ask at once wait for one minting. Throws what `mint` throws.
   */
  async use(
    id: string,
    scope: Pick<Scope, "defer">,
    mint: () => Promise<FreshBucketKey>,
  ): Promise<BucketKeyFacts & { readonly key: Secret }> {
    let kept = this.#live(id) ?? (await this.#mint(id, mint));
    // It may have been forgotten between its minting and this turn of the request.
    while (kept.shared.givenUp) kept = this.#live(id) ?? (await this.#mint(id, mint));
    kept.uses += 1;
    const use = kept.shared.use();
    scope.defer(() => use.end());
    return { ...kept, key: use.secret };
  }

  /** Forgets a key: its material was rotated, or the key lost its right to be used. */
  forget(id: string): void {
    this.#kept.get(id)?.shared.giveUp();
    this.#kept.delete(id);
  }

  clear(): void {
    for (const id of this.#kept.keys()) this.forget(id);
  }

  get size(): number {
    return this.#kept.size;
  }

  #live(id: string): Kept | undefined {
    const kept = this.#kept.get(id);
    if (kept === undefined) return undefined;
    const ageMs = this.#clock.monotonicMs() - kept.mintedAtMs;
    if (ageMs < BUCKET_KEY_LIFE_MS && kept.uses < BUCKET_KEY_USES_MAX) return kept;
    this.forget(id);
    return undefined;
  }

  #mint(id: string, mint: () => Promise<FreshBucketKey>): Promise<Kept> {
    const pending = this.#pending.get(id);
    if (pending) return pending;
    const minting = this.#keep(id, mint).finally(() => this.#pending.delete(id));
    this.#pending.set(id, minting);
    return minting;
  }

  async #keep(id: string, mint: () => Promise<FreshBucketKey>): Promise<Kept> {
    const { key, keyArn, materialId, ciphertext } = await mint();
    const kept: Kept = {
      keyArn,
      materialId,
      ciphertext,
      shared: new SharedSecret(key),
      mintedAtMs: this.#clock.monotonicMs(),
      uses: 0,
    };
    this.forget(id);
    this.#kept.set(id, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > BUCKET_KEYS_MAX && oldest !== undefined) this.forget(oldest);
    return kept;
  }
}
