/** Inline policies of a role. */
import { operation } from "../../service/index.ts";
import {
  deleteInlinePolicy,
  getInlinePolicy,
  listInlinePolicies,
  putInlinePolicy,
} from "../inline-policies.ts";
import { ownerIn, ownerTarget } from "../targets.ts";

export const putRolePolicy = operation({
  service: "iam",
  name: "PutRolePolicy",
  event: { category: "management", readOnly: false },

  async targets({ RoleName: name }, scope) {
    return [await ownerTarget(scope, "role", { action: "iam:PutRolePolicy", name })];
  },

  async handle(input, targets) {
    return { output: {}, change: putInlinePolicy("role", ownerIn(targets), input) };
  },
});

export const getRolePolicy = operation({
  service: "iam",
  name: "GetRolePolicy",
  event: { category: "management", readOnly: true },

  async targets({ RoleName: name }, scope) {
    return [await ownerTarget(scope, "role", { action: "iam:GetRolePolicy", name })];
  },

  async handle({ PolicyName: name }, targets, { view }) {
    const role = ownerIn(targets);
    const policy = await getInlinePolicy("role", role, { name, view });
    return { output: { RoleName: role.name, ...policy } };
  },
});

export const deleteRolePolicy = operation({
  service: "iam",
  name: "DeleteRolePolicy",
  event: { category: "management", readOnly: false },

  async targets({ RoleName: name }, scope) {
    return [await ownerTarget(scope, "role", { action: "iam:DeleteRolePolicy", name })];
  },

  async handle({ PolicyName }, targets) {
    return { output: {}, change: deleteInlinePolicy("role", ownerIn(targets), PolicyName) };
  },
});

export const listRolePolicies = operation({
  service: "iam",
  name: "ListRolePolicies",
  event: { category: "management", readOnly: true },

  async targets({ RoleName: name }, scope) {
    return [await ownerTarget(scope, "role", { action: "iam:ListRolePolicies", name })];
  },

  async handle(input, targets) {
    return { output: listInlinePolicies(ownerIn(targets), input) };
  },
});
