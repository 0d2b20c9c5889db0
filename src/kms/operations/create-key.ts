import { assert } from "../../base/index.ts";
import { kmsKeyCountSpace } from "../../records/index.ts";
import { operation, type Scope, type Target } from "../../service/index.ts";
import { type Input, ServiceError } from "../../wire/index.ts";
import { type Conditions, tagConditions } from "../conditions.ts";
import { limitExceeded, unsupported, validation } from "../errors.ts";
import { shownMetadata } from "../event-details.ts";
import { keyArn } from "../key-id.ts";
import { keyMetadata } from "../key-metadata.ts";
import { bindKeyPolicy, checkLockout, defaultKeyPolicy } from "../key-policy.ts";
import { type KeySpecRow, keySpecRow } from "../key-specs.ts";
import { makeKey, newKeyId } from "../new-key.ts";
import type { KmsServices } from "../operation.ts";
import { addTags } from "../tags.ts";
import { accountTarget, placeOf } from "../target.ts";

type CreateKeyInput = Input<"kms", "CreateKey">;

/** A customer managed key in the caller's account. */
export const createKey = ({ keysMax }: KmsServices) =>
  operation({
    service: "kms",
    name: "CreateKey",
    event: { category: "management", readOnly: false },
    details: {
      request: shownRequest,
      response: ({ key }: Awaited<ReturnType<typeof makeKey>>) => ({
        keyMetadata: shownMetadata(key),
      }),
    },

    async targets(input, scope): Promise<CreateKeyTarget[]> {
      const own: Conditions = [...tagConditions(input.Tags), ...requestConditions(input)];
      const target = { ...accountTarget("kms:CreateKey", scope, own) };
      if (!input.Tags || input.Tags.length === 0) return [target];
      return [target, accountTarget("kms:TagResource", scope, own)];
    },

    async handle(input, [target], scope) {
      assert(target, "a key is created under a permission");
      const row = readSpec(input);
      const place = placeOf(scope);
      await checkQuota(place, keysMax, scope);
      const id = newKeyId();
      const arn = keyArn({ ...place, id });
      const made = await makeKey(
        {
          ...place,
          id,
          manager: "CUSTOMER",
          description: input.Description ?? "",
          tags: addTags([], input.Tags ?? []),
          row,
          usage: input.KeyUsage ?? row.usages[0] ?? "",
          policy: await readPolicy(input, { ...target, arn, resourceKind: "kms-key" }, scope),
        },
        scope,
      );
      made.change.add(kmsKeyCountSpace, [place.accountId, place.region], 1n);
      // The record names the key that came to be; a refused request names none.
      target.resource = { type: "AWS::KMS::Key", arn, accountId: place.accountId };
      return { output: made, change: made.change };
    },

    present: ({ key }) => ({ KeyMetadata: keyMetadata(key) }),
  });

interface CreateKeyTarget extends Target {
  resource?: NonNullable<Target["resource"]>;
}

/** What is not built yet is refused by AWS's names. */
function readSpec(input: CreateKeyInput): KeySpecRow {
  const { Origin = "AWS_KMS", KeySpec, CustomerMasterKeySpec, KeyUsage, MultiRegion } = input;
  if (KeySpec !== undefined && CustomerMasterKeySpec !== undefined) {
    throw validation(
      "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.",
    );
  }
  if (input.CustomKeyStoreId !== undefined) {
    throw new ServiceError("CustomKeyStoreNotFoundException", 400, "");
  }
  if (Origin !== "AWS_KMS") throw unsupported(`Origin ${Origin} is not supported.`);
  if (MultiRegion === true) throw unsupported("Multi-Region keys are not supported.");
  if (input.XksKeyId !== undefined) throw unsupported("XksKeyId is not supported.");
  const spec = KeySpec ?? CustomerMasterKeySpec ?? "SYMMETRIC_DEFAULT";
  const row = keySpecRow(spec);
  if (!row) throw unsupported(`KeySpec ${spec} is not supported.`);
  if (KeyUsage === undefined && row.usageIsRequired) {
    throw validation(
      "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.",
    );
  }
  if (KeyUsage !== undefined && !row.usages.some((usage) => usage === KeyUsage)) {
    throw validation(`KeyUsage ${KeyUsage} is not compatible with KeySpec ${spec}`);
  }
  return row;
}

async function readPolicy(input: CreateKeyInput, target: Target, scope: Scope) {
  if (input.Policy === undefined) return defaultKeyPolicy(target.accountId);
  const policy = await bindKeyPolicy(input.Policy, scope);
  if (input.BypassPolicyLockoutSafetyCheck !== true) await checkLockout(policy, target, scope);
  return policy;
}

/** Counted without a check of the commit: keys made at once may go a little beyond. */
async function checkQuota(
  { accountId, region }: { readonly accountId: string; readonly region: string },
  keysMax: number,
  { store }: Pick<Scope, "store">,
): Promise<void> {
  const count = await store.get(kmsKeyCountSpace, accountId, region);
  if (count && count.value.readBigInt64BE() >= BigInt(keysMax)) {
    throw limitExceeded("You have reached the quota of KMS keys in this Region.");
  }
}

function requestConditions(input: CreateKeyInput): Conditions {
  const spec = input.KeySpec ?? input.CustomerMasterKeySpec ?? "SYMMETRIC_DEFAULT";
  const usage = input.KeyUsage ?? (spec === "SYMMETRIC_DEFAULT" ? "ENCRYPT_DECRYPT" : undefined);
  const multiRegion = input.MultiRegion ?? false;
  return [
    ["kms:keyspec", spec],
    ["kms:customermasterkeyspec", spec],
    ["kms:keyusage", usage],
    ["kms:customermasterkeyusage", usage],
    ["kms:keyorigin", input.Origin ?? "AWS_KMS"],
    ["kms:multiregion", String(multiRegion)],
    ["kms:multiregionkeytype", multiRegion ? "PRIMARY" : undefined],
    ["kms:bypasspolicylockoutsafetycheck", String(input.BypassPolicyLockoutSafetyCheck ?? false)],
  ];
}

function shownRequest(input: CreateKeyInput): object {
  const spec = input.KeySpec ?? input.CustomerMasterKeySpec ?? "SYMMETRIC_DEFAULT";
  return {
    ...(input.Policy !== undefined && { policy: input.Policy }),
    description: input.Description ?? "",
    origin: input.Origin ?? "AWS_KMS",
    bypassPolicyLockoutSafetyCheck: input.BypassPolicyLockoutSafetyCheck ?? false,
    customerMasterKeySpec: spec,
    keySpec: spec,
    keyUsage: input.KeyUsage ?? "ENCRYPT_DECRYPT",
    multiRegion: input.MultiRegion ?? false,
    ...(input.Tags && {
      tags: input.Tags.map(({ TagKey, TagValue }) => ({ tagKey: TagKey, tagValue: TagValue })),
    }),
  };
}
