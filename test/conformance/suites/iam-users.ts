import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { policy, type Deployment } from "../../support/deployment.ts";
import { inTurn, numbers } from "../../support/in-turn.ts";
import { fresh } from "../../support/names.ts";
import { refused } from "../../support/refusal.ts";

const allowList = policy({ Effect: "Allow", Action: "s3:ListAllMyBuckets", Resource: "*" });

const noUser = (name: string) => ({
  code: "NoSuchEntity",
  status: 404,
  message: `The user with name ${name} cannot be found.`,
});

const sized = (characters: number) => {
  const statement = { Sid: "", Effect: "Allow", Action: "s3:*", Resource: "*" };
  const bare = policy(statement).length;
  return policy({ ...statement, Sid: "s".repeat(characters - bare) });
};

const conflict = (message: string) => ({ code: "DeleteConflict", status: 409, message });

export function iamUsers(at: Deployment): void {
  describe("IAM users", () => {
    test("a user is answered with path, id and ARN, and read back the same", async () => {
      const UserName = fresh("user");
      const { User } = await at.root.iam.createUser({ UserName, Path: "/eng/core/" });
      const { CreateDate, UserId, ...rest } = User ?? {};
      assert.match(UserId ?? "", /^AIDA[A-Z0-9]{17}$/);
      assert.ok(Math.abs(Date.now() - Number(CreateDate)) < 60_000);
      assert.deepEqual(rest, {
        Path: "/eng/core/",
        UserName,
        Arn: `arn:aws:iam::${at.account}:user/eng/core/${UserName}`,
      });
      assert.deepEqual((await at.root.iam.getUser({ UserName })).User, User);
    });

    test("names are unique without regard to case, and keep theirs", async () => {
      const UserName = fresh("MiXed");
      await at.root.iam.createUser({ UserName });
      await refused(at.root.iam.createUser({ UserName: UserName.toLowerCase() }), {
        code: "EntityAlreadyExists",
        status: 409,
        message: `User with name ${UserName.toLowerCase()} already exists.`,
      });
    });

    test("ListUsers pages over every user once", async () => {
      const prefix = `/${fresh("paging")}/`;
      const names = await inTurn(numbers(5), async () => {
        const UserName = fresh("listed");
        await at.root.iam.createUser({ UserName, Path: prefix });
        return UserName;
      });
      const found: string[] = [];
      const page = async (Marker?: string): Promise<void> => {
        const answer = await at.root.iam.listUsers({ PathPrefix: prefix, MaxItems: 2, Marker });
        found.push(...(answer.Users ?? []).map((user) => user.UserName ?? ""));
        assert.equal(answer.Marker !== undefined, answer.IsTruncated);
        if (answer.IsTruncated) await page(answer.Marker);
      };
      await page();
      assert.deepEqual(found.toSorted(), names.toSorted());
    });

    test("GetUser without a name answers the caller", async () => {
      const user = await at.user("self", { Effect: "Allow", Action: "iam:GetUser", Resource: "*" });
      assert.equal((await user.iam.getUser({})).User?.Arn, user.arn);
    });

    test("an unknown user is not found, whatever is asked of it", async () => {
      const UserName = fresh("nobody");
      const named = { UserName, PolicyName: "p" };
      const calls = [
        () => at.root.iam.getUser({ UserName }),
        () => at.root.iam.deleteUser({ UserName }),
        () => at.root.iam.createAccessKey({ UserName }),
        () => at.root.iam.listAccessKeys({ UserName }),
        () => at.root.iam.putUserPolicy({ ...named, PolicyDocument: allowList }),
        () => at.root.iam.getUserPolicy(named),
        () => at.root.iam.deleteUserPolicy(named),
        () => at.root.iam.listUserPolicies({ UserName }),
        () => at.root.iam.listAttachedUserPolicies({ UserName }),
      ];
      await inTurn(calls, (call) => refused(call(), noUser(UserName)));
    });

    const badNames: [string, RegExp][] = [
      ["with space", /regular expression pattern: \[\\w\+=,\.@-\]\+$/],
      ["n".repeat(65), /Member must have length less than or equal to 64$/],
    ];
    for (const [UserName, message] of badNames) {
      test(`the name ${UserName.slice(0, 12)} is refused`, async () => {
        await refused(at.root.iam.createUser({ UserName }), {
          code: "ValidationError",
          status: 400,
          message,
        });
      });
    }

    test("an inline policy is stored as it was sent and read back so", async () => {
      const UserName = fresh("inline");
      await at.root.iam.createUser({ UserName });
      const PolicyDocument = `{ "Version":"2012-10-17",\n "Statement": {"Effect":"Allow", "Action":"s3:Get*","Resource":"arn:aws:s3:::b/a%3Ab +ü"} }`;
      await at.root.iam.putUserPolicy({ UserName, PolicyName: "mine", PolicyDocument });
      const read = await at.root.iam.getUserPolicy({ UserName, PolicyName: "mine" });
      assert.equal(decodeURIComponent(read.PolicyDocument ?? ""), PolicyDocument);
      assert.deepEqual([read.UserName, read.PolicyName], [UserName, "mine"]);
      assert.deepEqual((await at.root.iam.listUserPolicies({ UserName })).PolicyNames, ["mine"]);
      await at.root.iam.deleteUserPolicy({ UserName, PolicyName: "mine" });
      await refused(at.root.iam.getUserPolicy({ UserName, PolicyName: "mine" }), {
        code: "NoSuchEntity",
        status: 404,
        message: "The user policy with name mine cannot be found.",
      });
    });

    test("inline policies of a user have 2048 characters in all", async () => {
      const UserName = fresh("limit");
      await at.root.iam.createUser({ UserName });
      await at.root.iam.putUserPolicy({ UserName, PolicyName: "a", PolicyDocument: sized(1500) });
      await refused(
        at.root.iam.putUserPolicy({ UserName, PolicyName: "b", PolicyDocument: sized(549) }),
        {
          code: "LimitExceeded",
          status: 409,
          message: `Maximum policy size of 2048 bytes exceeded for user ${UserName}`,
        },
      );
      await at.root.iam.putUserPolicy({ UserName, PolicyName: "b", PolicyDocument: sized(548) });
    });

    test("a user is deleted only when nothing hangs on it", async () => {
      const user = await at.user("busy", { Effect: "Allow", Action: "s3:*", Resource: "*" });
      const UserName = user.name;
      const { Policy } = await at.root.iam.createPolicy({
        PolicyName: fresh("attached"),
        PolicyDocument: allowList,
      });
      await at.root.iam.attachUserPolicy({ UserName, PolicyArn: Policy?.Arn });
      const blocked = (message: RegExp) =>
        refused(at.root.iam.deleteUser({ UserName }), { ...conflict(""), message });
      await blocked(/^Cannot delete entity, must /);
      const { accessKeyId } = user.credentials;
      await at.root.iam.deleteAccessKey({ UserName, AccessKeyId: accessKeyId });
      await blocked(/^Cannot delete entity, must (detach all|delete) policies first\.$/);
      await at.root.iam.deleteUserPolicy({ UserName, PolicyName: "conformance" });
      await refused(
        at.root.iam.deleteUser({ UserName }),
        conflict("Cannot delete entity, must detach all policies first."),
      );
      await at.root.iam.detachUserPolicy({ UserName, PolicyArn: Policy?.Arn });
      await at.root.iam.deleteUser({ UserName });
      await refused(at.root.iam.getUser({ UserName }), noUser(UserName));
    });
  });
}
