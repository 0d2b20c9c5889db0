/**
 * The policies on a caller's side of a decision, and whom an ARN in a policy means. The records
 * come from the view, so that each is compared with the store at every use; compiled forms are
 * remembered by the record's value, which is another one after every change.
 */
import { assert } from "../base/index.ts";
import {
  accountSpace,
  inlinePolicySpace,
  type PrincipalRecord,
  type View,
} from "../records/index.ts";
import type { AttachedPolicy } from "../policy/index.ts";
import type { AuthenticatedCaller, PrincipalPolicies, Principals } from "../service/index.ts";
import { accountOfRootArn, parseArn, parseRoleSessionArn } from "./arns.ts";
import { sessionContents } from "./callers.ts";
import { compiled } from "./compiled-policy.ts";
import { managedPolicy } from "./managed-policy.ts";
import { getNamedOwner, getOwner } from "./owners.ts";
import type { SessionContents } from "./session-token.ts";

const NONE: PrincipalPolicies = { identity: [] };

export function createPrincipals(): Principals {
  return {
    async policiesOf(caller, view) {
      const contents = sessionContents(caller);
      const own = await ownPolicies(caller, view);
      if (!contents || !restricts(contents)) return own;
      return { ...own, session: await sessionPolicies(contents, view) };
    },
    resolve,
  };
}

async function ownPolicies(caller: AuthenticatedCaller, view: View): Promise<PrincipalPolicies> {
  if (caller.kind === "root") return NONE;
  const kind = caller.kind === "user" ? "user" : "role";
  const owner = await getOwner(view, kind, caller.uniqueId);
  // Deleted since it was authenticated: nothing is allowed any more.
  return owner ? policiesOfOwner(owner.value, view) : NONE;
}

async function policiesOfOwner(owner: PrincipalRecord, view: View): Promise<PrincipalPolicies> {
  const inline = inlinePolicies.get(owner) ?? (await readInlinePolicies(owner, view));
  if (owner.attached.length === 0 && owner.boundary === undefined) return { identity: inline };
  const identity = [...inline];
  for (const arn of owner.attached) {
    const policy = await managedPolicy(arn, "identity", view);
    if (policy) identity.push(policy);
  }
  if (owner.boundary === undefined) return { identity };
  const boundary = await managedPolicy(owner.boundary, "boundary", view);
  assert(boundary, "a policy that bounds a principal is not deleted");
  return { identity, boundary };
}

/** By the owner's record, which every change of an inline policy replaces. */
const inlinePolicies = new WeakMap<PrincipalRecord, readonly AttachedPolicy[]>();

async function readInlinePolicies(
  owner: PrincipalRecord,
  view: View,
): Promise<readonly AttachedPolicy[]> {
  const policies: AttachedPolicy[] = [];
  for (const { name } of owner.inline) {
    const found = await view.get(inlinePolicySpace, owner.id, name);
    if (found) policies.push(compiled(found.value, "identity", { name }));
  }
  inlinePolicies.set(owner, policies);
  return policies;
}

function restricts({ policy, policyArns }: SessionContents): boolean {
  return policy !== undefined || policyArns.length > 0;
}

async function sessionPolicies(
  contents: SessionContents,
  view: View,
): Promise<readonly AttachedPolicy[]> {
  const policies: AttachedPolicy[] = [];
  if (contents.policy !== undefined) {
    const document = sessionDocument(contents, contents.policy);
    policies.push(compiled(document, "session", { name: "session" }));
  }
  for (const arn of contents.policyArns) {
    const policy = await managedPolicy(arn, "session", view);
    if (policy) policies.push(policy);
  }
  return policies;
}

const sessionDocuments = new WeakMap<SessionContents, { readonly text: string }>();

/** The same object for the same token, by which its compiled form is found again. */
function sessionDocument(contents: SessionContents, text: string): { readonly text: string } {
  let document = sessionDocuments.get(contents);
  if (!document) sessionDocuments.set(contents, (document = { text }));
  return document;
}

/** Names in ARNs count by case and path, unlike names in requests. */
async function resolve(arn: string, view: View): Promise<string | undefined> {
  const rootOf = accountOfRootArn(arn) ?? (/^\d{12}$/.test(arn) ? arn : undefined);
  if (rootOf !== undefined) return (await view.get(accountSpace, rootOf)) && rootOf;
  const session = parseRoleSessionArn(arn);
  if (session) {
    const { accountId, roleName: name } = session;
    const role = await getNamedOwner(view, "role", { accountId, name });
    return role?.value.name === name ? role.value.id : undefined;
  }
  const named = parseArn(arn);
  if (!named || named.kind === "policy") return undefined;
  const owner = (await getNamedOwner(view, named.kind, named))?.value;
  return owner?.name === named.name && owner.path === named.path ? owner.id : undefined;
}
