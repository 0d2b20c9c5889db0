/**
 * Principal and NotPrincipal. What matters to a decision is not only whether a statement names the
 * caller but how: an Allow to the account delegates to its identity policies, an Allow to the role
 * is bounded by its permissions boundary, an Allow to the session itself is bounded by nothing.
 */
import type { Principal } from "./principal.ts";

/** The ways in which a statement names a caller, as bits. */
export const NAMED = {
  /** `"*"`, or NotPrincipal that does not list the caller. */
  everyone: 1,
  /** The user, the role session, the federated user, the service or the identity provider. */
  self: 2,
  /** The role behind a session, or the user behind a federated session. */
  issuer: 4,
  /** The account, by id, root ARN or canonical id. */
  account: 8,
} as const;

/** One principal in a policy, with how it is written. */
export interface PrincipalReference {
  readonly type: "AWS" | "Service" | "Federated" | "CanonicalUser";
  readonly value: string;
  readonly form:
    | "everyone"
    | "account"
    | "user"
    | "role"
    | "role-session"
    | "federated-user"
    | "unique-id"
    | "service"
    | "provider"
    | "canonical-user";
}

export interface PrincipalElement {
  readonly references: readonly PrincipalReference[];
  /** True for NotPrincipal. */
  readonly inverted: boolean;
  readonly everyone: boolean;
  readonly accounts: ReadonlySet<string>;
  readonly canonicalUsers: ReadonlySet<string>;
  readonly arns: ReadonlySet<string>;
  readonly uniqueIds: ReadonlySet<string>;
  readonly services: ReadonlySet<string>;
  readonly providers: ReadonlySet<string>;
}

/** The unique id that stood behind a user or role ARN when the policy was put. */
export type BoundIds = ReadonlyMap<string, string>;

export function compilePrincipals(
  references: readonly PrincipalReference[],
  { inverted, boundIds }: { inverted: boolean; boundIds: BoundIds },
): PrincipalElement {
  const values = (...forms: readonly PrincipalReference["form"][]) =>
    references.filter(({ form }) => forms.includes(form)).map(({ value }) => value);
  const named = values("user", "role");
  return {
    references,
    inverted,
    everyone: values("everyone").length > 0,
    accounts: new Set(values("account").map(accountIn)),
    canonicalUsers: new Set(values("canonical-user")),
    arns: new Set([
      ...named.filter((arn) => !boundIds.has(arn)),
      ...values("role-session", "federated-user"),
    ]),
    uniqueIds: new Set([
      ...values("unique-id"),
      ...named.flatMap((arn) => boundIds.get(arn) ?? []),
    ]),
    services: new Set(values("service")),
    providers: new Set(values("provider")),
  };
}

/** The caller, and whether a permissions boundary is attached to it. */
export interface Caller {
  readonly principal: Principal;
  readonly bounded: boolean;
}

/** How a statement's Principal or NotPrincipal names the caller: bits of `NAMED`, 0 when not. */
export function naming(
  element: PrincipalElement,
  effect: "Allow" | "Deny",
  caller: Caller,
): number {
  const listed = listing(element, caller.principal);
  if (!element.inverted) return listed;
  return isExempt(listed, effect, caller) ? 0 : NAMED.everyone;
}

/**
 * AWS: a Deny with NotPrincipal always denies a principal that has a permissions boundary, and
 * listing the account exempts its root user only. An Allow with NotPrincipal leaves out everyone
 * that is listed in any way.
 */
function isExempt(listed: number, effect: "Allow" | "Deny", caller: Caller): boolean {
  if (effect === "Allow") return listed !== 0;
  if (caller.bounded) return false;
  return caller.principal.kind === "root" ? listed !== 0 : (listed & ~NAMED.account) !== 0;
}

function listing(element: PrincipalElement, principal: Principal): number {
  const everyone = bit(NAMED.everyone, element.everyone);
  if (principal.kind === "anonymous") return everyone;
  if (principal.kind === "service") {
    return everyone | bit(NAMED.self, element.services.has(principal.service));
  }
  if (principal.kind === "web-identity") {
    return everyone | bit(NAMED.self, element.providers.has(principal.provider));
  }
  const shared = everyone | bit(NAMED.account, listsAccount(element, principal));
  if (principal.kind === "root") return shared;
  if (principal.kind === "user") {
    return shared | bit(NAMED.self, lists(element, principal.arn, principal.uniqueId));
  }
  return (
    shared |
    bit(NAMED.self, element.arns.has(principal.arn)) |
    bit(NAMED.issuer, lists(element, principal.issuerArn, principal.uniqueId))
  );
}

function lists(element: PrincipalElement, arn: string, uniqueId: string): boolean {
  return element.arns.has(arn) || element.uniqueIds.has(uniqueId);
}

function listsAccount(
  element: PrincipalElement,
  { accountId, canonicalId }: { readonly accountId: string; readonly canonicalId?: string },
): boolean {
  if (element.accounts.has(accountId)) return true;
  return canonicalId !== undefined && element.canonicalUsers.has(canonicalId);
}

function bit(value: number, set: boolean): number {
  return set ? value : 0;
}

/** `arn:aws:iam::111122223333:root` and `111122223333` are the same account. */
function accountIn(value: string): string {
  return value.startsWith("arn:") ? (value.split(":")[4] ?? value) : value;
}
