import { assert } from "../../base/index.ts";
import { operation } from "../../service/index.ts";
import { countsOf } from "../policy-uses.ts";
import { listedPolicy } from "../shapes.ts";
import { renderTags } from "../tags.ts";
import { accountFor, policyTarget } from "../targets.ts";

/** AWS: the reply always has the list of tags, empty too. */
export const getPolicy = operation({
  service: "iam",
  name: "GetPolicy",
  event: { category: "management", readOnly: true },

  async targets({ PolicyArn }, scope) {
    return [await policyTarget(scope, "iam:GetPolicy", PolicyArn)];
  },

  async handle(_input, [target], scope) {
    const policy = target?.aws ?? target?.managed?.value;
    assert(target && policy, "a handler runs for targets that are there");
    const used = { accountId: accountFor(scope), arn: target.arn };
    const { description } = policy;
    const Policy = {
      ...listedPolicy(policy, await countsOf(scope.store, used)),
      ...(description !== undefined && { Description: description }),
      Tags: renderTags("tags" in policy ? policy.tags : []),
    };
    return { output: { Policy } };
  },
});
