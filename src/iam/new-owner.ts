/** What making a user and making a role have in common. */
import type { Change, PrincipalRecord } from "../records/index.ts";
import type { Scope } from "../service/index.ts";
import { ownerExists, quotaExceeded } from "./errors.ts";
import { newUniqueId } from "./identifiers.ts";
import { ROLES_MAX, USERS_MAX } from "./limits.ts";
import { namesOf, type OwnerKind, type Owners, putName, putOwner } from "./owners.ts";
import { beginUse } from "./policy-uses.ts";
import { holdsAtLeast } from "./quotas.ts";
import { parseTags, type TagList } from "./tags.ts";
import { accessChange, accountFor } from "./targets.ts";

const KINDS = {
  user: { prefix: "AIDA", quota: "UsersPerAccount", max: USERS_MAX },
  role: { prefix: "AROA", quota: "RolesPerAccount", max: ROLES_MAX },
} as const;

interface Wanted {
  readonly name: string;
  readonly Path?: string;
  readonly Tags?: TagList;
  readonly PermissionsBoundary?: string;
}

/** The members they share, and the change that writes the whole record. Throws the caller's error. */
export async function newOwner<K extends OwnerKind>(
  scope: Scope,
  kind: K,
  { name, Path = "/", Tags = [], PermissionsBoundary: boundary }: Wanted,
): Promise<{ common: PrincipalRecord; change: (owner: Owners[K]) => Change }> {
  const { view, store, clock } = scope;
  const accountId = accountFor(scope);
  const tags = parseTags(Tags);
  if (await view.get(namesOf[kind], accountId, name.toLowerCase())) throw ownerExists(kind, name);
  const { prefix, quota, max } = KINDS[kind];
  if (await holdsAtLeast(store, namesOf[kind].under(accountId), max)) {
    throw quotaExceeded(quota, max);
  }
  const common: PrincipalRecord = {
    id: newUniqueId(prefix),
    accountId,
    name,
    path: Path,
    createdAt: clock.now().getTime(),
    tags,
    inline: [],
    attached: [],
    ...(boundary !== undefined && { boundary }),
  };
  const change = accessChange();
  if (boundary !== undefined) {
    await beginUse({ view, change }, boundary, "boundary", { kind, owner: common });
  }
  const complete = (owner: Owners[K]) => {
    putOwner(change, kind, owner);
    putName(change, kind, owner);
    return change;
  };
  return { common, change: complete };
}
