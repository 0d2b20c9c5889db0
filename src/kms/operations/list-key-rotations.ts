import {
  type KmsKeyRecord,
  type KmsRotationRecord,
  kmsRotationSpace,
} from "../../records/index.ts";
import { operation } from "../../service/index.ts";
import { invalidMarker } from "../errors.ts";
import { parseMarker, readLimit, storedPage } from "../paging.ts";
import { keyOf, keyTarget } from "../target.ts";

const BOUNDS = { usual: 100, max: 1000 };

/** A key's rotations, oldest first; on request the first material too, which no rotation made. */
export const listKeyRotations = operation({
  service: "kms",
  name: "ListKeyRotations",
  event: { category: "management", readOnly: true },

  async targets({ KeyId }, scope) {
    return [await keyTarget("kms:ListKeyRotations", KeyId, scope)];
  },

  async handle({ IncludeKeyMaterial, Limit, Marker }, [target], { store }) {
    const key = keyOf(target);
    const list = `ListKeyRotations ${key.id}`;
    const first = IncludeKeyMaterial === "ALL_KEY_MATERIAL" ? undefined : 0;
    const after = readPlace(parseMarker(list, Marker)) ?? first;
    const { items, ...page } = await storedPage(
      store,
      {
        space: kmsRotationSpace,
        range: kmsRotationSpace.under(...placeOfKey(key)),
        after:
          after === undefined ? undefined : kmsRotationSpace.key(...placeOfKey(key), BigInt(after)),
      },
      { list, limit: readLimit(Limit, BOUNDS), name: ({ place }) => String(place) },
    );
    const rotations = items.map((rotation) => shownRotation(rotation, key));
    return { output: { Rotations: rotations, ...page } };
  },
});

function shownRotation({ materialId, at, type }: KmsRotationRecord, key: KmsKeyRecord) {
  const current = materialId === key.currentMaterialId;
  return {
    KeyId: key.id,
    KeyMaterialId: materialId,
    KeyMaterialState: current ? "CURRENT" : "NON_CURRENT",
    ...(type && { RotationDate: new Date(at), RotationType: type }),
  } as const;
}

function placeOfKey({ accountId, region, id }: KmsKeyRecord): [string, string, string] {
  return [accountId, region, id];
}

function readPlace(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw invalidMarker();
  return Number(text);
}
