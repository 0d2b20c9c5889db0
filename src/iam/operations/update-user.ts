import type { UserRecord } from "../../records/index.ts";
import { operation } from "../../service/index.ts";
import { userArn } from "../arns.ts";
import { ownerExists } from "../errors.ts";
import { namesOf, putName, putOwner } from "../owners.ts";
import { accessChange, ownerIn, ownerTarget } from "../targets.ts";

interface Renaming {
  readonly NewUserName?: string;
  readonly NewPath?: string;
}

/** AWS: whoever renames a user needs the permission for the new ARN as well. */
export const updateUser = operation({
  service: "iam",
  name: "UpdateUser",
  event: { category: "management", readOnly: false },

  async targets({ UserName, ...input }, scope) {
    const action = "iam:UpdateUser";
    const target = await ownerTarget(scope, "user", { action, name: UserName });
    if (!target.owner) return [target];
    return [target, { ...target, arn: userArn(renamed(target.owner.value, input)) }];
  },

  async handle(input, targets, { view }) {
    const user = ownerIn(targets);
    const next = renamed(user, input);
    const change = accessChange();
    const lowerName = next.name.toLowerCase();
    if (lowerName !== user.name.toLowerCase()) {
      if (await view.get(namesOf.user, user.accountId, lowerName)) {
        throw ownerExists("user", next.name);
      }
      change.delete(namesOf.user, user.accountId, user.name.toLowerCase());
    }
    putName(change, "user", next);
    putOwner(change, "user", next);
    return { output: {}, change };
  },
});

function renamed(user: UserRecord, { NewUserName, NewPath }: Renaming): UserRecord {
  return { ...user, name: NewUserName ?? user.name, path: NewPath ?? user.path };
}
