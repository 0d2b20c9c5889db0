/** Who makes a request: found by authentication, never by an operation. */
import type { Principal } from "../policy/index.ts";

export type Caller = AnonymousCaller | AuthenticatedCaller;

export interface AnonymousCaller {
  readonly kind: "anonymous";
  readonly principal: Principal;
}

export interface AuthenticatedCaller {
  readonly kind: "root" | "user" | "role-session";
  /** What policies see. */
  readonly principal: Principal;
  readonly accountId: string;
  readonly arn: string;
  /** AWS's aws:userid and the record's principalId: account id, AIDA…, or AROA…:session. */
  readonly principalId: string;
  /** Account id of the root, AIDA… of a user, AROA… of a role: never reused. */
  readonly uniqueId: string;
  /** Of a user. */
  readonly userName?: string;
  readonly accessKeyId: string;
  readonly session?: SessionInfo;
  /** Tags of the principal, for aws:PrincipalTag. */
  readonly tags?: ReadonlyMap<string, string>;
}

/** A role session, as its token says. */
export interface SessionInfo {
  /** Names the token; two sessions of one role are two requesters. */
  readonly tokenId: string;
  readonly name: string;
  readonly issuerArn: string;
  readonly issuerName: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  readonly mfa: boolean;
  readonly sourceIdentity?: string;
}

/** Tells requesters apart for whatever is cached per requester: principal and token. */
export function requesterId(caller: Caller): string {
  if (caller.kind === "anonymous") return "anonymous";
  return caller.session ? `${caller.uniqueId}/${caller.session.tokenId}` : caller.uniqueId;
}

/** Undefined for an anonymous caller. */
export function accountOf(caller: Caller): string | undefined {
  return caller.kind === "anonymous" ? undefined : caller.accountId;
}
