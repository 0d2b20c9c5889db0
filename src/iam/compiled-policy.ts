/** Policies that were read from records, compiled once per value of the record. */
import { type AttachedPolicy, parsePolicy, type PolicyKind } from "../policy/index.ts";
import type { RoleRecord } from "../records/index.ts";

interface Document {
  readonly text: string;
}

type Kind = Extract<PolicyKind, "identity" | "boundary" | "session">;

const byKind = {
  identity: new WeakMap<Document, AttachedPolicy>(),
  boundary: new WeakMap<Document, AttachedPolicy>(),
  session: new WeakMap<Document, AttachedPolicy>(),
} satisfies { readonly [K in Kind]: WeakMap<Document, AttachedPolicy> };
const trusts = new WeakMap<RoleRecord, AttachedPolicy>();

/** `document` is the value of a cached record; it has one name. */
export function compiled(
  document: Document,
  kind: Kind,
  named: { readonly name: string; readonly arn?: string },
): AttachedPolicy {
  const known = byKind[kind].get(document);
  if (known) return known;
  const policy = { ...named, policy: parsePolicy(document.text, kind) };
  byKind[kind].set(document, policy);
  return policy;
}

/** A role's trust policy, whose user and role ARNs mean whom they meant when it was put. */
export function compiledTrust(role: RoleRecord): AttachedPolicy {
  const known = trusts.get(role);
  if (known) return known;
  const options = { boundIds: new Map(role.boundIds) };
  const policy = { name: role.name, policy: parsePolicy(role.trust, "trust", options) };
  trusts.set(role, policy);
  return policy;
}
