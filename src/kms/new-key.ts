/** A new key: its record, policy and first material, in one change. */
import { randomUuid } from "../crypto/index.ts";
import {
  Change,
  kmsDueSpace,
  type KmsKeyPolicyRecord,
  kmsKeyPolicySpace,
  type KmsKeyRecord,
  kmsKeySpace,
  kmsMaterialSpace,
  type KmsRotationSettings,
  kmsRotationSpace,
} from "../records/index.ts";
import type { Scope } from "../service/index.ts";
import { dueOf } from "./key-change.ts";
import type { KeySpecRow } from "./key-specs.ts";
import { makeMaterial } from "./materials.ts";

/** What its maker decides about a key. */
export interface NewKey extends Pick<
  KmsKeyRecord,
  "accountId" | "region" | "id" | "manager" | "description" | "tags"
> {
  readonly row: KeySpecRow;
  readonly usage: string;
  readonly policy: KmsKeyPolicyRecord;
  /** Of a key that is born with one. */
  readonly aliases?: readonly string[];
  readonly rotation?: KmsRotationSettings;
}

export function newKeyId(): string {
  return randomUuid();
}

/** The key enabled, with material of its own. */
export async function makeKey(
  { row, policy, ...facts }: NewKey,
  scope: Pick<Scope, "view" | "keyring" | "clock">,
): Promise<{ readonly key: KmsKeyRecord; readonly change: Change }> {
  const material = await makeMaterial(facts, row.materialBytes, scope);
  const { accountId, region, id } = facts;
  const createdAt = scope.clock.now().getTime();
  const key: KmsKeyRecord = {
    aliases: [],
    ...facts,
    createdAt,
    state: "Enabled",
    spec: row.spec,
    origin: "AWS_KMS",
    currentMaterialId: material.id,
    materials: 1,
    onDemandRotations: 0,
  };
  const change = new Change()
    .put(kmsKeySpace, [accountId, region, id], key)
    .put(kmsKeyPolicySpace, [accountId, region, id], policy)
    .put(kmsMaterialSpace, [accountId, region, id, material.id], material)
    .put(kmsRotationSpace, [accountId, region, id, 0n], {
      place: 0,
      materialId: material.id,
      at: createdAt,
    });
  const due = dueOf(key);
  if (due) change.put(kmsDueSpace, due, {});
  change.purpose = "upkeep";
  return { key, change };
}
