/** Where AWS decides by the action itself, whatever the policies say. */
import type { Policies } from "./access-request.ts";
import type { Asked } from "./evaluate.ts";

/** AWS: identifying oneself needs no permission and cannot be denied. */
export function needsNoPermission({ action, principal }: Asked): boolean {
  if (action === "sts:getcalleridentity") return principal.kind !== "anonymous";
  return (
    action === "sts:getsessiontoken" && (principal.kind === "user" || principal.kind === "root")
  );
}

const changesOfManagedPolicies = new Set([
  "iam:createpolicy",
  "iam:createpolicyversion",
  "iam:deletepolicy",
  "iam:deletepolicyversion",
  "iam:setdefaultpolicyversion",
  "iam:tagpolicy",
  "iam:untagpolicy",
]);

const changesOfAliases = new Set(["kms:createalias", "kms:deletealias", "kms:updatealias"]);

/** AWS's own managed policies and `alias/aws/*` are changed by nobody, allowed or not. */
export function isBeyondPolicies({ action, resource }: Asked): boolean {
  if (changesOfManagedPolicies.has(action)) return /^arn:[^:]*:iam::aws:policy\//.test(resource);
  return changesOfAliases.has(action) && /^arn:[^:]*:kms:[^:]*:\d*:alias\/aws\//i.test(resource);
}

/** What may be done to a key of another account at all (KMS guide, "Permissions reference"). */
const acrossAccounts = new Set(
  [
    "Encrypt",
    "Decrypt",
    "ReEncryptFrom",
    "ReEncryptTo",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
    "GenerateMac",
    "VerifyMac",
    "Sign",
    "Verify",
    "DeriveSharedSecret",
    "DescribeKey",
    "GetPublicKey",
    "CreateGrant",
    "ListGrants",
    "RevokeGrant",
    "RetireGrant",
    "GetKeyRotationStatus",
  ].map((name) => `kms:${name.toLowerCase()}`),
);

/** Whether a resource of another account can be reached by the action, policies permitting. */
export function crossesAccounts(kind: Policies["resourceKind"], action: string): boolean {
  return kind !== "kms-key" || acrossAccounts.has(action);
}
