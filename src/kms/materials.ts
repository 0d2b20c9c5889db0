/**
 * Key material: made, wrapped, and kept unwrapped by the record that holds it, so that using a key
 * costs no unwrapping.
 */
import { assert, type Clock, MINUTE_MS } from "../base/index.ts";
import { deriveKey, Secret } from "../crypto/index.ts";
import {
  type KmsKeyRecord,
  type KmsMaterialRecord,
  kmsMaterialSpace,
  secretPlace,
} from "../records/index.ts";
import type { Scope } from "../service/index.ts";
import { MATERIAL_LIFE_MINUTES, MATERIALS_KEPT_MAX } from "./limits.ts";

type KeyPlace = Pick<KmsKeyRecord, "accountId" | "region" | "id">;
type Reader = Pick<Scope, "view" | "store" | "keyring">;

interface Kept {
  readonly record: KmsMaterialRecord;
  readonly secret: Secret;
  readonly keyId: string;
  readonly sinceMs: number;
}

/** Unwrapped materials of one process. A secret never leaves the call that works with it. */
export class Materials {
  readonly #clock: Clock;
  readonly #keptMax: number;
  readonly #kept = new Map<string, Kept>();

  constructor(clock: Clock, keptMax = MATERIALS_KEPT_MAX) {
    this.#clock = clock;
    this.#keptMax = keptMax;
  }

  /**
   * Works with a material of a key: `work` is not asynchronous and keeps nothing, so that a
   * material may be wiped as soon as no work is under way. Undefined: the key has no such material.
   */
  async use<T>(
    key: KeyPlace,
    materialId: string,
    { view, store, keyring }: Reader,
    work: (material: Secret) => T,
  ): Promise<{ readonly result: T } | undefined> {
    const { accountId, region, id: keyId } = key;
    const found = await view.get(kmsMaterialSpace, accountId, region, keyId, materialId);
    this.#dropOld();
    if (!found) return undefined;
    const id = `${region}/${keyId}/${materialId}`;
    const kept = this.#kept.get(id);
    if (kept?.record === found.value) return { result: work(kept.secret) };
    const place = materialPlace(key, materialId);
    const secret = await keyring.unwrap(store, place, found.value.wrapped);
    this.#keep(id, { record: found.value, secret, keyId, sinceMs: this.#clock.monotonicMs() });
    return { result: work(secret) };
  }

  /** Wipes what is kept of a key that is gone. */
  forget(keyId: string): void {
    for (const [id, kept] of this.#kept) if (kept.keyId === keyId) this.#drop(id, kept);
  }

  get size(): number {
    return this.#kept.size;
  }

  /** They stand in the order of their age: what is too old is at the front. */
  #dropOld(): void {
    const freshMs = this.#clock.monotonicMs() - MATERIAL_LIFE_MINUTES * MINUTE_MS;
    for (const [id, kept] of this.#kept) {
      if (kept.sinceMs > freshMs) return;
      this.#drop(id, kept);
    }
  }

  #keep(id: string, kept: Kept): void {
    const former = this.#kept.get(id);
    if (former) this.#drop(id, former);
    this.#kept.set(id, kept);
    const [oldest] = this.#kept;
    if (this.#kept.size > this.#keptMax && oldest) this.#drop(...oldest);
  }

  #drop(id: string, kept: Kept): void {
    this.#kept.delete(id);
    kept.secret[Symbol.dispose]();
  }
}

/** AWS: 64 hex digits that follow from the key and the material, and tell nothing of the latter. */
export function materialIdOf(keyId: string, material: Secret): string {
  using id = deriveKey(material, `kms-material-id/${keyId}`);
  return id.expose().toString("hex");
}

/** Fresh material for a key, wrapped; the clear bytes are gone when it returns. */
export async function makeMaterial(
  key: KeyPlace,
  bytes: number,
  { view, keyring, clock }: Pick<Scope, "view" | "keyring" | "clock">,
): Promise<KmsMaterialRecord> {
  using material = Secret.random(bytes);
  const id = materialIdOf(key.id, material);
  const wrapped = await keyring.wrap(view, materialPlace(key, id), material);
  return { id, createdAt: clock.now().getTime(), wrapped };
}

/** The material that a key encrypts with. */
export function currentMaterial(key: KmsKeyRecord): string {
  assert(key.currentMaterialId !== undefined, "a usable key has a current material");
  return key.currentMaterialId;
}

function materialPlace({ accountId, region, id }: KeyPlace, materialId: string) {
  const parts = [accountId, region, id, materialId] as const;
  return secretPlace("kms-key-material", kmsMaterialSpace, [...parts], "wrapped");
}
