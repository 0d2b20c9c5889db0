import { operation } from "../../service/index.ts";
import { roleShape } from "../shapes.ts";
import { ownerIn, ownerTarget } from "../targets.ts";

export const getRole = operation({
  service: "iam",
  name: "GetRole",
  event: { category: "management", readOnly: true },

  async targets({ RoleName: name }, scope) {
    return [await ownerTarget(scope, "role", { action: "iam:GetRole", name })];
  },

  async handle(_input, targets) {
    return { output: { Role: roleShape(ownerIn(targets)) } };
  },
});
