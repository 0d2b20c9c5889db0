/** The targets of KMS's operations: a key with its policy, an alias, or no resource at all. */
import { type KmsKeyRecord, kmsAliasSpace, kmsKeySpace } from "../records/index.ts";
import { accountOf, type Scope, type Target } from "../service/index.ts";
import { assert } from "../base/index.ts";
import { type Conditions, conditionsOn } from "./conditions.ts";
import { aliasNotFound, keyNotFound } from "./errors.ts";
import {
  aliasArn,
  keyArn,
  type KeyName,
  parseKeyName,
  parseKeyNameOnly,
  type Place,
} from "./key-id.ts";
import { keyPolicyOf } from "./key-policy.ts";

/** A target with its key: handlers act on this key and look none up again. */
export interface KeyTarget extends Target {
  readonly key?: KmsKeyRecord;
}

interface Options {
  readonly conditions?: Conditions;
  readonly deniedAs?: Target["deniedAs"];
}

/** Where the caller's own names are looked up. */
export function placeOf({ caller, request }: Pick<Scope, "caller" | "request">): Place {
  return { accountId: accountOf(caller) ?? "", region: request.region };
}

/** A permission on a key that the request names in any way. Throws for what can be no name. */
export async function anyKeyTarget(
  action: string,
  text: string,
  scope: Scope,
  options: Options = {},
): Promise<KeyTarget> {
  return namedKeyTarget(action, parseKeyName(text, placeOf(scope)), scope, options);
}

/** A permission on a key that the request names by id or ARN: AWS takes no alias here. */
export async function keyTarget(
  action: string,
  text: string,
  scope: Scope,
  options: Options = {},
): Promise<KeyTarget> {
  return namedKeyTarget(action, parseKeyNameOnly(text, placeOf(scope)), scope, options);
}

export async function namedKeyTarget(
  action: string,
  name: KeyName,
  scope: Scope,
  options: Options = {},
): Promise<KeyTarget> {
  if (name.kind === "key") return onKey(action, name, scope, options);
  const { accountId, region } = name;
  const alias = await scope.view.get(kmsAliasSpace, accountId, region, name.name);
  if (!alias) return absentTarget(action, name, scope, options);
  const conditions = [...(options.conditions ?? []), ["kms:requestalias", name.name] as const];
  const key = { accountId, region, id: alias.value.keyId };
  return onKey(action, key, scope, { ...options, conditions });
}

/** The key of a target that was permitted: dispatch has seen to it that it exists. */
export function keyOf(target: KeyTarget | undefined): KmsKeyRecord {
  assert(target?.key, "a handler's key exists");
  return target.key;
}

/** A permission that is about no resource. */
export function accountTarget(action: string, scope: Scope, conditions: Conditions = []): Target {
  return {
    action,
    arn: "*",
    accountId: placeOf(scope).accountId,
    resourceKind: "none",
    context: conditionsOn(undefined, scope, conditions),
  };
}

/** A permission on an alias itself, which only identity policies give. */
export function aliasTarget(action: string, name: string, scope: Scope): Target {
  const place = placeOf(scope);
  const arn = aliasArn(place, name);
  return {
    action,
    arn,
    accountId: place.accountId,
    resourceKind: "none",
    context: conditionsOn(undefined, scope, []),
    resource: { type: "AWS::KMS::Alias", arn, accountId: place.accountId },
  };
}

/** A permission on an alias that exists and one on the key behind it, in this order. */
export async function namedAliasTargets(
  action: string,
  name: string,
  scope: Scope,
): Promise<readonly KeyTarget[]> {
  const place = placeOf(scope);
  const target = aliasTarget(action, name, scope);
  const found = await scope.view.get(kmsAliasSpace, place.accountId, place.region, name);
  if (!found) return [{ ...target, absent: { error: aliasNotFound(target.arn) } }];
  return [target, await onKey(action, { ...place, id: found.value.keyId }, scope, {})];
}

async function onKey(
  action: string,
  place: Place & { readonly id: string },
  scope: Scope,
  options: Options,
): Promise<KeyTarget> {
  const { accountId, region, id } = place;
  const found = await scope.view.get(kmsKeySpace, accountId, region, id);
  if (!found) return absentTarget(action, { kind: "key", ...place }, scope, options);
  const policy = await keyPolicyOf(place, scope);
  const key = found.value;
  const arn = keyArn(key);
  return {
    action,
    arn,
    accountId,
    key,
    resourceKind: "kms-key",
    context: conditionsOn(key, scope, options.conditions ?? []),
    resource: { type: "AWS::KMS::Key", arn, accountId },
    ...(policy && { policy }),
    ...(options.deniedAs !== undefined && { deniedAs: options.deniedAs }),
  };
}

/**
 * Who could use any key of the account is told that this one is missing. A stranger to the account
 * and the sender of a ciphertext are refused as for a key that exists.
 */
function absentTarget(
  action: string,
  name: KeyName,
  scope: Scope,
  { conditions = [], deniedAs }: Options,
): KeyTarget {
  const own = name.accountId === accountOf(scope.caller) && deniedAs !== "ciphertext";
  const arn = name.kind === "key" ? keyArn(name) : aliasArn(name, name.name);
  return {
    action,
    arn,
    accountId: name.accountId,
    resourceKind: own ? "none" : "kms-key",
    context: conditionsOn(undefined, scope, conditions),
    absent: { error: name.kind === "key" ? keyNotFound(arn) : aliasNotFound(arn) },
    ...(deniedAs !== undefined && { deniedAs }),
  };
}
