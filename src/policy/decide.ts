/**
 * The decision, as the IAM documentation's "Policy evaluation logic" has it: an explicit deny
 * anywhere wins; resource and service control policies must allow; then the allow itself, by rules
 * that differ within and across accounts and for keys and roles, which are their own root of
 * authority; boundaries and session policies limit all but what a resource policy grants the
 * caller itself.
 */
import type { AccessRequest, AttachedPolicy, Policies } from "./access-request.ts";
import { allowFor } from "./allow.ts";
import type { Decision, PolicySide, Reason } from "./decision.ts";
import { anyAllows, type Asked, type Denial, findDeny, findResourceDeny } from "./evaluate.ts";
import { isBeyondPolicies, needsNoPermission } from "./exceptions.ts";
import { explainDecision } from "./explain.ts";
import { accountOf, type Principal } from "./principal.ts";
import { allowedBy, missing, resourceSide } from "./reason.ts";

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
