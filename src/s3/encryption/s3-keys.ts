/** The keys that S3 manages itself, for SSE-S3: one for writing per account and region, a new one each year. */
import { DAY_MS } from "../../base/index.ts";
import { randomUuid, Secret } from "../../crypto/index.ts";
import {
  type BucketRecord,
  Change,
  s3KeyCurrentSpace,
  type S3KeyRecord,
  s3KeySpace,
  secretPlace,
} from "../../records/index.ts";
import type { Scope } from "../../service/index.ts";
import { S3_KEYS_MAX } from "../limits.ts";

const KEY_LIFE_MS = 365 * DAY_MS;
const KEY_BYTES = 32;

type Owner = Pick<BucketRecord, "accountId" | "region">;

/** The key to write under, and what makes it if there is none yet. */
export interface S3KeyForWriting {
  readonly id: string;
  readonly key: Secret;
  readonly change?: Change;
}

/** Keys unwrapped by this process, by the record that holds them: kept, for they are few. */
export class S3Keys {
  readonly #unwrapped = new Map<string, { readonly record: S3KeyRecord; readonly key: Secret }>();

  async forWriting(owner: Owner, scope: Scope): Promise<S3KeyForWriting> {
    const { accountId, region } = owner;
    const current = await scope.view.get(s3KeyCurrentSpace, accountId, region);
    const now = scope.clock.now().getTime();
    if (current && now - current.value.createdAt < KEY_LIFE_MS) {
      const { id } = current.value;
      return { id, key: await this.forReading(owner, id, scope) };
    }
    return this.#make(owner, scope);
  }

  /** The key with this id. Rejects when there is none, which only damage can bring about. */
  async forReading({ accountId, region }: Owner, id: string, scope: Scope): Promise<Secret> {
    const found = await scope.view.get(s3KeySpace, accountId, region, id);
    if (!found) throw new Error("an object names an S3-managed key that is not there");
    const known = this.#unwrapped.get(id);
    if (known?.record === found.value) return known.key;
    const key = await scope.keyring.unwrap(
      scope.store,
      placeOf(accountId, region, id),
      found.value.wrapped,
    );
    this.#keep(id, found.value, key);
    return key;
  }

  async #make({ accountId, region }: Owner, scope: Scope): Promise<S3KeyForWriting> {
    const id = randomUuid();
    const key = Secret.random(KEY_BYTES);
    scope.defer(() => key[Symbol.dispose]());
    const createdAt = scope.clock.now().getTime();
    const wrapped = await scope.keyring.wrap(scope.view, placeOf(accountId, region, id), key);
    const change = new Change()
      .put(s3KeySpace, [accountId, region, id], { id, createdAt, wrapped })
      .put(s3KeyCurrentSpace, [accountId, region], { id, createdAt });
    return { id, key, change };
  }

  /** An evicted key is left to the collector: a request may still be using it. */
  #keep(id: string, record: S3KeyRecord, key: Secret): void {
    this.#unwrapped.set(id, { record, key });
    const [oldest] = this.#unwrapped.keys();
    if (this.#unwrapped.size > S3_KEYS_MAX && oldest !== undefined) this.#unwrapped.delete(oldest);
  }
}

function placeOf(accountId: string, region: string, id: string) {
  return secretPlace("s3-managed-key", s3KeySpace, [accountId, region, id], "wrapped");
}
