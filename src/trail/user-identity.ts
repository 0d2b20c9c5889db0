/** The record's `userIdentity`: CloudTrail User Guide, "CloudTrail userIdentity element". */
import type { AuthenticatedCaller, Caller } from "../service/index.ts";

/** The caller as its own account sees it. `invokedBy` is the service that calls for it. */
export function userIdentity(caller: Caller, invokedBy?: string): object {
  if (caller.kind === "anonymous") {
    return { type: "AWSAccount", principalId: "", accountId: "ANONYMOUS_PRINCIPAL" };
  }
  const { accountId, accessKeyId, arn, principalId } = caller;
  const common = { principalId, arn, accountId, accessKeyId };
  const tail = invokedBy === undefined ? {} : { invokedBy };
  switch (caller.kind) {
    case "root":
      return { type: "Root", ...common, ...tail };
    case "user":
      return { type: "IAMUser", ...common, userName: caller.userName, ...tail };
    case "role-session":
      return { type: "AssumedRole", ...common, sessionContext: sessionContext(caller), ...tail };
  }
}

/** The caller as the account of another's resource sees it: no names. */
export function foreignIdentity(caller: AuthenticatedCaller, invokedBy?: string): object {
  return {
    type: "AWSAccount",
    principalId: caller.principalId,
    accountId: caller.accountId,
    ...(invokedBy !== undefined && { invokedBy }),
  };
}

function sessionContext({ session, accountId, uniqueId }: AuthenticatedCaller): object {
  if (session === undefined) return {};
  return {
    sessionIssuer: {
      type: "Role",
      principalId: uniqueId,
      arn: session.issuerArn,
      accountId,
      userName: session.issuerName,
    },
    attributes: {
      creationDate: `${session.issuedAt.toISOString().slice(0, 19)}Z`,
      mfaAuthenticated: String(session.mfa),
    },
    ...(session.sourceIdentity !== undefined && { sourceIdentity: session.sourceIdentity }),
  };
}
