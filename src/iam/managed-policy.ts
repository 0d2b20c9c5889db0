/** Managed policies by ARN: an account's own, and those of AWS that every account has. */
import type { AttachedPolicy } from "../policy/index.ts";
import {
  type Found,
  type PolicyRecord,
  policySpace,
  policyVersionSpace,
  type View,
} from "../records/index.ts";
import { parseArn, policyArn } from "./arns.ts";
import { awsManagedPolicy } from "./aws-managed-policies.ts";
import { compiled } from "./compiled-policy.ts";

/** The default version, compiled. Undefined: there is no such policy. */
export async function managedPolicy(
  arn: string,
  kind: "identity" | "boundary" | "session",
  view: View,
): Promise<AttachedPolicy | undefined> {
  const aws = awsManagedPolicy(arn);
  if (aws) return compiled(aws, kind, { name: aws.name, arn });
  const found = await findPolicy(view, arn);
  return found && (defaults[kind].get(found.value) ?? readDefault(found.value, kind, view));
}

/** By the policy's record: what a version says never changes, which one it is stands there. */
const defaults = {
  identity: new WeakMap<PolicyRecord, AttachedPolicy>(),
  boundary: new WeakMap<PolicyRecord, AttachedPolicy>(),
  session: new WeakMap<PolicyRecord, AttachedPolicy>(),
} as const;

async function readDefault(
  record: PolicyRecord,
  kind: keyof typeof defaults,
  view: View,
): Promise<AttachedPolicy | undefined> {
  const { id, name, defaultVersion } = record;
  const version = await view.get(policyVersionSpace, id, BigInt(defaultVersion));
  if (!version) return undefined;
  const policy = compiled(version.value, kind, { name, arn: policyArn(record) });
  defaults[kind].set(record, policy);
  return policy;
}

/** The record of an account's own policy. */
export async function findPolicy(
  view: View,
  arn: string,
): Promise<Found<PolicyRecord> | undefined> {
  const parsed = parseArn(arn);
  if (parsed?.kind !== "policy") return undefined;
  const found = await view.get(policySpace, parsed.accountId, parsed.name.toLowerCase());
  return found && policyArn(found.value) === arn ? found : undefined;
}
