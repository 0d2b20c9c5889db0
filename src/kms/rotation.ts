/** Rotation: new material for what is encrypted from now on; the old stays for what was. */
import { assert, DAY_MS } from "../base/index.ts";
import {
  type Change,
  type KmsKeyRecord,
  kmsMaterialSpace,
  type KmsRotationRecord,
  kmsRotationSpace,
} from "../records/index.ts";
import type { Scope } from "../service/index.ts";
import { unsupported } from "./errors.ts";
import { changeKey } from "./key-change.ts";
import { keySpecRow } from "./key-specs.ts";
import { makeMaterial } from "./materials.ts";

/** AWS: symmetric keys whose material KMS made. The refusal has no text. */
export function requireRotatable({ spec, origin }: KmsKeyRecord): void {
  if (spec !== "SYMMETRIC_DEFAULT" || origin !== "AWS_KMS") throw unsupported("");
}

/** A rotation that is ready to be committed. */
export interface Rotated {
  readonly key: KmsKeyRecord;
  readonly change: Change;
}

export async function rotateKey(
  key: KmsKeyRecord,
  type: NonNullable<KmsRotationRecord["type"]>,
  scope: Pick<Scope, "view" | "keyring" | "clock">,
): Promise<Rotated> {
  const row = keySpecRow(key.spec);
  assert(row, "a key has a spec of the table");
  const { accountId, region, id, materials: place } = key;
  const material = await makeMaterial(key, row.materialBytes, scope);
  const rotated: KmsKeyRecord = {
    ...key,
    currentMaterialId: material.id,
    materials: place + 1,
    ...(type === "ON_DEMAND"
      ? { onDemandRotations: key.onDemandRotations + 1 }
      : nextAutomatic(key, material.createdAt)),
  };
  const change = changeKey(key, rotated)
    .put(kmsMaterialSpace, [accountId, region, id, material.id], material)
    .put(kmsRotationSpace, [accountId, region, id, BigInt(place)], {
      place,
      materialId: material.id,
      at: material.createdAt,
      type,
    });
  return { key: rotated, change };
}

function nextAutomatic({ rotation }: KmsKeyRecord, now: number): Pick<KmsKeyRecord, "rotation"> {
  if (!rotation) return {};
  return { rotation: { ...rotation, nextAt: now + rotation.periodDays * DAY_MS } };
}
