/** Records as replies show them: IAM API Reference, "Data Types". */
import type { PolicyRecord, PrincipalRecord, RoleRecord, UserRecord } from "../records/index.ts";
import { policyArn, roleArn, userArn } from "./arns.ts";
import type { AwsManagedPolicy } from "./aws-managed-policies.ts";
import { renderDocument } from "./documents.ts";
import { renderTags } from "./tags.ts";

// AWS: answers this, although the model's only value is PermissionsBoundaryPolicy.
const BOUNDARY_TYPE = "Policy" as "PermissionsBoundaryPolicy";

/** As lists show it: without tags and boundary. */
export function listedUser(user: UserRecord) {
  const { path, name, id, createdAt } = user;
  return {
    Path: path,
    UserName: name,
    UserId: id,
    Arn: userArn(user),
    CreateDate: new Date(createdAt),
  };
}

export function userShape(user: UserRecord) {
  return { ...listedUser(user), ...boundaryAndTags(user) };
}

/** AWS: the reply to CreateRole, unlike others, does not say how long sessions may last. */
export function newRoleShape(role: RoleRecord) {
  const { path, name, id, createdAt, trust, description } = role;
  return {
    Path: path,
    RoleName: name,
    RoleId: id,
    Arn: roleArn(role),
    CreateDate: new Date(createdAt),
    AssumeRolePolicyDocument: renderDocument(trust),
    ...(description !== undefined && { Description: description }),
    ...boundaryAndTags(role),
  };
}

/** As lists show it: without tags and boundary. */
export function listedRole(role: RoleRecord) {
  const { PermissionsBoundary: _, Tags: __, ...shown } = newRoleShape(role);
  return { ...shown, MaxSessionDuration: role.maxSessionSeconds };
}

export function roleShape(role: RoleRecord) {
  return { ...newRoleShape(role), MaxSessionDuration: role.maxSessionSeconds, RoleLastUsed: {} };
}

function boundaryAndTags({ boundary, tags }: PrincipalRecord) {
  return {
    ...(boundary !== undefined && {
      PermissionsBoundary: {
        PermissionsBoundaryType: BOUNDARY_TYPE,
        PermissionsBoundaryArn: boundary,
      },
    }),
    ...(tags.length > 0 && { Tags: renderTags(tags) }),
  };
}

export interface PolicyCounts {
  readonly attached: number;
  readonly boundary: number;
}

/** As lists show it: without description and tags. */
export function listedPolicy(policy: PolicyRecord | AwsManagedPolicy, counts: PolicyCounts) {
  const { name, id, path, createdAt, updatedAt } = policy;
  return {
    PolicyName: name,
    PolicyId: id,
    Arn: "arn" in policy ? policy.arn : policyArn(policy),
    Path: path,
    DefaultVersionId: versionId("arn" in policy ? policy.version : policy.defaultVersion),
    AttachmentCount: counts.attached,
    PermissionsBoundaryUsageCount: counts.boundary,
    IsAttachable: true,
    CreateDate: new Date(createdAt),
    UpdateDate: new Date(updatedAt),
  };
}

export function versionId(number: number): string {
  return `v${number}`;
}
