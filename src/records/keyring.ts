/**
 * The store key, in epochs: it wraps key material, recoverable secrets and the record root key.
 * Nothing outside this folder sees it. Whoever stores a wrapped secret commits against
 * `epoch/current`, so that a change of epoch finds every secret of the old one.
 */
import { assert } from "../base/index.ts";
import {
  type BoxPurpose,
  encodeFields,
  type Secret,
  unwrapSecret,
  wrapSecret,
} from "../crypto/index.ts";
import type { RootOfTrust } from "../root/index.ts";
import type { Part } from "./tuple.ts";
import type { Space } from "./space.ts";
import { epochSpace, type StoreKeyRecord, storeKeySpace, type Wrapped } from "./spaces/system.ts";
import type { RecordStore } from "./store.ts";
import type { View } from "./configuration.ts";

/** What the wrap of a store key under the root of trust is bound to. */
export function storeKeyBinding(deploymentId: string, epoch: number): Buffer {
  return encodeFields(["store-key", deploymentId, epoch]);
}

/** What a wrapped secret is and where it is kept: moved elsewhere it does not unwrap. */
export interface SecretPlace {
  readonly purpose: BoxPurpose;
  readonly space: Space<never, unknown>;
  readonly key: Buffer;
  /** The member of the record: `secrets` of the space names it. */
  readonly member: string;
}

/** The place of a member of a record. */
export function secretPlace<K extends readonly Part[], V>(
  purpose: BoxPurpose,
  space: Space<K, V>,
  parts: K,
  member: string,
): SecretPlace {
  assert(space.secrets[member] === purpose, "a wrapped secret stands where its space says");
  return { purpose, space: space, key: space.key(...parts), member };
}

export class Keyring {
  readonly #root: RootOfTrust;
  readonly #deploymentId: string;
  readonly #storeKeys = new Map<number, Secret>();

  constructor(root: RootOfTrust, deploymentId: string) {
    this.#root = root;
    this.#deploymentId = deploymentId;
  }

  /** Under the current epoch, on which the view's commit comes to depend. */
  async wrap(view: View, place: SecretPlace, secret: Secret): Promise<Wrapped> {
    const current = await view.get(epochSpace, "current");
    assert(current, "a deployment has a current epoch");
    return this.wrapUnder(view.store, current.value.epoch, place, secret);
  }

  /** Under a given epoch: for the sweep. */
  async wrapUnder(
    store: RecordStore,
    epoch: number,
    place: SecretPlace,
    secret: Secret,
  ): Promise<Wrapped> {
    const storeKey = await this.#storeKey(store, epoch);
    return { epoch, bytes: wrapSecret(storeKey, place.purpose, fieldsOf(place), secret) };
  }

  /** A secret of its own, for the caller to dispose of. Throws AuthenticationError. */
  async unwrap(store: RecordStore, place: SecretPlace, wrapped: Wrapped): Promise<Secret> {
    const storeKey = await this.#storeKey(store, wrapped.epoch);
    return unwrapSecret(storeKey, place.purpose, fieldsOf(place), wrapped.bytes);
  }

  /** Forgets the store key of an epoch that has ended. */
  forget(epoch: number): void {
    this.#storeKeys.get(epoch)?.[Symbol.dispose]();
    this.#storeKeys.delete(epoch);
  }

  /** Forgets those of all epochs before this one: in processes that did not end them themselves. */
  forgetBefore(epoch: number): void {
    for (const known of this.#storeKeys.keys()) if (known < epoch) this.forget(known);
  }

  /** The store key of an epoch, from its record. */
  async adopt(record: StoreKeyRecord): Promise<void> {
    if (this.#storeKeys.has(record.epoch)) return;
    const binding = storeKeyBinding(this.#deploymentId, record.epoch);
    const storeKey = await this.#root.unwrap(record.rootVersion, record.wrapped, binding);
    this.#storeKeys.set(record.epoch, storeKey);
  }

  async #storeKey(store: RecordStore, epoch: number): Promise<Secret> {
    const known = this.#storeKeys.get(epoch);
    if (known) return known;
    const found = await store.get(storeKeySpace, BigInt(epoch));
    if (!found) throw new EpochEnded(epoch);
    await this.adopt(found.value);
    return this.#storeKey(store, epoch);
  }

  [Symbol.dispose](): void {
    for (const storeKey of this.#storeKeys.values()) storeKey[Symbol.dispose]();
    this.#storeKeys.clear();
  }
}

/** A secret is wrapped under an epoch whose store key was destroyed: it opens nowhere any more. */
export class EpochEnded extends Error {
  override readonly name = "EpochEnded";

  constructor(epoch: number) {
    super(`the store key of epoch ${epoch} was destroyed`);
  }
}

/** What a wrap under a store key is bound to. */
export function fieldsOf({ space, key, member }: SecretPlace): (string | Uint8Array)[] {
  return [space.name, key, member];
}
