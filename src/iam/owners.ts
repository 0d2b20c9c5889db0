/** Users and roles by unique id and by name. */
import {
  type Change,
  type Found,
  type PrincipalRecord,
  type RecordStore,
  roleNameSpace,
  type RoleRecord,
  roleSpace,
  userNameSpace,
  type UserRecord,
  userSpace,
  type View,
} from "../records/index.ts";
import { roleArn, userArn } from "./arns.ts";

export interface Owners {
  readonly user: UserRecord;
  readonly role: RoleRecord;
}

export type OwnerKind = keyof Owners;

/** Names in use, by kind. */
export const namesOf = { user: userNameSpace, role: roleNameSpace } as const;

/** By unique id. */
export function getOwner<K extends OwnerKind>(
  view: View,
  kind: K,
  id: string,
): Promise<Found<Owners[K]> | undefined> {
  const found = kind === "user" ? view.get(userSpace, id) : view.get(roleSpace, id);
  return found as Promise<Found<Owners[K]> | undefined>;
}

/** By name, without regard to case. */
export async function getNamedOwner<K extends OwnerKind>(
  view: View,
  kind: K,
  { accountId, name }: { readonly accountId: string; readonly name: string },
): Promise<Found<Owners[K]> | undefined> {
  const found = await view.get(namesOf[kind], accountId, name.toLowerCase());
  return found && getOwner(view, kind, found.value.id);
}

/** Writes the record of one that exists or is made. */
export function putOwner<K extends OwnerKind>(change: Change, kind: K, owner: Owners[K]): void {
  if (kind === "user") change.put(userSpace, [owner.id], owner as UserRecord);
  else change.put(roleSpace, [owner.id], owner as RoleRecord);
}

/** Gives the name to an owner. */
export function putName(change: Change, kind: OwnerKind, owner: PrincipalRecord): void {
  const { accountId, name, id, path } = owner;
  change.put(namesOf[kind], [accountId, name.toLowerCase()], { id, path });
}

/** Deletes the owner and its name. What belongs to it is deleted before. */
export function deleteOwner(change: Change, kind: OwnerKind, owner: PrincipalRecord): void {
  change.delete(namesOf[kind], owner.accountId, owner.name.toLowerCase());
  if (kind === "user") change.delete(userSpace, owner.id);
  else change.delete(roleSpace, owner.id);
}

export function ownerArn(
  kind: OwnerKind,
  owner: { readonly accountId: string; readonly path: string; readonly name: string },
): string {
  return kind === "user" ? userArn(owner) : roleArn(owner);
}

/** Those that are still there, in the order of their ids: for lists, on which nothing depends. */
export async function ownersById<K extends OwnerKind>(
  store: RecordStore,
  kind: K,
  ids: readonly string[],
): Promise<readonly Owners[K][]> {
  const get = (id: string) =>
    kind === "user" ? store.get(userSpace, id) : store.get(roleSpace, id);
  const found = await Promise.all(ids.map(get));
  return found.flatMap((owner) => (owner ? [owner.value as Owners[K]] : []));
}
