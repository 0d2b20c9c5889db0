import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ACCOUNT, allow, deny, iamDeployment, policy } from "../testing/iam-deployment.ts";

describe("a user", () => {
  test("is made with a unique id, a path and an ARN", async () => {
    const { iam, clock } = await iamDeployment();
    const { User } = await iam("CreateUser", { UserName: "Alice", Path: "/team/" });
    assert.match(User?.UserId ?? "", /^AIDA[A-Z2-7]{17}$/);
    assert.deepEqual(User, {
      Path: "/team/",
      UserName: "Alice",
      UserId: User?.UserId,
      Arn: `arn:aws:iam::${ACCOUNT}:user/team/Alice`,
      CreateDate: clock.now(),
    });
    assert.deepEqual(await iam("GetUser", { UserName: "alice" }), { User });
  });

  test("has a name that is unique without regard to case", async () => {
    const { iam } = await iamDeployment();
    await iam("CreateUser", { UserName: "Alice" });
    await assert.rejects(iam("CreateUser", { UserName: "aLICE", Path: "/other/" }), {
      code: "EntityAlreadyExists",
      status: 409,
      message: "User with name aLICE already exists.",
    });
  });

  test("is made once by two who ask at once", async () => {
    const { iam } = await iamDeployment();
    const asked = [1, 2].map(() => iam("CreateUser", { UserName: "alice" }));
    const results = await Promise.allSettled(asked);
    assert.deepEqual(results.map(({ status }) => status).toSorted(), ["fulfilled", "rejected"]);
    const { Users } = await iam("ListUsers", {});
    assert.equal(Users?.length, 1);
  });

  test("has the name free in another account", async () => {
    const { iam, partnerRoot } = await iamDeployment();
    await iam("CreateUser", { UserName: "alice" });
    const { User } = await iam("CreateUser", { UserName: "alice" }, partnerRoot);
    assert.match(User?.Arn ?? "", /^arn:aws:iam::999888777666:user\/alice$/);
  });

  test("may be tagged from the start by whoever may tag", async () => {
    const { iam, user } = await iamDeployment();
    const maker = await user("maker", [allow("iam:CreateUser")]);
    const Tags = [{ Key: "team", Value: "red" }];
    await assert.rejects(iam("CreateUser", { UserName: "alice", Tags }, maker), {
      code: "AccessDenied",
      message: `User: arn:aws:iam::${ACCOUNT}:user/maker is not authorized to perform: iam:TagUser on resource: arn:aws:iam::${ACCOUNT}:user/alice because no identity-based policy allows the iam:TagUser action`,
    });
    await iam("CreateUser", { UserName: "alice", Tags });
    const { User } = await iam("GetUser", { UserName: "alice" });
    assert.deepEqual(User?.Tags, Tags);
  });

  test("is not made with one tag key in two cases, or a reserved one", async () => {
    const { iam } = await iamDeployment();
    const twice = [
      { Key: "team", Value: "red" },
      { Key: "Team", Value: "blue" },
    ];
    await assert.rejects(iam("CreateUser", { UserName: "alice", Tags: twice }), {
      code: "InvalidInput",
      message: "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    });
    const reserved = [{ Key: "aws:x", Value: "" }];
    await assert.rejects(iam("CreateUser", { UserName: "alice", Tags: reserved }), {
      code: "InvalidInput",
    });
  });

  test("is bounded by a managed policy that is there", async () => {
    const { iam, callerOf } = await iamDeployment();
    const missing = `arn:aws:iam::${ACCOUNT}:policy/missing`;
    await assert.rejects(iam("CreateUser", { UserName: "a", PermissionsBoundary: missing }), {
      code: "NoSuchEntity",
      message: `Policy ${missing} does not exist or is not attachable.`,
    });
    const PolicyDocument = policy(allow("iam:ListUsers"));
    const made = await iam("CreatePolicy", { PolicyName: "bound", PolicyDocument });
    const PermissionsBoundary = made.Policy?.Arn ?? "";
    await iam("CreateUser", { UserName: "alice", PermissionsBoundary });
    const PolicyArn = "arn:aws:iam::aws:policy/AdministratorAccess";
    await iam("AttachUserPolicy", { UserName: "alice", PolicyArn });
    const { AccessKey } = await iam("CreateAccessKey", { UserName: "alice" });
    const alice = await callerOf({ AccessKeyId: AccessKey?.AccessKeyId });
    await iam("ListUsers", {}, alice);
    await assert.rejects(iam("ListRoles", {}, alice), {
      code: "AccessDenied",
      message: /because no permissions boundary allows the iam:ListRoles action$/,
    });
    await assert.rejects(iam("DeletePolicy", { PolicyArn: PermissionsBoundary }), {
      code: "DeleteConflict",
      message: "Cannot delete a policy attached to entities.",
    });
    const { Policy } = await iam("GetPolicy", { PolicyArn: PermissionsBoundary });
    assert.equal(Policy?.PermissionsBoundaryUsageCount, 1);
    assert.equal(Policy?.AttachmentCount, 0);
  });

  test("is not made by a caller whom a policy denies it", async () => {
    const { iam, user } = await iamDeployment();
    const maker = await user("maker", [
      allow("iam:*"),
      deny("iam:CreateUser", `arn:aws:iam::${ACCOUNT}:user/admin/*`),
    ]);
    await iam("CreateUser", { UserName: "alice" }, maker);
    await assert.rejects(iam("CreateUser", { UserName: "root", Path: "/admin/" }, maker), {
      code: "AccessDenied",
      message: `User: arn:aws:iam::${ACCOUNT}:user/maker is not authorized to perform: iam:CreateUser on resource: arn:aws:iam::${ACCOUNT}:user/admin/root with an explicit deny in an identity-based policy`,
    });
  });
});
