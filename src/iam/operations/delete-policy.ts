import { assert } from "../../base/index.ts";
import { policySpace, policyUseSpace, policyVersionSpace } from "../../records/index.ts";
import { operation } from "../../service/index.ts";
import { policyAttached, policyHasVersions } from "../errors.ts";
import { holdsAtLeast } from "../quotas.ts";
import { accessChange, policyTarget } from "../targets.ts";

export const deletePolicy = operation({
  service: "iam",
  name: "DeletePolicy",
  event: { category: "management", readOnly: false },

  async targets({ PolicyArn }, scope) {
    return [await policyTarget(scope, "iam:DeletePolicy", PolicyArn)];
  },

  async handle({ PolicyArn }, [target], { store }) {
    const policy = target?.managed?.value;
    assert(policy, "nobody is allowed to change the policies of AWS");
    const uses = policyUseSpace.under(policy.accountId, PolicyArn);
    if (await holdsAtLeast(store, uses, 1)) throw policyAttached();
    if (policy.versions.length > 1) throw policyHasVersions();
    const change = accessChange()
      .delete(policySpace, policy.accountId, policy.name.toLowerCase())
      .delete(policyVersionSpace, policy.id, BigInt(policy.defaultVersion));
    return { output: {}, change };
  },
});
