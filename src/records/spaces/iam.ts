/**
 * Accounts and principals (docs/formats/iam-records.md). A user or role stands under its unique id,
 * which is never used again: whoever deletes one and makes it anew under the old name has made
 * another. Names map to unique ids, in lower case. What an owner may have only few of (access keys,
 * the names of its policies, tags) is listed in the owner's record, so that every change of a
 * member is a change of the owner.
 */
import { space } from "../space.ts";
import type { Pairs } from "./s3.ts";
import type { Wrapped } from "./system.ts";

export interface AccountRecord {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  /** Of the root user. */
  readonly accessKeyIds: readonly string[];
}
export const accountSpace = space<[accountId: string], AccountRecord>("account");

export interface AccessKeyRecord {
  readonly id: string;
  readonly accountId: string;
  readonly ownerKind: "root" | "user";
  /** The account's id for the root user, `AIDA…` for a user. */
  readonly ownerId: string;
  readonly status: "Active" | "Inactive";
  readonly createdAt: number;
  /** The secret's text, sealed. */
  readonly wrapped: Wrapped;
}
export const accessKeySpace = space<[accessKeyId: string], AccessKeyRecord>("access-key", {
  secrets: { wrapped: "access-key-secret" },
});

/** What users and roles have in common: who they are, and the policies of their own. */
export interface PrincipalRecord {
  /** `AIDA…` or `AROA…`. */
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  /** Begins and ends with a slash. */
  readonly path: string;
  readonly createdAt: number;
  readonly tags: Pairs;
  /** Names of inline policies, in alphabetical order, with the characters that quotas count. */
  readonly inline: readonly { readonly name: string; readonly size: number }[];
  /** ARNs of managed policies, in the order in which they were attached. */
  readonly attached: readonly string[];
  /** ARN of the managed policy that bounds its permissions. */
  readonly boundary?: string;
}

export interface UserRecord extends PrincipalRecord {
  readonly accessKeyIds: readonly string[];
}
export const userSpace = space<[uniqueId: string], UserRecord>("user");

export interface RoleRecord extends PrincipalRecord {
  /** The trust policy, as it was given. */
  readonly trust: string;
  /** What the trust policy's user and role ARNs stood for when it was put: ARN and unique id. */
  readonly boundIds: Pairs;
  readonly description?: string;
  readonly maxSessionSeconds: number;
}
export const roleSpace = space<[uniqueId: string], RoleRecord>("role");

/** A name in use: for look-ups, and for listings by path. */
export interface NameRecord {
  readonly id: string;
  readonly path: string;
}
export const userNameSpace = space<[accountId: string, lowerName: string], NameRecord>("user-name");
export const roleNameSpace = space<[accountId: string, lowerName: string], NameRecord>("role-name");

/** An inline policy of a user or role; the owner's record names it. */
export const inlinePolicySpace = space<[ownerId: string, name: string], { readonly text: string }>(
  "inline-policy",
);

/** A managed policy of an account. Put again whenever it is attached or detached. */
export interface PolicyRecord {
  /** `ANPA…` */
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  readonly path: string;
  readonly description?: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly defaultVersion: number;
  /** Oldest first; numbers are never used again. */
  readonly versions: readonly { readonly number: number; readonly createdAt: number }[];
  readonly nextVersion: number;
  readonly tags: Pairs;
}
export const policySpace = space<[accountId: string, lowerName: string], PolicyRecord>("policy");

export const policyVersionSpace = space<
  [policyId: string, number: bigint],
  { readonly text: string }
>("policy-version");

/** Who uses a managed policy, AWS's own ones too, within one account. */
export interface PolicyUseRecord {
  readonly kind: "user" | "role";
}
export const policyUseSpace = space<
  [accountId: string, policyArn: string, use: "attached" | "boundary", ownerId: string],
  PolicyUseRecord
>("policy-use");

/** A key that seals session tokens. */
export interface SessionKeyRecord {
  readonly id: string;
  readonly wrapped: Wrapped;
}
export const sessionKeySpace = space<[id: string], SessionKeyRecord>("session-token-key", {
  secrets: { wrapped: "session-token-key" },
});

/** Which key seals new tokens, and until when those before it still open theirs. */
export interface SessionKeysRecord {
  readonly id: string;
  readonly since: number;
  readonly retired: readonly { readonly id: string; readonly until: number }[];
}
export const sessionKeysSpace = space<[name: "current"], SessionKeysRecord>("session-token-keys");
