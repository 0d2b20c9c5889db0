/** Users and roles by unique id and by name. */
import {
  type Found,
  roleNameSpace,
  type RoleRecord,
  roleSpace,
  userNameSpace,
  type UserRecord,
  userSpace,
  type View,
} from "../records/index.ts";

export interface Owners {
  readonly user: UserRecord;
  readonly role: RoleRecord;
}

export type OwnerKind = keyof Owners;

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
  const names = kind === "user" ? userNameSpace : roleNameSpace;
  const found = await view.get(names, accountId, name.toLowerCase());
  return found && getOwner(view, kind, found.value.id);
}
