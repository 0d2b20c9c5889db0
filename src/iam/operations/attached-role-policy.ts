/** Managed policies of a role. */
import { operation } from "../../service/index.ts";
import { attachPolicy, detachPolicy, listAttachedPolicies } from "../attached-policies.ts";
import { ownerIn, ownerTarget } from "../targets.ts";

export const attachRolePolicy = operation({
  service: "iam",
  name: "AttachRolePolicy",
  event: { category: "management", readOnly: false },

  async targets({ RoleName: name, PolicyArn }, scope) {
    const context = new Map([["iam:policyarn", [PolicyArn]]]);
    return [await ownerTarget(scope, "role", { action: "iam:AttachRolePolicy", name, context })];
  },

  async handle({ PolicyArn: arn }, targets, { view }) {
    return { output: {}, change: await attachPolicy("role", ownerIn(targets), { arn, view }) };
  },
});

export const detachRolePolicy = operation({
  service: "iam",
  name: "DetachRolePolicy",
  event: { category: "management", readOnly: false },

  async targets({ RoleName: name, PolicyArn }, scope) {
    const context = new Map([["iam:policyarn", [PolicyArn]]]);
    return [await ownerTarget(scope, "role", { action: "iam:DetachRolePolicy", name, context })];
  },

  async handle({ PolicyArn: arn }, targets, { view }) {
    return { output: {}, change: await detachPolicy("role", ownerIn(targets), { arn, view }) };
  },
});

export const listAttachedRolePolicies = operation({
  service: "iam",
  name: "ListAttachedRolePolicies",
  event: { category: "management", readOnly: true },

  async targets({ RoleName: name }, scope) {
    return [await ownerTarget(scope, "role", { action: "iam:ListAttachedRolePolicies", name })];
  },

  async handle(input, targets) {
    return { output: listAttachedPolicies(ownerIn(targets), input) };
  },
});
