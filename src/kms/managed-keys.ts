/** AWS managed keys: made at a service's first use in an account and region. */
import { assert, daysAfter } from "../base/index.ts";
import { type KmsKeyRecord, kmsAliasSpace } from "../records/index.ts";
import { operation, type Scope } from "../service/index.ts";
import { ServiceError } from "../wire/index.ts";
import { aliasExists } from "./errors.ts";
import { aliasArn, keyArn } from "./key-id.ts";
import { keySpecRow } from "./key-specs.ts";
import { ROTATION_PERIOD_DAYS_DEFAULT } from "./limits.ts";
import { makeKey, newKeyId } from "./new-key.ts";
import { shownMetadata } from "./event-details.ts";
import { placeOf } from "./target.ts";

interface ManagedKey {
  readonly service: string;
  readonly policyId: string;
  readonly sid: string;
  readonly description: string;
}

const managed = new Map<string, ManagedKey>([
  [
    "alias/aws/s3",
    {
      service: "s3",
      policyId: "auto-s3-2",
      sid: "Allow access through S3 for all principals in the account that are authorized to use S3",
      description: "Default key that protects my S3 objects when no other key is defined",
    },
  ],
]);

/** Whether a key stands, or comes to stand, behind this alias by itself. */
export function isManagedAlias(name: string): boolean {
  return managed.has(name);
}

/**
 * Sees to it that the caller's account has the AWS managed key behind an alias, in a unit of its
 * own: the key is durable, and the rest of the request finds it as any other.
 */
export async function ensureManagedKey(alias: string, scope: Scope): Promise<void> {
  const { accountId, region } = placeOf(scope);
  if (accountId === "" || (await scope.store.get(kmsAliasSpace, accountId, region, alias))) return;
  try {
    await scope.callApart(createManagedKey(alias), {});
  } catch (error) {
    // Another request was first: its key is the one.
    const lost = error instanceof ServiceError && error.code === "AlreadyExistsException";
    if (!lost) throw error;
  }
}

/** Recorded as a CreateKey that the service made; nobody needs a permission for it. */
const createManagedKey = (alias: string) =>
  operation({
    service: "kms",
    name: "CreateKey",
    event: { category: "management", readOnly: false },
    details: {
      response: ({ key }: { readonly key: KmsKeyRecord }) => ({ keyMetadata: shownMetadata(key) }),
    },
    targets: async () => [],

    async handle(_input, _targets, scope) {
      const { accountId, region } = placeOf(scope);
      const there = await scope.view.get(kmsAliasSpace, accountId, region, alias);
      if (there) throw aliasExists(aliasArn({ accountId, region }, alias));
      const facts = managed.get(alias);
      const row = keySpecRow("SYMMETRIC_DEFAULT");
      assert(facts && row, "an AWS managed key is one of a table");
      const now = scope.clock.now();
      const periodDays = ROTATION_PERIOD_DAYS_DEFAULT;
      const nextAt = daysAfter(now, periodDays).getTime();
      const { key, change } = await makeKey(
        {
          accountId,
          region,
          id: newKeyId(),
          manager: "AWS",
          description: facts.description,
          tags: [],
          aliases: [alias],
          rotation: { periodDays, enabledAt: now.getTime(), nextAt },
          row,
          usage: "ENCRYPT_DECRYPT",
          policy: { text: policyText(facts, { accountId, region }), boundIds: [] },
        },
        scope,
      );
      change.put(kmsAliasSpace, [accountId, region, alias], {
        name: alias,
        keyId: key.id,
        createdAt: now.getTime(),
        updatedAt: now.getTime(),
      });
      return { output: { key }, change };
    },

    present: ({ key }) => ({ KeyMetadata: { KeyId: key.id, Arn: keyArn(key) } }),
  });

/** AWS: everybody of the account through the service; directly, its metadata only. */
function policyText(
  { service, policyId, sid }: ManagedKey,
  { accountId, region }: { readonly accountId: string; readonly region: string },
): string {
  return JSON.stringify(
    {
      Version: "2012-10-17",
      Id: policyId,
      Statement: [
        {
          Sid: sid,
          Effect: "Allow",
          Principal: { AWS: "*" },
          Action: [
            "kms:Encrypt",
            "kms:Decrypt",
            "kms:ReEncrypt*",
            "kms:GenerateDataKey*",
            "kms:DescribeKey",
          ],
          Resource: "*",
          Condition: {
            StringEquals: {
              "kms:CallerAccount": accountId,
              "kms:ViaService": `${service}.${region}.amazonaws.com`,
            },
          },
        },
        {
          Sid: "Allow direct access to key metadata to the account",
          Effect: "Allow",
          Principal: { AWS: `arn:aws:iam::${accountId}:root` },
          Action: ["kms:Describe*", "kms:Get*", "kms:List*"],
          Resource: "*",
        },
      ],
    },
    null,
    2,
  ).replaceAll('": ', '" : ');
}
