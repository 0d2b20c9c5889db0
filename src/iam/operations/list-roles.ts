import { operation } from "../../service/index.ts";
import { listOwners } from "../list-owners.ts";
import { listedRole } from "../shapes.ts";
import { accountTarget } from "../targets.ts";

export const listRoles = operation({
  service: "iam",
  name: "ListRoles",
  event: { category: "management", readOnly: true },

  async targets(_input, scope) {
    return [accountTarget(scope, "iam:ListRoles")];
  },

  async handle(input, _targets, scope) {
    const { owners, page } = await listOwners(scope, "role", input);
    return { output: { Roles: owners.map(listedRole), ...page } };
  },
});
