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
  if (!found) return undefined;
  const { id, name, defaultVersion } = found.value;
  const version = await view.get(policyVersionSpace, id, BigInt(defaultVersion));
  return version && compiled(version.value, kind, { name, arn });
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
