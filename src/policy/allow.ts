/**
 * Whether anything allows, once nothing denies: by the tables of "Policy evaluation for requests
 * within a single account" and "Cross-account policy evaluation logic" in the IAM documentation,
 * and KMS's own rule that a key's policy is the root of its authority.
 */
import type { AccessRequest, Policies } from "./access-request.ts";
import type { AllowedBy, PolicySide, Reason } from "./decision.ts";
import { anyAllows, type Asked, resourceAllows } from "./evaluate.ts";
import { crossesAccounts } from "./exceptions.ts";
import { NAMED } from "./principal-element.ts";
import { accountOf, type Principal } from "./principal.ts";
import { allowedBy, missing, resourceSide } from "./reason.ts";

export function allowFor(request: AccessRequest, policies: Policies, asked: Asked): Reason {
  const account = accountOf(request.principal);
  if (account === undefined) return allowForOutsider(policies, asked);
  return account === request.resourceAccount
    ? allowWithinAccount(policies, asked)
    : allowAcrossAccounts(account, policies, asked);
}

/** Callers of no account: only the resource can let them in. */
function allowForOutsider(policies: Policies, asked: Asked): Reason {
  const named = resourceNaming(policies, asked);
  const wanted = outsiderNaming(asked.principal, policies.resourceKind);
  if ((named & wanted) !== 0) return allowedBy.resource;
  if ((aclNaming(policies) & wanted) !== 0) return allowedBy.acl;
  return missing(resourceSide(policies));
}

/**
 * `*` in a key policy means every authenticated principal, in a trust policy every AWS principal:
 * neither is a stranger, and identity providers are trusted by name only.
 */
function outsiderNaming(principal: Principal, kind: Policies["resourceKind"]): number {
  if (principal.kind === "anonymous") return kind === "s3-bucket" ? NAMED.everyone : 0;
  return kind === "iam-role-trust" ? NAMED.self : NAMED.self | NAMED.everyone;
}

function allowWithinAccount(policies: Policies, asked: Asked): Reason {
  const inPolicy = resourceNaming(policies, asked);
  const named = inPolicy | aclNaming(policies);
  const direct = NAMED.everyone | NAMED.self;
  if ((inPolicy & direct) !== 0) return allowedBy.resource;
  if ((named & direct) !== 0) return allowedBy.acl;

  const limits = missingLimits(policies, asked);
  const by = boundedAllow(policies, asked, named);
  if (by !== undefined) return limits.length === 0 ? allowedBy[by] : missing(...limits);
  const delegates = !isRootOfAuthority(policies) || (named & NAMED.account) !== 0;
  return missing(delegates ? "identity" : resourceSide(policies), ...limits);
}

/** What allows a caller of the same account within its boundary and session policies. */
function boundedAllow(policies: Policies, asked: Asked, named: number): AllowedBy | undefined {
  if ((named & NAMED.issuer) !== 0) return "resource";
  if ((policies.grants ?? []).length > 0) return "grant";
  if (!isRootOfAuthority(policies)) {
    if (!identityAllows(policies, asked)) return undefined;
    return asked.principal.kind === "root" ? "root-user" : "identity";
  }
  const delegated = (named & NAMED.account) !== 0 && identityAllows(policies, asked);
  return delegated ? "identity-and-resource" : undefined;
}

/** Two evaluations, and both must allow: the resource's account and the caller's. */
function allowAcrossAccounts(account: string, policies: Policies, asked: Asked): Reason {
  const without: PolicySide[] = [];
  const named = resourceNaming(policies, asked) | aclNaming(policies);
  const grants = policies.grants ?? [];
  const reachable = crossesAccounts(policies.resourceKind, asked.action);
  const byPolicy = reachable && named !== 0;
  const granted = reachable && grants.length > 0;
  if (!byPolicy && !granted) without.push(resourceSide(policies));
  // AWS: a grant made from the caller's own account stands for the identity policy too.
  const ownGrant = granted && grants.some(({ issuingAccount }) => issuingAccount === account);
  if (!ownGrant && !identityAllows(policies, asked)) without.push("identity");
  without.push(...missingLimits(policies, asked));
  if (without.length > 0) return missing(...without);
  return byPolicy ? allowedBy["identity-and-resource"] : allowedBy.grant;
}

/** The root user needs no policy, and a session that it made none but its session policy. */
function identityAllows(policies: Policies, asked: Asked): boolean {
  const { principal } = asked;
  if (principal.kind === "root") return true;
  if (principal.kind === "federated-user" && principal.issuerArn.endsWith(":root")) return true;
  return anyAllows(policies.identity, asked);
}

/** Boundary and session policy, where they do not allow. A federated user needs the latter. */
function missingLimits(policies: Policies, asked: Asked): readonly PolicySide[] {
  const without: PolicySide[] = [];
  const { boundary, session } = policies;
  if (boundary !== undefined && !anyAllows([boundary], asked)) without.push("boundary");
  const unlimited = session === undefined && asked.principal.kind !== "federated-user";
  if (!unlimited && !anyAllows(session ?? [], asked)) without.push("session");
  return without;
}

function resourceNaming({ resource }: Policies, asked: Asked): number {
  return resource === undefined ? 0 : resourceAllows(resource, asked);
}

function aclNaming({ acl }: Policies): number {
  if (acl === undefined) return 0;
  return acl === "everyone" ? NAMED.everyone : NAMED.account;
}

/** Keys and roles: identity policies count only as far as their own policy delegates to them. */
function isRootOfAuthority({ resourceKind }: Policies): boolean {
  return resourceKind === "kms-key" || resourceKind === "iam-role-trust";
}
