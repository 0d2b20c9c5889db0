import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createPrincipals } from "./principals.ts";
import { ACCOUNT, allow, iamDeployment, PARTNER, policy, trust } from "./testing/iam-deployment.ts";

const principals = createPrincipals();

describe("an ARN in a policy means", () => {
  test("the unique id of the user or role that has it, and the account of a root", async () => {
    const { iam, user, dispatcher } = await iamDeployment();
    const alice = await user("Alice");
    const { Role } = await iam("CreateRole", {
      RoleName: "reader",
      Path: "/app/",
      AssumeRolePolicyDocument: trust(ACCOUNT),
    });
    const iamArn = (rest: string) => `arn:aws:iam::${ACCOUNT}:${rest}`;
    const meanings: Record<string, string | undefined> = {
      [iamArn("user/Alice")]: alice.uniqueId,
      [iamArn("user/alice")]: undefined,
      [iamArn("user/x/Alice")]: undefined,
      [iamArn("role/app/reader")]: Role?.RoleId,
      [iamArn("role/reader")]: undefined,
      [iamArn("user/reader")]: undefined,
      [iamArn("policy/Alice")]: undefined,
      [iamArn("root")]: ACCOUNT,
      [ACCOUNT]: ACCOUNT,
      [`arn:aws:iam::${PARTNER}:root`]: PARTNER,
      [`arn:aws:iam::${PARTNER}:user/Alice`]: undefined,
      "arn:aws:iam::111122223333:root": undefined,
      [`arn:aws:sts::${ACCOUNT}:assumed-role/reader/session`]: Role?.RoleId,
      [`arn:aws:sts::${ACCOUNT}:assumed-role/Reader/session`]: undefined,
      "not an arn": undefined,
    };
    for (const [arn, meaning] of Object.entries(meanings)) {
      assert.equal(await principals.resolve(arn, dispatcher.view()), meaning, arn);
    }
  });
});

describe("a caller's policies", () => {
  test("are compiled once for each version of their records", async () => {
    const { iam, user, dispatcher } = await iamDeployment();
    const alice = await user("alice", [allow("iam:GetUser")]);
    const PolicyArn = "arn:aws:iam::aws:policy/IAMFullAccess";
    await iam("AttachUserPolicy", { UserName: "alice", PolicyArn });
    const before = await principals.policiesOf(alice, dispatcher.view());
    await iam("TagUser", { UserName: "alice", Tags: [{ Key: "a", Value: "b" }] });
    const after = await principals.policiesOf(alice, dispatcher.view());
    assert.deepEqual(
      before.identity.map(({ name, arn }) => ({ name, arn })),
      [
        { name: "inline", arn: undefined },
        { name: "IAMFullAccess", arn: PolicyArn },
      ],
    );
    assert.equal(after.identity[0], before.identity[0]);
    assert.equal(after.identity[1], before.identity[1]);
    const PolicyDocument = policy(allow("iam:ListUsers"));
    await iam("PutUserPolicy", { UserName: "alice", PolicyName: "inline", PolicyDocument });
    const changed = await principals.policiesOf(alice, dispatcher.view());
    assert.notEqual(changed.identity[0], before.identity[0]);
  });

  test("are none when the principal is gone", async () => {
    const { iam, user, dispatcher } = await iamDeployment();
    const alice = await user("alice");
    await iam("DeleteAccessKey", { UserName: "alice", AccessKeyId: alice.accessKeyId });
    await iam("DeleteUser", { UserName: "alice" });
    assert.deepEqual(await principals.policiesOf(alice, dispatcher.view()), { identity: [] });
  });

  test("are checked by the commit that was decided by them", async () => {
    const { user, dispatcher, iam } = await iamDeployment();
    const alice = await user("alice", [allow("iam:GetUser")]);
    const view = dispatcher.view();
    await principals.policiesOf(alice, view);
    assert.equal(await view.stands(), true);
    await iam("DeleteUserPolicy", { UserName: "alice", PolicyName: "inline" });
    assert.equal(await view.stands(), false);
  });
});
