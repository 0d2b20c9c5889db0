import type { ContextValues } from "./context.ts";
import type { Policy } from "./policy.ts";
import type { Principal } from "./principal.ts";

/** What somebody wants to do to something. */
export interface AccessRequest {
  readonly principal: Principal;
  /** As the service authorization reference names it: `s3:GetObject`. */
  readonly action: string;
  /** An ARN, or `*` for an action that knows no resources. */
  readonly resource: string;
  /** The account that owns the resource; the caller's own for `*`. */
  readonly resourceAccount: string;
  readonly context: ContextValues;
}

/** A policy where it is attached. */
export interface AttachedPolicy {
  readonly policy: Policy;
  /** Of managed policies: what a denial names. */
  readonly arn?: string;
  readonly name: string;
}

/** A KMS grant whose grantee, operation and constraints match the request. */
export interface MatchingGrant {
  readonly grantId: string;
  readonly issuingAccount: string;
}

/** Every policy that applies to a request, gathered by the service. */
export interface Policies {
  /** The caller's own: inline, managed, and those of its groups. Empty for the root user. */
  readonly identity: readonly AttachedPolicy[];
  readonly boundary?: AttachedPolicy;
  /** Absent when the session was made without one; together they allow what any of them allows. */
  readonly session?: readonly AttachedPolicy[];
  /**
   * Service control policies of the caller's account by level: the root, each unit, the account.
   * Every level must allow. Absent where none apply (no organization, the management account).
   */
  readonly scps?: readonly (readonly AttachedPolicy[])[];
  /** Resource control policies of the resource's account by level, where its service has them. */
  readonly rcps?: readonly (readonly AttachedPolicy[])[];
  /** The bucket, trust or key policy. */
  readonly resource?: AttachedPolicy;
  /**
   * Whose rules decide. `kms-key` and `iam-role-trust` are their own root of authority; `none` is
   * for resources that have no policy of their own, a KMS alias or an IAM user.
   */
  readonly resourceKind: "kms-key" | "s3-bucket" | "iam-role-trust" | "none";
  readonly grants?: readonly MatchingGrant[];
  /** An S3 access control list that allows the request: to whom. */
  readonly acl?: "everyone" | "account";
}
