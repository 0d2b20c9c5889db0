import { assert } from "../../base/index.ts";
import { accountSpace, type View } from "../../records/index.ts";
import { operation } from "../../service/index.ts";
import type { Output } from "../../wire/index.ts";
import { rootArn } from "../arns.ts";
import { userNameNeeded } from "../errors.ts";
import { userShape } from "../shapes.ts";
import { accountFor, accountTarget, ownerTarget, type OwnerTarget } from "../targets.ts";

/** Without a name it is about the caller: a user, or the account's root user. */
export const getUser = operation({
  service: "iam",
  name: "GetUser",
  event: { category: "management", readOnly: true },

  async targets({ UserName }, scope): Promise<readonly OwnerTarget<"user">[]> {
    const action = "iam:GetUser";
    const { caller } = scope;
    if (UserName === undefined && caller.kind === "root") {
      return [accountTarget(scope, action, rootArn(accountFor(scope)))];
    }
    const name = UserName ?? (caller.kind === "user" ? caller.userName : undefined);
    if (name === undefined) throw userNameNeeded();
    return [await ownerTarget(scope, "user", { action, name })];
  },

  async handle(_input, [target], { view }) {
    assert(target, "there is one target");
    const output: Output<"iam", "GetUser"> = {
      User: target.owner ? userShape(target.owner.value) : await rootShape(target.accountId, view),
    };
    return { output };
  },
});

async function rootShape(accountId: string, view: View) {
  const account = await view.get(accountSpace, accountId);
  assert(account, "the account of an authenticated caller is there");
  const { id, createdAt } = account.value;
  const names = { Path: undefined, UserName: undefined };
  return { ...names, UserId: id, Arn: rootArn(id), CreateDate: new Date(createdAt) };
}
