/** What IAM's operations are about, found in the caller's account and named by ARN. */
import { assert } from "../base/index.ts";
import { Change, type Found, type Pairs, type PolicyRecord } from "../records/index.ts";
import { accountOf, type Scope, type Target } from "../service/index.ts";
import { parseArn } from "./arns.ts";
import { type AwsManagedPolicy, awsManagedPolicy } from "./aws-managed-policies.ts";
import { invalidArn, noSuchOwner, noSuchPolicy, sessionNotForIam } from "./errors.ts";
import { findPolicy } from "./managed-policy.ts";
import { getNamedOwner, ownerArn, type OwnerKind, type Owners } from "./owners.ts";
import type { TagList } from "./tags.ts";

export type Context = Map<string, readonly string[]>;

export interface OwnerTarget<K extends OwnerKind> extends Target {
  /** Absent only where the target is. */
  readonly owner?: Found<Owners[K]>;
}

export interface PolicyTarget extends Target {
  readonly policy?: undefined;
  readonly managed?: Found<PolicyRecord>;
  readonly aws?: AwsManagedPolicy;
}

/** The account that a caller of IAM acts in. */
export function accountFor({ caller }: Scope): string {
  const limited = caller.kind === "user" || caller.kind === "root" ? caller.session : undefined;
  if (limited && !limited.mfa) throw sessionNotForIam();
  return accountOf(caller) ?? "";
}

/** For actions that know no resources, and those about the account's root user. */
export function accountTarget(scope: Scope, action: string, arn = "*"): Target {
  return { action, arn, accountId: accountFor(scope), resourceKind: "none" };
}

/** A user or role that must be there. */
export async function ownerTarget<K extends OwnerKind>(
  scope: Scope,
  kind: K,
  { action, name, context }: { action: string; name: string; context?: Context },
): Promise<OwnerTarget<K>> {
  const accountId = accountFor(scope);
  const owner = await getNamedOwner(scope.view, kind, { accountId, name });
  const named = owner?.value ?? { accountId, path: "/", name };
  return {
    action,
    arn: ownerArn(kind, named),
    accountId,
    resourceKind: "none",
    context: new Map([...(context ?? []), ...resourceTags(owner?.value.tags ?? [])]),
    ...(owner ? { owner } : { absent: { error: noSuchOwner(kind, name) } }),
  };
}

/** The record behind a target that is not absent. */
export function ownerIn<K extends OwnerKind>([target]: readonly OwnerTarget<K>[]): Owners[K] {
  assert(target?.owner, "a handler runs for targets that are there");
  return target.owner.value;
}

/** Somebody or something that is to be made; who tags it needs the permission for that too. */
export function newTargets(
  scope: Scope,
  {
    action,
    tagAction,
    arn,
  }: { action: string; tagAction: string; arn: (accountId: string) => string },
  { Tags = [], PermissionsBoundary }: { Tags?: TagList; PermissionsBoundary?: string },
): Target[] {
  const accountId = accountFor(scope);
  const context = requestTags(Tags);
  if (PermissionsBoundary !== undefined) {
    context.set("iam:permissionsboundary", [PermissionsBoundary]);
  }
  const made: Target = { action, arn: arn(accountId), accountId, resourceKind: "none", context };
  return Tags.length > 0 ? [made, { ...made, action: tagAction }] : [made];
}

/** A managed policy of the account or of AWS. */
export async function policyTarget(
  scope: Scope,
  action: string,
  arn: string,
): Promise<PolicyTarget> {
  const parsed = parseArn(arn);
  if (parsed?.kind !== "policy") throw invalidArn(arn);
  const caller = accountFor(scope);
  const accountId = parsed.accountId === "aws" ? caller : parsed.accountId;
  const aws = awsManagedPolicy(arn);
  const managed = accountId === caller && !aws ? await findPolicy(scope.view, arn) : undefined;
  const target = { action, arn, accountId, resourceKind: "none" } as const;
  if (aws) return { ...target, aws };
  if (!managed) return { ...target, absent: { error: noSuchPolicy(arn) } };
  return { ...target, managed, context: new Map(resourceTags(managed.value.tags)) };
}

/** aws:RequestTag/… and aws:TagKeys. */
export function requestTags(tags: TagList): Context {
  const context: Context = new Map();
  for (const { Key, Value } of tags) context.set(`aws:requesttag/${Key.toLowerCase()}`, [Value]);
  if (tags.length > 0)
    context.set(
      "aws:tagkeys",
      tags.map(({ Key }) => Key),
    );
  return context;
}

/** aws:ResourceTag/… and IAM's own name for the same. */
export function resourceTags(tags: Pairs): Context {
  const context: Context = new Map();
  for (const [key, value] of tags) {
    context.set(`aws:resourcetag/${key.toLowerCase()}`, [value]);
    context.set(`iam:resourcetag/${key.toLowerCase()}`, [value]);
  }
  return context;
}

/** A change of who may do what: it may use the disk reserve. */
export function accessChange(): Change {
  const change = new Change();
  change.purpose = "upkeep";
  return change;
}
