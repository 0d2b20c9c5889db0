/** Trust policies on their way in. */
import { PolicyError, type PrincipalReference, policySize } from "../policy/index.ts";
import type { Pairs, View } from "../records/index.ts";
import type { Principals } from "../service/index.ts";
import { checkedPolicy } from "./documents.ts";
import { malformedPolicy, quotaExceeded } from "./errors.ts";
import { TRUST_CHARS_MAX } from "./limits.ts";
import { getOwner } from "./owners.ts";

/**
 * Checks the document and whom it names; answers what its user and role ARNs stand for now.
 * Throws MalformedPolicyDocument and LimitExceeded.
 */
export async function bindTrust(
  text: string,
  { principals, view }: { readonly principals: Principals; readonly view: View },
): Promise<Pairs> {
  const { statements } = checkedPolicy(text, "trust");
  if (policySize(text) > TRUST_CHARS_MAX) throw quotaExceeded("ACLSizePerRole", TRUST_CHARS_MAX);
  const bound = new Map<string, string>();
  for (const reference of statements.flatMap((one) => one.principals?.references ?? [])) {
    if (!NAMING.has(reference.form) || bound.has(reference.value)) continue;
    const id = await idOf(reference, { principals, view });
    if (id === undefined) throw unknownPrincipal(reference.value);
    if (reference.form === "user" || reference.form === "role") bound.set(reference.value, id);
  }
  return [...bound];
}

/** The forms that name somebody who must exist. */
const NAMING: ReadonlySet<PrincipalReference["form"]> = new Set([
  "account",
  "user",
  "role",
  "role-session",
  "unique-id",
] as const);

async function idOf(
  { value, form }: PrincipalReference,
  { principals, view }: { readonly principals: Principals; readonly view: View },
): Promise<string | undefined> {
  if (form !== "unique-id") return principals.resolve(value, view);
  const owner = await getOwner(view, value.startsWith("AIDA") ? "user" : "role", value);
  return owner?.value.id;
}

function unknownPrincipal(value: string) {
  return malformedPolicy(new PolicyError("trust", { kind: "principal-arn", value }));
}
