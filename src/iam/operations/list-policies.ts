import { type PolicyRecord, policySpace, type RecordStore } from "../../records/index.ts";
import { operation } from "../../service/index.ts";
import { policyArn } from "../arns.ts";
import { type AwsManagedPolicy, awsManagedPolicies } from "../aws-managed-policies.ts";
import { pageOf } from "../paging.ts";
import { countsOf } from "../policy-uses.ts";
import { listedPolicy } from "../shapes.ts";
import { accountFor, accountTarget } from "../targets.ts";

/** The account's own policies by name, then those of AWS. */
export const listPolicies = operation({
  service: "iam",
  name: "ListPolicies",
  event: { category: "management", readOnly: true },

  async targets(_input, scope) {
    return [accountTarget(scope, "iam:ListPolicies")];
  },

  async handle(input, _targets, scope) {
    const { Scope: origin = "All", PathPrefix = "/", OnlyAttached, PolicyUsageFilter } = input;
    const accountId = accountFor(scope);
    const listed: (AwsManagedPolicy | PolicyRecord)[] = [
      ...(origin === "AWS" ? [] : await ownPolicies(scope.store, accountId)),
      ...(origin === "Local" ? [] : awsManagedPolicies()),
    ].filter(({ path }) => path.startsWith(PathPrefix));
    const counted = await Promise.all(
      listed.map(async (policy) => {
        const arn = "arn" in policy ? policy.arn : policyArn(policy);
        return { policy, arn, counts: await countsOf(scope.store, { accountId, arn }) };
      }),
    );
    const shown = counted.filter(({ counts: { attached, boundary } }) => {
      if (OnlyAttached === true && attached === 0) return false;
      if (PolicyUsageFilter === "PermissionsBoundary") return boundary > 0;
      return PolicyUsageFilter !== "PermissionsPolicy" || attached > 0;
    });
    const { items, page } = pageOf(shown, input, ({ arn }) => arn);
    const Policies = items.map(({ policy, counts }) => listedPolicy(policy, counts));
    return { output: { Policies, ...page } };
  },
});

async function ownPolicies(store: RecordStore, accountId: string): Promise<PolicyRecord[]> {
  const found = await Array.fromAsync(store.all(policySpace, policySpace.under(accountId)));
  return found.map(({ value }) => value);
}
