/**
 * Who uses a managed policy. The policy's record is put again with every use that begins or ends,
 * so that a policy is not deleted while somebody begins to use it.
 */
import {
  type Change,
  type PolicyRecord,
  policySpace,
  policyUseSpace,
  type PrincipalRecord,
  type RecordStore,
  type View,
} from "../records/index.ts";
import { parseArn } from "./arns.ts";
import { awsManagedPolicy } from "./aws-managed-policies.ts";
import { notAttachable, unparsableArn } from "./errors.ts";
import { findPolicy } from "./managed-policy.ts";
import type { OwnerKind } from "./owners.ts";
import type { PolicyCounts } from "./shapes.ts";

export type Use = "attached" | "boundary";

interface User {
  readonly kind: OwnerKind;
  readonly owner: PrincipalRecord;
}

interface Work {
  readonly view: View;
  readonly change: Change;
}

/** The ARN's policy must be there, and be the account's or AWS's. Throws the caller's error. */
export async function beginUse(
  { view, change }: Work,
  arn: string,
  use: Use,
  { kind, owner }: User,
): Promise<void> {
  const parsed = parseArn(arn);
  if (!/^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+/.test(arn)) throw unparsableArn();
  if (parsed?.kind !== "policy") throw notAttachable(arn);
  if (!awsManagedPolicy(arn)) {
    const found = parsed.accountId === owner.accountId ? await findPolicy(view, arn) : undefined;
    if (!found) throw notAttachable(arn);
    touch(change, found.value);
  }
  change.put(policyUseSpace, [owner.accountId, arn, use, owner.id], { kind });
}

export async function endUse(
  { view, change }: Work,
  arn: string,
  use: Use,
  owner: PrincipalRecord,
): Promise<void> {
  const found = await findPolicy(view, arn);
  if (found) touch(change, found.value);
  change.delete(policyUseSpace, owner.accountId, arn, use, owner.id);
}

/** How many of the account's users and roles use the policy, and how. */
export async function countsOf(
  store: RecordStore,
  policy: { readonly accountId: string; readonly arn: string },
): Promise<PolicyCounts> {
  const [attached, boundary] = await Promise.all([
    countUses(store, policy, "attached"),
    countUses(store, policy, "boundary"),
  ]);
  return { attached, boundary };
}

async function countUses(
  store: RecordStore,
  { accountId, arn }: { readonly accountId: string; readonly arn: string },
  use: Use,
): Promise<number> {
  let count = 0;
  for await (const _ of store.all(policyUseSpace, policyUseSpace.under(accountId, arn, use))) {
    count += 1;
  }
  return count;
}

function touch(change: Change, policy: PolicyRecord): void {
  change.put(policySpace, [policy.accountId, policy.name.toLowerCase()], policy);
}
