import type { AnyOperation } from "../../service/index.ts";
import type { IamServices } from "../operation.ts";
import { assumeRole } from "./assume-role.ts";
import {
  attachRolePolicy,
  detachRolePolicy,
  listAttachedRolePolicies,
} from "./attached-role-policy.ts";
import {
  attachUserPolicy,
  detachUserPolicy,
  listAttachedUserPolicies,
} from "./attached-user-policy.ts";
import { createAccessKey } from "./create-access-key.ts";
import { createPolicy } from "./create-policy.ts";
import { createRole } from "./create-role.ts";
import { createUser } from "./create-user.ts";
import { deleteAccessKey } from "./delete-access-key.ts";
import { deletePolicy } from "./delete-policy.ts";
import { deleteRole } from "./delete-role.ts";
import { deleteUser } from "./delete-user.ts";
import { getAccessKeyInfo } from "./get-access-key-info.ts";
import { getCallerIdentity } from "./get-caller-identity.ts";
import { getPolicy } from "./get-policy.ts";
import { getRole } from "./get-role.ts";
import { getSessionToken } from "./get-session-token.ts";
import { getUser } from "./get-user.ts";
import { listAccessKeys } from "./list-access-keys.ts";
import { listPolicies } from "./list-policies.ts";
import { listRoles } from "./list-roles.ts";
import { listUsers } from "./list-users.ts";
import { getPolicyVersion, listPolicyVersions } from "./policy-version.ts";
import { deleteRolePolicy, getRolePolicy, listRolePolicies, putRolePolicy } from "./role-policy.ts";
import { listRoleTags, tagRole, untagRole } from "./role-tags.ts";
import { updateAccessKey } from "./update-access-key.ts";
import { updateAssumeRolePolicy } from "./update-assume-role-policy.ts";
import { updateRole } from "./update-role.ts";
import { updateUser } from "./update-user.ts";
import { deleteUserPolicy, getUserPolicy, listUserPolicies, putUserPolicy } from "./user-policy.ts";
import { listUserTags, tagUser, untagUser } from "./user-tags.ts";

/** Every operation of IAM and STS that is built. */
export function iamOperations(services: IamServices): readonly AnyOperation[] {
  return [
    createUser,
    getUser,
    updateUser,
    deleteUser,
    listUsers,
    createAccessKey,
    updateAccessKey,
    deleteAccessKey,
    listAccessKeys,
    createRole(services),
    getRole,
    updateRole,
    updateAssumeRolePolicy(services),
    deleteRole,
    listRoles,
    createPolicy,
    getPolicy,
    deletePolicy,
    listPolicies,
    getPolicyVersion,
    listPolicyVersions,
    attachUserPolicy,
    detachUserPolicy,
    listAttachedUserPolicies,
    attachRolePolicy,
    detachRolePolicy,
    listAttachedRolePolicies,
    putUserPolicy,
    getUserPolicy,
    deleteUserPolicy,
    listUserPolicies,
    putRolePolicy,
    getRolePolicy,
    deleteRolePolicy,
    listRolePolicies,
    tagUser,
    untagUser,
    listUserTags,
    tagRole,
    untagRole,
    listRoleTags,
    assumeRole,
    getCallerIdentity,
    getSessionToken,
    getAccessKeyInfo,
  ] as readonly AnyOperation[];
}
