/** What AssumeRole may be asked besides the role: checked, and packed for the token. */
import type { Pairs, View } from "../records/index.ts";
import type { SessionContents } from "./session-token.ts";
import { parseArn } from "./arns.ts";
import { awsManagedPolicy } from "./aws-managed-policies.ts";
import { checkedPolicy } from "./documents.ts";
import {
  duplicateTags,
  invalidArn,
  invalidParameterValue,
  noSuchPolicy,
  packedTooLarge,
  transitiveConflict,
  transitiveNotGiven,
} from "./errors.ts";
import { SESSION_POLICY_CHARS_MAX, SESSION_TAG_CHARS_MAX } from "./limits.ts";
import { findPolicy } from "./managed-policy.ts";
import { hasDuplicates, type TagList } from "./tags.ts";

interface Asked {
  readonly Policy?: string;
  readonly PolicyArns?: readonly { readonly arn?: string }[];
  readonly Tags?: TagList;
  readonly TransitiveTagKeys?: readonly string[];
}

type Packed = Pick<SessionContents, "policy" | "policyArns" | "tags" | "transitiveTagKeys">;

/** The session's policies and tags; transitive tags of the session before it join them. */
export async function packSession(
  asked: Asked,
  before: SessionContents | undefined,
  { accountId, view }: { readonly accountId: string; readonly view: View },
): Promise<Packed> {
  const policyArns = (asked.PolicyArns ?? []).flatMap(({ arn }) => arn ?? []);
  if (asked.Policy !== undefined) checkedPolicy(asked.Policy, "session");
  for (const arn of policyArns) await checkManaged(arn, { accountId, view });
  const policy = asked.Policy;
  const tags = packTags(asked, before);
  return { ...(policy !== undefined && { policy }), policyArns, ...tags };
}

/** How much of its share the session takes, in percent; undefined when it asks for nothing. */
export function packedSize({ policy, policyArns, tags }: Packed): number | undefined {
  if (policy === undefined && policyArns.length === 0 && tags.length === 0) return undefined;
  const policyChars = [policy ?? "", ...policyArns].reduce((sum, text) => sum + text.length, 0);
  const tagChars = tags.reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  const policies = percent(policyChars, SESSION_POLICY_CHARS_MAX);
  const tagged = percent(tagChars, SESSION_TAG_CHARS_MAX);
  if (policies > 100) throw packedTooLarge("policies", policies);
  if (tagged > 100) throw packedTooLarge("tags", tagged);
  return Math.max(policies, tagged);
}

function percent(part: number, whole: number): number {
  return Math.ceil((100 * part) / whole);
}

async function checkManaged(
  arn: string,
  { accountId, view }: { readonly accountId: string; readonly view: View },
): Promise<void> {
  const parsed = parseArn(arn);
  if (parsed?.kind !== "policy") throw invalidArn(arn);
  if (awsManagedPolicy(arn)) return;
  const found = parsed.accountId === accountId ? await findPolicy(view, arn) : undefined;
  if (!found) throw noSuchPolicy(arn);
}

function packTags(
  { Tags = [], TransitiveTagKeys = [] }: Asked,
  before: SessionContents | undefined,
): { readonly tags: Pairs; readonly transitiveTagKeys: readonly string[] } {
  if (hasDuplicates(Tags)) throw invalidParameterValue(duplicateTags);
  const given = new Set(Tags.map(({ Key }) => Key.toLowerCase()));
  if (!TransitiveTagKeys.every((key) => given.has(key.toLowerCase()))) throw transitiveNotGiven();
  const inherited = before?.transitiveTagKeys ?? [];
  const isInherited = new Set(inherited.map((key) => key.toLowerCase()));
  if (Tags.some(({ Key }) => isInherited.has(Key.toLowerCase()))) throw transitiveConflict();
  const kept = (before?.tags ?? []).filter(([key]) => isInherited.has(key.toLowerCase()));
  return {
    tags: [...kept, ...Tags.map(({ Key, Value }) => [Key, Value] as const)],
    transitiveTagKeys: [...inherited, ...TransitiveTagKeys],
  };
}
