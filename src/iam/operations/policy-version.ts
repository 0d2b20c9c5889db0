/** Versions of a managed policy. */
import { assert } from "../../base/index.ts";
import { policyVersionSpace } from "../../records/index.ts";
import { operation } from "../../service/index.ts";
import { renderDocument } from "../documents.ts";
import { noSuchPolicyVersion } from "../errors.ts";
import { pageOf } from "../paging.ts";
import { versionId } from "../shapes.ts";
import { type PolicyTarget, policyTarget } from "../targets.ts";

export const getPolicyVersion = operation({
  service: "iam",
  name: "GetPolicyVersion",
  event: { category: "management", readOnly: true },

  async targets({ PolicyArn }, scope) {
    return [await policyTarget(scope, "iam:GetPolicyVersion", PolicyArn)];
  },

  async handle({ PolicyArn, VersionId }, [target], { view }) {
    const version = versionsOf(target).find((one) => one.VersionId === VersionId);
    if (!version) throw noSuchPolicyVersion(PolicyArn, VersionId);
    const own = target?.managed?.value;
    const found = own && (await view.get(policyVersionSpace, own.id, numberOf(VersionId)));
    const text = target?.aws?.text ?? found?.value.text;
    assert(text !== undefined, "a version that a policy lists is there");
    return { output: { PolicyVersion: { Document: renderDocument(text), ...version } } };
  },
});

/** AWS: the list has no documents; the newest version stands first. */
export const listPolicyVersions = operation({
  service: "iam",
  name: "ListPolicyVersions",
  event: { category: "management", readOnly: true },

  async targets({ PolicyArn }, scope) {
    return [await policyTarget(scope, "iam:ListPolicyVersions", PolicyArn)];
  },

  async handle(input, [target]) {
    const { items, page } = pageOf(versionsOf(target), input, ({ VersionId }) => VersionId);
    return { output: { Versions: [...items], ...page } };
  },
});

function versionsOf(target: PolicyTarget | undefined) {
  const { aws, managed } = target ?? {};
  if (aws) {
    // Of AWS's own policies only the version in force is known here.
    const CreateDate = new Date(aws.updatedAt);
    return [{ VersionId: versionId(aws.version), IsDefaultVersion: true, CreateDate }];
  }
  assert(managed, "a handler runs for targets that are there");
  const { versions, defaultVersion } = managed.value;
  return versions.toReversed().map(({ number, createdAt }) => ({
    VersionId: versionId(number),
    IsDefaultVersion: number === defaultVersion,
    CreateDate: new Date(createdAt),
  }));
}

function numberOf(id: string): bigint {
  return BigInt(id.slice(1));
}
