import { operation } from "../../service/index.ts";
import { mustFirst } from "../errors.ts";
import { deletedOwner } from "../delete-owner.ts";
import { ownerIn, ownerTarget } from "../targets.ts";

/** Sessions of the user end with it: its unique id is never used again. */
export const deleteUser = operation({
  service: "iam",
  name: "DeleteUser",
  event: { category: "management", readOnly: false },

  async targets({ UserName: name }, scope) {
    return [await ownerTarget(scope, "user", { action: "iam:DeleteUser", name })];
  },

  async handle(_input, targets, { view }) {
    const user = ownerIn(targets);
    if (user.accessKeyIds.length > 0) throw mustFirst("delete access keys");
    return { output: {}, change: await deletedOwner("user", user, view) };
  },
});
