/** Managed policies of users and roles. */
import { type Change, type View } from "../records/index.ts";
import { parseArn } from "./arns.ts";
import { noSuchPolicy, quotaExceeded } from "./errors.ts";
import { ATTACHED_POLICIES_MAX } from "./limits.ts";
import { type OwnerKind, type Owners, putOwner } from "./owners.ts";
import { type PageInput, pageOf } from "./paging.ts";
import { beginUse, endUse } from "./policy-uses.ts";
import { accessChange } from "./targets.ts";

const QUOTA = { user: "PoliciesPerUser", role: "PoliciesPerRole" } as const;

/** What is attached already stays so, and nothing is written. */
export async function attachPolicy<K extends OwnerKind>(
  kind: K,
  owner: Owners[K],
  { arn, view }: { readonly arn: string; readonly view: View },
): Promise<Change> {
  const change = accessChange();
  if (owner.attached.includes(arn)) return change;
  await beginUse({ view, change }, arn, "attached", { kind, owner });
  if (owner.attached.length >= ATTACHED_POLICIES_MAX) {
    throw quotaExceeded(QUOTA[kind], ATTACHED_POLICIES_MAX);
  }
  putOwner(change, kind, { ...owner, attached: [...owner.attached, arn] });
  return change;
}

export async function detachPolicy<K extends OwnerKind>(
  kind: K,
  owner: Owners[K],
  { arn, view }: { readonly arn: string; readonly view: View },
): Promise<Change> {
  if (!owner.attached.includes(arn)) throw noSuchPolicy(arn);
  const change = accessChange();
  await endUse({ view, change }, arn, "attached", owner);
  putOwner(change, kind, { ...owner, attached: owner.attached.filter((one) => one !== arn) });
  return change;
}

export function listAttachedPolicies(
  owner: Owners[OwnerKind],
  input: PageInput & { readonly PathPrefix?: string },
) {
  const { PathPrefix = "/" } = input;
  const below = owner.attached.filter((arn) => parseArn(arn)?.path.startsWith(PathPrefix));
  const { items, page } = pageOf(below, input, (arn) => arn);
  const AttachedPolicies = items.map((arn) => ({
    PolicyName: parseArn(arn)?.name,
    PolicyArn: arn,
  }));
  return { AttachedPolicies, ...page };
}
