/** Inline policies of a user. */
import { operation } from "../../service/index.ts";
import {
  deleteInlinePolicy,
  getInlinePolicy,
  listInlinePolicies,
  putInlinePolicy,
} from "../inline-policies.ts";
import { ownerIn, ownerTarget } from "../targets.ts";

export const putUserPolicy = operation({
  service: "iam",
  name: "PutUserPolicy",
  event: { category: "management", readOnly: false },

  async targets({ UserName: name }, scope) {
    return [await ownerTarget(scope, "user", { action: "iam:PutUserPolicy", name })];
  },

  async handle(input, targets) {
    return { output: {}, change: putInlinePolicy("user", ownerIn(targets), input) };
  },
});

export const getUserPolicy = operation({
  service: "iam",
  name: "GetUserPolicy",
  event: { category: "management", readOnly: true },

  async targets({ UserName: name }, scope) {
    return [await ownerTarget(scope, "user", { action: "iam:GetUserPolicy", name })];
  },

  async handle({ PolicyName: name }, targets, { view }) {
    const user = ownerIn(targets);
    const policy = await getInlinePolicy("user", user, { name, view });
    return { output: { UserName: user.name, ...policy } };
  },
});

export const deleteUserPolicy = operation({
  service: "iam",
  name: "DeleteUserPolicy",
  event: { category: "management", readOnly: false },

  async targets({ UserName: name }, scope) {
    return [await ownerTarget(scope, "user", { action: "iam:DeleteUserPolicy", name })];
  },

  async handle({ PolicyName }, targets) {
    return { output: {}, change: deleteInlinePolicy("user", ownerIn(targets), PolicyName) };
  },
});

export const listUserPolicies = operation({
  service: "iam",
  name: "ListUserPolicies",
  event: { category: "management", readOnly: true },

  async targets({ UserName: name }, scope) {
    return [await ownerTarget(scope, "user", { action: "iam:ListUserPolicies", name })];
  },

  async handle(input, targets) {
    return { output: listInlinePolicies(ownerIn(targets), input) };
  },
});
