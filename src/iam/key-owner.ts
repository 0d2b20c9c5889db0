/**
 * Whose access keys a request is about: the named user's, or without a name the caller's own, who
 * is a user or the account's root user.
 */
import { assert } from "../base/index.ts";
import {
  type AccessKeyRecord,
  accessKeySpace,
  accountSpace,
  type Change,
  type View,
} from "../records/index.ts";
import type { Scope } from "../service/index.ts";
import { rootArn } from "./arns.ts";
import { noSuchAccessKey, userNameNeeded } from "./errors.ts";
import { putOwner } from "./owners.ts";
import { accountFor, accountTarget, type OwnerTarget, ownerTarget } from "./targets.ts";

export interface KeyOwner {
  readonly kind: AccessKeyRecord["ownerKind"];
  readonly accountId: string;
  /** The account's id for its root user. */
  readonly id: string;
  /** Undefined for the root user. */
  readonly name: string | undefined;
  readonly accessKeyIds: readonly string[];
  /** Writes the list of its keys. */
  putKeyIds(change: Change, ids: readonly string[]): void;
}

/** The owner is absent where it is the account's root user. */
export async function keyOwnerTarget(
  scope: Scope,
  action: string,
  userName: string | undefined,
): Promise<OwnerTarget<"user">> {
  const { caller } = scope;
  if (userName === undefined && caller.kind === "root") {
    return accountTarget(scope, action, rootArn(accountFor(scope)));
  }
  const name = userName ?? (caller.kind === "user" ? caller.userName : undefined);
  if (name === undefined) throw userNameNeeded();
  return ownerTarget(scope, "user", { action, name });
}

export async function keyOwnerIn(
  [target]: readonly OwnerTarget<"user">[],
  view: View,
): Promise<KeyOwner> {
  assert(target, "there is one target");
  if (target.owner) {
    const user = target.owner.value;
    const { id, accountId, name, accessKeyIds } = user;
    const putKeyIds = (change: Change, ids: readonly string[]) =>
      putOwner(change, "user", { ...user, accessKeyIds: ids });
    return { kind: "user", accountId, id, name, accessKeyIds, putKeyIds };
  }
  const found = await view.get(accountSpace, target.accountId);
  assert(found, "the account of an authenticated caller is there");
  const account = found.value;
  const { id, accessKeyIds } = account;
  const putKeyIds = (change: Change, ids: readonly string[]) =>
    void change.put(accountSpace, [id], { ...account, accessKeyIds: ids });
  return { kind: "root", accountId: id, id, name: undefined, accessKeyIds, putKeyIds };
}

/** One of the owner's keys; another's is not found. */
export async function findKey(owner: KeyOwner, id: string, view: View): Promise<AccessKeyRecord> {
  const found = owner.accessKeyIds.includes(id) ? await view.get(accessKeySpace, id) : undefined;
  if (!found) throw noSuchAccessKey(id);
  return found.value;
}
