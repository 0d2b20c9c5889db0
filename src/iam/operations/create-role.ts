import { operation } from "../../service/index.ts";
import type { RoleRecord } from "../../records/index.ts";
import { roleArn } from "../arns.ts";
import { SESSION_SECONDS_DEFAULT } from "../limits.ts";
import { newOwner } from "../new-owner.ts";
import type { IamServices } from "../operation.ts";
import { newRoleShape } from "../shapes.ts";
import { newTargets } from "../targets.ts";
import { bindTrust } from "../trust.ts";

export const createRole = ({ principals }: IamServices) =>
  operation({
    service: "iam",
    name: "CreateRole",
    event: { category: "management", readOnly: false },

    async targets(input, scope) {
      const { RoleName: name, Path: path = "/" } = input;
      const arn = (accountId: string) => roleArn({ accountId, path, name });
      const made = { action: "iam:CreateRole", tagAction: "iam:TagRole", arn };
      return newTargets(scope, made, input);
    },

    async handle({ RoleName, ...input }, _targets, scope) {
      const { AssumeRolePolicyDocument: trust, Description, MaxSessionDuration } = input;
      const boundIds = await bindTrust(trust, { principals, view: scope.view });
      const { change, common } = await newOwner(scope, "role", { ...input, name: RoleName });
      const role: RoleRecord = {
        ...common,
        trust,
        boundIds,
        ...(Description !== undefined && { description: Description }),
        maxSessionSeconds: MaxSessionDuration ?? SESSION_SECONDS_DEFAULT,
      };
      return { output: { Role: newRoleShape(role) }, change: change(role) };
    },
  });
