/** Managed policies of a user. */
import { operation } from "../../service/index.ts";
import { attachPolicy, detachPolicy, listAttachedPolicies } from "../attached-policies.ts";
import { ownerIn, ownerTarget } from "../targets.ts";

export const attachUserPolicy = operation({
  service: "iam",
  name: "AttachUserPolicy",
  event: { category: "management", readOnly: false },

  async targets({ UserName: name, PolicyArn }, scope) {
    const context = new Map([["iam:policyarn", [PolicyArn]]]);
    return [await ownerTarget(scope, "user", { action: "iam:AttachUserPolicy", name, context })];
  },

  async handle({ PolicyArn: arn }, targets, { view }) {
    return { output: {}, change: await attachPolicy("user", ownerIn(targets), { arn, view }) };
  },
});

export const detachUserPolicy = operation({
  service: "iam",
  name: "DetachUserPolicy",
  event: { category: "management", readOnly: false },

  async targets({ UserName: name, PolicyArn }, scope) {
    const context = new Map([["iam:policyarn", [PolicyArn]]]);
    return [await ownerTarget(scope, "user", { action: "iam:DetachUserPolicy", name, context })];
  },

  async handle({ PolicyArn: arn }, targets, { view }) {
    return { output: {}, change: await detachPolicy("user", ownerIn(targets), { arn, view }) };
  },
});

export const listAttachedUserPolicies = operation({
  service: "iam",
  name: "ListAttachedUserPolicies",
  event: { category: "management", readOnly: true },

  async targets({ UserName: name }, scope) {
    return [await ownerTarget(scope, "user", { action: "iam:ListAttachedUserPolicies", name })];
  },

  async handle(input, targets) {
    return { output: listAttachedPolicies(ownerIn(targets), input) };
  },
});
