import { assert } from "../../base/index.ts";
import { kmsKeyPolicySpace } from "../../records/index.ts";
import { operation } from "../../service/index.ts";
import { noSuchPolicy, unsupported } from "../errors.ts";
import { changeKey } from "../key-change.ts";
import { bindKeyPolicy, checkLockout, POLICY_NAME, showKeyPolicy } from "../key-policy.ts";
import { keyOf, keyTarget } from "../target.ts";

/** The policy acts from the reply on. */
export const putKeyPolicy = operation({
  service: "kms",
  name: "PutKeyPolicy",
  event: { category: "management", readOnly: false },
  details: {
    request: ({
      KeyId,
      PolicyName = POLICY_NAME,
      Policy,
      BypassPolicyLockoutSafetyCheck = false,
    }) => ({
      keyId: KeyId,
      policyName: PolicyName,
      policy: Policy,
      bypassPolicyLockoutSafetyCheck: BypassPolicyLockoutSafetyCheck,
    }),
    response: () => null,
  },

  async targets({ KeyId, BypassPolicyLockoutSafetyCheck = false }, scope) {
    const bypass = String(BypassPolicyLockoutSafetyCheck);
    const conditions = [["kms:bypasspolicylockoutsafetycheck", bypass]] as const;
    return [await keyTarget("kms:PutKeyPolicy", KeyId, scope, { conditions })];
  },

  async handle({ PolicyName, Policy, BypassPolicyLockoutSafetyCheck }, [target], scope) {
    if ((PolicyName ?? POLICY_NAME) !== POLICY_NAME) throw unsupported("No such policy exists");
    assert(target, "a policy is put under a permission");
    const key = keyOf(target);
    const policy = await bindKeyPolicy(Policy, scope);
    if (BypassPolicyLockoutSafetyCheck !== true) await checkLockout(policy, target, scope);
    const { accountId, region, id } = key;
    const change = changeKey(key, key).put(kmsKeyPolicySpace, [accountId, region, id], policy);
    return { output: {}, change };
  },
});

export const getKeyPolicy = operation({
  service: "kms",
  name: "GetKeyPolicy",
  event: { category: "management", readOnly: true },

  async targets({ KeyId }, scope) {
    return [await keyTarget("kms:GetKeyPolicy", KeyId, scope)];
  },

  async handle({ PolicyName = POLICY_NAME }, [target], scope) {
    if (PolicyName !== POLICY_NAME) throw noSuchPolicy();
    const { accountId, region, id } = keyOf(target);
    const found = await scope.view.get(kmsKeyPolicySpace, accountId, region, id);
    if (!found) throw noSuchPolicy();
    return { output: { Policy: await showKeyPolicy(found.value, scope), PolicyName } };
  },
});

/** AWS: every key has one policy, of one name. */
export const listKeyPolicies = operation({
  service: "kms",
  name: "ListKeyPolicies",
  event: { category: "management", readOnly: true },

  async targets({ KeyId }, scope) {
    return [await keyTarget("kms:ListKeyPolicies", KeyId, scope)];
  },

  async handle() {
    return { output: { PolicyNames: [POLICY_NAME], Truncated: false } };
  },
});
