/**
 * The decision, as the IAM documentation's "Policy evaluation logic" has it: an explicit deny
 * anywhere wins; resource and service control policies must allow; then the allow itself, by rules
 * that differ within and across accounts and for keys and roles, which are their own root of
 * authority; boundaries and session policies limit all but what a resource policy grants the
 * caller itself.
 */
import type { AccessRequest, AttachedPolicy, Policies } from "./access-request.ts";
import type { AllowedBy, Decision, PolicySide, Reason } from "./decision.ts";
import {
  anyAllows,
  type Asked,
  type Denial,
  findDeny,
  findResourceDeny,
  resourceAllows,
} from "./evaluate.ts";
import { explainDecision } from "./explain.ts";
import { crossesAccounts, isBeyondPolicies, needsNoPermission } from "./exceptions.ts";
import { NAMED } from "./principal-element.ts";
import { accountOf, type Principal } from "./principal.ts";

/** Decides from the request and the policies alone: no clock, no store, no surprise. */
export function decide(request: AccessRequest, policies: Policies): Decision {
  const { principal } = request;
  const applicable = leavingOutUnbound(policies, principal);
  const reason = reasonFor(request, applicable);
  const account = accountOf(principal);
  return {
    allowed: reason.kind === "allowed",
    reason,
    request,
    crossAccount: account !== undefined && account !== request.resourceAccount,
    explain: () => explainDecision(request, applicable, reason),
  };
}

function reasonFor(request: AccessRequest, policies: Policies): Reason {
  const asked: Asked = {
    principal: request.principal,
    action: request.action.toLowerCase(),
    resource: request.resource,
    context: request.context,
    bounded: policies.boundary !== undefined,
  };
  if (needsNoPermission(asked)) return allowedBy["no-permission-needed"];

  const denial = explicitDeny(policies, asked);
  if (denial !== undefined) return denial;

  const allow = isBeyondPolicies(asked) ? missing("identity") : allowFor(request, policies, asked);
  const filters = missingFilters(policies, asked);
  if (filters.length === 0) return allow;
  const others = allow.kind === "implicit-deny" ? allow.missing : [];
  return { kind: "implicit-deny", missing: [...filters, ...others] };
}

/**
 * Service control policies bind principals of member accounts, neither strangers nor services;
 * service-linked roles are bound by no policy of the organization.
 */
function leavingOutUnbound(policies: Policies, principal: Principal): Policies {
  const linked = principal.kind === "role-session" && principal.serviceLinked === true;
  if (!linked && accountOf(principal) !== undefined) return policies;
  const { scps: _, rcps, ...rest } = policies;
  return linked || rcps === undefined ? rest : { ...rest, rcps };
}

function explicitDeny(policies: Policies, asked: Asked): Reason | undefined {
  return (
    denied("rcp", findDenyInLevels(policies.rcps, asked)) ??
    denied("scp", findDenyInLevels(policies.scps, asked)) ??
    (policies.resource === undefined
      ? undefined
      : denied(resourceSide(policies), findResourceDeny(policies.resource, asked))) ??
    denied("identity", findDeny(policies.identity, asked)) ??
    (policies.boundary === undefined
      ? undefined
      : denied("boundary", findDeny([policies.boundary], asked))) ??
    denied("session", findDeny(policies.session, asked))
  );
}

function denied(by: PolicySide, denial: Denial | undefined): Reason | undefined {
  return denial === undefined ? undefined : { kind: "explicit-deny", by, ...denial };
}

function findDenyInLevels(
  levels: readonly (readonly AttachedPolicy[])[] | undefined,
  asked: Asked,
): Denial | undefined {
  for (const level of levels ?? []) {
    const denial = findDeny(level, asked);
    if (denial !== undefined) return denial;
  }
  return undefined;
}

/** The organization's policies grant nothing, but each level of them must allow. */
function missingFilters({ rcps, scps }: Policies, asked: Asked): readonly PolicySide[] {
  const allow = (level: readonly AttachedPolicy[]) => anyAllows(level, asked);
  const without: PolicySide[] = [];
  if (rcps !== undefined && !rcps.every(allow)) without.push("rcp");
  if (scps !== undefined && !scps.every(allow)) without.push("scp");
  return without;
}

function allowFor(request: AccessRequest, policies: Policies, asked: Asked): Reason {
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
  const isLetIn = crossesAccounts(policies.resourceKind, asked.action);
  const inKeysPolicy = isLetIn && named !== 0;
  const granted = isLetIn && grants.length > 0;
  if (!inKeysPolicy && !granted) without.push(resourceSide(policies));
  // AWS: a grant made from the caller's own account stands for the identity policy too.
  const ownGrant = granted && grants.some(({ issuingAccount }) => issuingAccount === account);
  if (!ownGrant && !identityAllows(policies, asked)) without.push("identity");
  without.push(...missingLimits(policies, asked));
  if (without.length > 0) return missing(...without);
  return inKeysPolicy ? allowedBy["identity-and-resource"] : allowedBy.grant;
}

/** The root user needs no policy; nor does the session policy of a session that it made. */
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

function resourceSide({ resourceKind }: Policies): PolicySide {
  return sideOfResource[resourceKind];
}

const sideOfResource = {
  "kms-key": "key",
  "iam-role-trust": "trust",
  "s3-bucket": "resource",
  none: "resource",
} as const;

function missing(...sides: PolicySide[]): Reason & { kind: "implicit-deny" } {
  return { kind: "implicit-deny", missing: sides };
}

const allowedBy: { readonly [By in AllowedBy]: Reason & { kind: "allowed" } } = {
  identity: { kind: "allowed", by: "identity" },
  resource: { kind: "allowed", by: "resource" },
  "identity-and-resource": { kind: "allowed", by: "identity-and-resource" },
  "root-user": { kind: "allowed", by: "root-user" },
  grant: { kind: "allowed", by: "grant" },
  acl: { kind: "allowed", by: "acl" },
  "no-permission-needed": { kind: "allowed", by: "no-permission-needed" },
};
