import { operation } from "../../service/index.ts";
import type { UserRecord } from "../../records/index.ts";
import { userArn } from "../arns.ts";
import { newOwner } from "../new-owner.ts";
import { userShape } from "../shapes.ts";
import { newTargets } from "../targets.ts";

export const createUser = operation({
  service: "iam",
  name: "CreateUser",
  event: { category: "management", readOnly: false },

  async targets(input, scope) {
    const { UserName: name, Path: path = "/" } = input;
    const arn = (accountId: string) => userArn({ accountId, path, name });
    const made = { action: "iam:CreateUser", tagAction: "iam:TagUser", arn };
    return newTargets(scope, made, input);
  },

  async handle({ UserName, ...input }, _targets, scope) {
    const { change, common } = await newOwner(scope, "user", { ...input, name: UserName });
    const user: UserRecord = { ...common, accessKeyIds: [] };
    return { output: { User: userShape(user) }, change: change(user) };
  },
});
