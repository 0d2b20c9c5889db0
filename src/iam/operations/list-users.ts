import { operation } from "../../service/index.ts";
import { listOwners } from "../list-owners.ts";
import { listedUser } from "../shapes.ts";
import { accountTarget } from "../targets.ts";

export const listUsers = operation({
  service: "iam",
  name: "ListUsers",
  event: { category: "management", readOnly: true },

  async targets(_input, scope) {
    return [accountTarget(scope, "iam:ListUsers")];
  },

  async handle(input, _targets, scope) {
    const { owners, page } = await listOwners(scope, "user", input);
    return { output: { Users: owners.map(listedUser), ...page } };
  },
});
