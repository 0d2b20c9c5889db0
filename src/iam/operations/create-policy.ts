import { policySize } from "../../policy/index.ts";
import { type PolicyRecord, policySpace, policyVersionSpace } from "../../records/index.ts";
import { operation } from "../../service/index.ts";
import { policyArn } from "../arns.ts";
import { checkedPolicy } from "../documents.ts";
import { policyExists, quotaExceeded } from "../errors.ts";
import { newUniqueId } from "../identifiers.ts";
import { POLICIES_MAX, POLICY_CHARS_MAX } from "../limits.ts";
import { holdsAtLeast } from "../quotas.ts";
import { listedPolicy } from "../shapes.ts";
import { parseTags, renderTags } from "../tags.ts";
import { accessChange, accountFor, newTargets } from "../targets.ts";

/** AWS: the reply never has the description, and the tags only when there are some. */
export const createPolicy = operation({
  service: "iam",
  name: "CreatePolicy",
  event: { category: "management", readOnly: false },

  async targets({ PolicyName: name, Path: path = "/", Tags = [] }, scope) {
    const arn = (accountId: string) => policyArn({ accountId, path, name });
    const made = { action: "iam:CreatePolicy", tagAction: "iam:TagPolicy", arn };
    return newTargets(scope, made, { Tags });
  },

  async handle(input, _targets, scope) {
    const { PolicyName: name, PolicyDocument: text, Path = "/", Description, Tags = [] } = input;
    const accountId = accountFor(scope);
    checkedPolicy(text, "identity", { version2012: true });
    if (policySize(text) > POLICY_CHARS_MAX) throw quotaExceeded("PolicySize", POLICY_CHARS_MAX);
    const tags = parseTags(Tags);
    if (await scope.view.get(policySpace, accountId, name.toLowerCase())) throw policyExists(name);
    if (await holdsAtLeast(scope.store, policySpace.under(accountId), POLICIES_MAX)) {
      throw quotaExceeded("PoliciesPerAccount", POLICIES_MAX);
    }
    const createdAt = scope.clock.now().getTime();
    const policy: PolicyRecord = {
      id: newUniqueId("ANPA"),
      accountId,
      name,
      path: Path,
      ...(Description !== undefined && { description: Description }),
      createdAt,
      updatedAt: createdAt,
      defaultVersion: 1,
      versions: [{ number: 1, createdAt }],
      nextVersion: 2,
      tags,
    };
    const change = accessChange()
      .put(policySpace, [accountId, name.toLowerCase()], policy)
      .put(policyVersionSpace, [policy.id, 1n], { text });
    const shown = listedPolicy(policy, { attached: 0, boundary: 0 });
    const Policy = { ...shown, ...(tags.length > 0 && { Tags: renderTags(tags) }) };
    return { output: { Policy }, change };
  },
});
