/** The principals that a bucket's policy names: they must exist when it is put. */
import {
  type Policy,
  PolicyError,
  principalReferences,
  renderWithUniqueIds,
} from "../../policy/index.ts";
import type { Pairs } from "../../records/index.ts";
import type { Scope } from "../../service/index.ts";

/** Forms that stand for something of an account here. */
const RESOLVED = new Set(["account", "user", "role", "role-session"]);
/** Forms that mean whoever bears the name now, and nobody who bears it later. */
const BOUND = new Set(["user", "role"]);

/** ARNs and the unique ids that they stand for. Throws PolicyError for a principal that is none. */
export async function bindPrincipals(
  policy: Policy,
  { principals, view }: Pick<Scope, "principals" | "view">,
): Promise<Pairs> {
  const bound: [arn: string, uniqueId: string][] = [];
  for (const { form, value } of principalReferences(policy)) {
    if (!RESOLVED.has(form)) continue;
    const uniqueId = await principals.resolve(value, view);
    if (uniqueId === undefined) throw new PolicyError("s3", { kind: "principal-arn", value });
    if (BOUND.has(form)) bound.push([value, uniqueId]);
  }
  return bound;
}

/** AWS: the policy as it was put, but for principals that are gone: their unique ids stand there. */
export async function policyText(
  policy: Policy,
  boundIds: Pairs,
  { principals, view }: Pick<Scope, "principals" | "view">,
): Promise<string> {
  const gone = new Map<string, string>();
  for (const [arn, uniqueId] of boundIds) {
    if ((await principals.resolve(arn, view)) !== uniqueId) gone.set(arn, uniqueId);
  }
  return gone.size === 0 ? policy.text : renderWithUniqueIds(policy, gone);
}
