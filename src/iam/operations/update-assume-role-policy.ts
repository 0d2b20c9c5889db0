import { operation } from "../../service/index.ts";
import type { IamServices } from "../operation.ts";
import { putOwner } from "../owners.ts";
import { accessChange, ownerIn, ownerTarget } from "../targets.ts";
import { bindTrust } from "../trust.ts";

/** Sessions that exist already go on. */
export const updateAssumeRolePolicy = ({ principals }: IamServices) =>
  operation({
    service: "iam",
    name: "UpdateAssumeRolePolicy",
    event: { category: "management", readOnly: false },

    async targets({ RoleName: name }, scope) {
      return [await ownerTarget(scope, "role", { action: "iam:UpdateAssumeRolePolicy", name })];
    },

    async handle({ PolicyDocument: trust }, targets, { view }) {
      const boundIds = await bindTrust(trust, { principals, view });
      const change = accessChange();
      putOwner(change, "role", { ...ownerIn(targets), trust, boundIds });
      return { output: {}, change };
    },
  });
