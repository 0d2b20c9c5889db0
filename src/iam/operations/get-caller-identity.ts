import { assert } from "../../base/index.ts";
import { operation } from "../../service/index.ts";

/** Tells callers who they are. AWS: needs no permission, and no policy can deny it. */
export const getCallerIdentity = operation({
  service: "sts",
  name: "GetCallerIdentity",
  event: { category: "management", readOnly: true },

  async targets() {
    return [];
  },

  async handle(_input, _targets, { caller }) {
    assert(caller.kind !== "anonymous", "STS answers authenticated callers only");
    const { principalId, accountId, arn } = caller;
    return { output: { UserId: principalId, Account: accountId, Arn: arn } };
  },
});
