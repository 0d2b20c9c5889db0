/** Inline policies of users and roles: each a record of its own, listed in its owner's. */
import { policySize } from "../policy/index.ts";
import { type Change, inlinePolicySpace, type View } from "../records/index.ts";
import { checkedPolicy, renderDocument } from "./documents.ts";
import { inlineTooLarge, noSuchInlinePolicy, quotaExceeded } from "./errors.ts";
import { INLINE_CHARS_MAX, INLINE_POLICIES_MAX } from "./limits.ts";
import { type OwnerKind, type Owners, putOwner } from "./owners.ts";
import { type PageInput, pageOf } from "./paging.ts";
import { accessChange } from "./targets.ts";

interface Document {
  readonly PolicyName: string;
  readonly PolicyDocument: string;
}

export function putInlinePolicy<K extends OwnerKind>(
  kind: K,
  owner: Owners[K],
  { PolicyName: name, PolicyDocument: text }: Document,
): Change {
  checkedPolicy(text, "identity");
  const others = owner.inline.filter((policy) => policy.name !== name);
  const inline = [...others, { name, size: policySize(text) }].toSorted((a, b) =>
    a.name < b.name ? -1 : 1,
  );
  const size = inline.reduce((sum, policy) => sum + policy.size, 0);
  if (size > INLINE_CHARS_MAX[kind]) {
    throw inlineTooLarge(kind, owner.name, INLINE_CHARS_MAX[kind]);
  }
  if (inline.length > INLINE_POLICIES_MAX) {
    throw quotaExceeded("InlinePolicies", INLINE_POLICIES_MAX);
  }
  const change = accessChange().put(inlinePolicySpace, [owner.id, name], { text });
  putOwner(change, kind, { ...owner, inline });
  return change;
}

export async function getInlinePolicy(
  kind: OwnerKind,
  owner: Owners[OwnerKind],
  { name, view }: { readonly name: string; readonly view: View },
): Promise<Document> {
  const found = await view.get(inlinePolicySpace, owner.id, name);
  if (!found) throw noSuchInlinePolicy(kind, name);
  return { PolicyName: name, PolicyDocument: renderDocument(found.value.text) };
}

export function deleteInlinePolicy<K extends OwnerKind>(
  kind: K,
  owner: Owners[K],
  name: string,
): Change {
  if (!owner.inline.some((policy) => policy.name === name)) throw noSuchInlinePolicy(kind, name);
  const change = accessChange().delete(inlinePolicySpace, owner.id, name);
  putOwner(change, kind, { ...owner, inline: owner.inline.filter((one) => one.name !== name) });
  return change;
}

export function listInlinePolicies(owner: Owners[OwnerKind], input: PageInput) {
  const { items, page } = pageOf(owner.inline, input, ({ name }) => name);
  return { PolicyNames: items.map(({ name }) => name), ...page };
}
