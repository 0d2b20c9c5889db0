/** The callers that credentials stand for, as decisions and records see them. */
import type { Pairs, PrincipalRecord } from "../records/index.ts";
import type { AuthenticatedCaller, SessionInfo } from "../service/index.ts";
import { roleArn, roleSessionArn, rootArn, userArn } from "./arns.ts";
import type { SessionContents } from "./session-token.ts";

/** A session made by STS: what services see of it, and what only iam/ needs. */
export interface TokenSession extends SessionInfo {
  readonly contents: SessionContents;
}

/** Undefined for a caller that is no session, or none that a token was issued for. */
export function sessionContents({ session }: AuthenticatedCaller): SessionContents | undefined {
  return session && "contents" in session ? (session as TokenSession).contents : undefined;
}

export function rootCaller(accountId: string, accessKeyId: string): AuthenticatedCaller {
  const arn = rootArn(accountId);
  return {
    kind: "root",
    principal: { kind: "root", accountId, arn },
    accountId,
    arn,
    principalId: accountId,
    uniqueId: accountId,
    accessKeyId,
  };
}

export function userCaller(user: PrincipalRecord, accessKeyId: string): AuthenticatedCaller {
  const { id: uniqueId, accountId, name } = user;
  const arn = userArn(user);
  return {
    kind: "user",
    principal: { kind: "user", accountId, arn, uniqueId },
    accountId,
    arn,
    principalId: uniqueId,
    uniqueId,
    userName: name,
    accessKeyId,
    ...tagsOf(user.tags),
  };
}

export function roleSessionCaller(
  role: PrincipalRecord,
  accessKeyId: string,
  contents: SessionContents,
): AuthenticatedCaller {
  const { id: uniqueId, accountId, name } = role;
  const issuerArn = roleArn(role);
  const arn = roleSessionArn(accountId, name, contents.name);
  return {
    kind: "role-session",
    principal: { kind: "role-session", accountId, arn, issuerArn, uniqueId },
    accountId,
    arn,
    principalId: `${uniqueId}:${contents.name}`,
    uniqueId,
    accessKeyId,
    session: tokenSession(contents, { arn: issuerArn, name }),
    ...tagsOf(role.tags, contents.tags),
  };
}

export function tokenSession(
  contents: SessionContents,
  issuer: { readonly arn: string; readonly name: string },
): TokenSession {
  const { tokenId, name, issuedAt, expiresAt, mfa, sourceIdentity } = contents;
  return {
    tokenId,
    name,
    issuerArn: issuer.arn,
    issuerName: issuer.name,
    issuedAt: new Date(issuedAt),
    expiresAt: new Date(expiresAt),
    mfa,
    ...(sourceIdentity !== undefined && { sourceIdentity }),
    contents,
  };
}

/** Tags of the session go before those of its role; keys are told apart without case. */
function tagsOf(own: Pairs, passed: Pairs = []): { readonly tags?: ReadonlyMap<string, string> } {
  if (own.length === 0 && passed.length === 0) return {};
  const given = new Set(passed.map(([key]) => key.toLowerCase()));
  const kept = own.filter(([key]) => !given.has(key.toLowerCase()));
  return { tags: new Map([...kept, ...passed]) };
}
