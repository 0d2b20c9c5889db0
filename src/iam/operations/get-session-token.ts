import { assert } from "../../base/index.ts";
import { operation } from "../../service/index.ts";
import { accessDenied, mfaFailed } from "../errors.ts";
import { ROOT_SESSION_SECONDS_MAX, TOKEN_SESSION_SECONDS_DEFAULT } from "../limits.ts";
import { newSession } from "../new-session.ts";
import { recordedCredentials } from "../recorded-credentials.ts";

/** AWS: needs no permission; the session may do what its user may, but not call IAM. */
export const getSessionToken = operation({
  service: "sts",
  name: "GetSessionToken",
  event: { category: "management", readOnly: true },
  details: { response: ({ Credentials }) => ({ credentials: recordedCredentials(Credentials) }) },

  async targets() {
    return [];
  },

  async handle({ DurationSeconds, SerialNumber, TokenCode }, _targets, scope) {
    const { caller } = scope;
    assert(caller.kind !== "anonymous", "STS answers authenticated callers only");
    if (caller.session || caller.kind === "role-session") {
      throw accessDenied("Cannot call GetSessionToken with session credentials");
    }
    // No caller has an MFA device that could have made the code.
    if (SerialNumber !== undefined || TokenCode !== undefined) throw mfaFailed();
    const { credentials, change } = await newSession(scope, {
      kind: caller.kind,
      accountId: caller.accountId,
      uniqueId: caller.uniqueId,
      name: caller.userName ?? "root",
      seconds: secondsFor(caller.kind, DurationSeconds),
      mfa: false,
      policyArns: [],
      tags: [],
      transitiveTagKeys: [],
    });
    return { output: { Credentials: credentials }, change };
  },
});

/** AWS: what the root user asks beyond an hour is an hour. */
function secondsFor(kind: "root" | "user", asked = TOKEN_SESSION_SECONDS_DEFAULT): number {
  return kind === "root" ? Math.min(asked, ROOT_SESSION_SECONDS_MAX) : asked;
}
