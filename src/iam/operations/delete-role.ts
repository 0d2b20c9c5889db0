import { operation } from "../../service/index.ts";
import { deletedOwner } from "../delete-owner.ts";
import { ownerIn, ownerTarget } from "../targets.ts";

/** Sessions of the role end with it: its unique id is never used again. */
export const deleteRole = operation({
  service: "iam",
  name: "DeleteRole",
  event: { category: "management", readOnly: false },

  async targets({ RoleName: name }, scope) {
    return [await ownerTarget(scope, "role", { action: "iam:DeleteRole", name })];
  },

  async handle(_input, targets, { view }) {
    return { output: {}, change: await deletedOwner("role", ownerIn(targets), view) };
  },
});
