import { operation } from "../../service/index.ts";
import { SESSION_SECONDS_DEFAULT } from "../limits.ts";
import { putOwner } from "../owners.ts";
import { accessChange, ownerIn, ownerTarget } from "../targets.ts";

/** AWS: a duration that is not given becomes the default; a description stays. */
export const updateRole = operation({
  service: "iam",
  name: "UpdateRole",
  event: { category: "management", readOnly: false },

  async targets({ RoleName: name }, scope) {
    return [await ownerTarget(scope, "role", { action: "iam:UpdateRole", name })];
  },

  async handle({ Description, MaxSessionDuration = SESSION_SECONDS_DEFAULT }, targets) {
    const change = accessChange();
    putOwner(change, "role", {
      ...ownerIn(targets),
      ...(Description !== undefined && { description: Description }),
      maxSessionSeconds: MaxSessionDuration,
    });
    return { output: {}, change };
  },
});
