/** A key's one policy: read, bound to whom it names, checked not to lock its writer out. */
import {
  type AttachedPolicy,
  type Policy,
  parsePolicy,
  PolicyError,
  type PrincipalReference,
} from "../policy/index.ts";
import {
  type KmsKeyPolicyRecord,
  kmsKeyPolicySpace,
  type KmsKeyRecord,
  type Pairs,
} from "../records/index.ts";
import type { Scope, Target } from "../service/index.ts";
import { ServiceError } from "../wire/index.ts";
import { malformedPolicy } from "./errors.ts";

/** AWS: a key has one policy, of this name. */
export const POLICY_NAME = "default";

type KeyPlace = Pick<KmsKeyRecord, "accountId" | "region" | "id">;

const compiled = new WeakMap<KmsKeyPolicyRecord, AttachedPolicy>();

/** The key's policy, compiled once per version of its record. */
export async function keyPolicyOf(
  { accountId, region, id }: KeyPlace,
  { view }: Pick<Scope, "view">,
): Promise<AttachedPolicy | undefined> {
  const found = await view.get(kmsKeyPolicySpace, accountId, region, id);
  if (!found) return undefined;
  let policy = compiled.get(found.value);
  if (!policy) {
    policy = attached(found.value);
    compiled.set(found.value, policy);
  }
  return policy;
}

/**
 * A policy as a request gives it, ready to be stored. Throws AWS's refusals: malformed, with
 * principals that do not exist, or too large.
 */
export async function bindKeyPolicy(
  text: string,
  { principals, view }: Pick<Scope, "principals" | "view">,
): Promise<KmsKeyPolicyRecord> {
  const policy = readPolicy(text);
  const bound = new Map<string, string>();
  for (const { form, value } of principalsOf(policy)) {
    if (form !== "user" && form !== "role" && form !== "account") continue;
    const arn = form === "account" && !value.startsWith("arn:") ? rootArn(value) : value;
    const id = await principals.resolve(arn, view);
    if (id === undefined) {
      throw malformedPolicy("Policy contains a statement with one or more invalid principals.");
    }
    if (form !== "account") bound.set(value, id);
  }
  const boundIds: Pairs = [...bound];
  return { text, boundIds };
}

/**
 * Refuses a policy under which its writer could not put another. `target` is the permission to put
 * a policy on the key in question.
 */
export async function checkLockout(
  record: KmsKeyPolicyRecord,
  target: Target,
  scope: Pick<Scope, "allows">,
): Promise<void> {
  const { policy: _, ...rest } = target;
  const allowed = await scope.allows({
    ...rest,
    action: "kms:PutKeyPolicy",
    policy: attached(record),
  });
  if (!allowed) {
    throw malformedPolicy(
      "The new key policy will not allow you to update the key policy in the future.",
    );
  }
}

/** The stored text, in which the unique id stands for whom a name no longer stands for. */
export async function showKeyPolicy(
  { text, boundIds }: KmsKeyPolicyRecord,
  { principals, view }: Pick<Scope, "principals" | "view">,
): Promise<string> {
  let shown = text;
  for (const [arn, id] of boundIds) {
    if ((await principals.resolve(arn, view)) === id) continue;
    shown = shown.replaceAll(JSON.stringify(arn), JSON.stringify(id));
  }
  return shown;
}

/** AWS: what a key gets whose creator gives none, in the layout in which AWS shows it. */
export function defaultKeyPolicy(accountId: string): KmsKeyPolicyRecord {
  const text = `{
  "Version" : "2012-10-17",
  "Id" : "key-default-1",
  "Statement" : [ {
    "Sid" : "Enable IAM User Permissions",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "${rootArn(accountId)}"
    },
    "Action" : "kms:*",
    "Resource" : "*"
  } ]
}`;
  return { text, boundIds: [] };
}

function attached({ text, boundIds }: KmsKeyPolicyRecord): AttachedPolicy {
  const policy = parsePolicy(text, "key", { boundIds: new Map(boundIds) });
  return { policy, name: POLICY_NAME };
}

function readPolicy(text: string): Policy {
  try {
    return parsePolicy(text, "key");
  } catch (error) {
    if (error instanceof PolicyError) throw new ServiceError(error.code, 400, error.message);
    throw error;
  }
}

function principalsOf({ statements }: Policy): readonly PrincipalReference[] {
  return statements.flatMap(({ principals }) => principals?.references ?? []);
}

function rootArn(accountId: string): string {
  return `arn:aws:iam::${accountId}:root`;
}
