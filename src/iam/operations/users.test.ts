import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ACCOUNT, allow, iamDeployment, policy } from "../testing/iam-deployment.ts";

const ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess";
const missing = {
  code: "NoSuchEntity",
  status: 404,
  message: "The user with name nobody cannot be found.",
};

describe("a user that is not there", () => {
  const inputs = {
    GetUser: {},
    DeleteUser: {},
    UpdateUser: { NewUserName: "x" },
    CreateAccessKey: {},
    ListAccessKeys: {},
    PutUserPolicy: { PolicyName: "p", PolicyDocument: policy(allow("*")) },
    GetUserPolicy: { PolicyName: "p" },
    DeleteUserPolicy: { PolicyName: "p" },
    ListUserPolicies: {},
    AttachUserPolicy: { PolicyArn: ADMIN },
    DetachUserPolicy: { PolicyArn: ADMIN },
    ListAttachedUserPolicies: {},
    TagUser: { Tags: [] },
    UntagUser: { TagKeys: [] },
    ListUserTags: {},
  } as const;
  for (const [name, input] of Object.entries(inputs)) {
    test(`is not found by ${name}, nor by those who may not ask`, async () => {
      const { iam, user } = await iamDeployment();
      const asked = { UserName: "nobody", ...input } as never;
      await assert.rejects(iam(name as "GetUser", asked), missing);
      const stranger = await user("stranger");
      await assert.rejects(iam(name as "GetUser", asked, stranger), {
        code: "AccessDenied",
        message: `User: ${stranger.arn} is not authorized to perform: iam:${name} on resource: arn:aws:iam::${ACCOUNT}:user/nobody because no identity-based policy allows the iam:${name} action`,
      });
    });
  }
});

describe("GetUser without a name", () => {
  test("is about the caller", async () => {
    const { iam, user } = await iamDeployment();
    const alice = await user("alice", [allow("iam:GetUser")]);
    const { User } = await iam("GetUser", {}, alice);
    assert.equal(User?.Arn, alice.arn);
  });

  test("is about the account's root user when it asks", async () => {
    const { iam, clock } = await iamDeployment();
    const { User } = await iam("GetUser", {});
    assert.equal(User?.UserId, ACCOUNT);
    assert.equal(User?.Arn, `arn:aws:iam::${ACCOUNT}:root`);
    assert.deepEqual(User?.CreateDate, clock.now());
  });
});

describe("a user is renamed", () => {
  test("with its key, policies and unique id", async () => {
    const { iam, user, callerOf } = await iamDeployment();
    const alice = await user("alice", [allow("iam:ListUsers")]);
    await iam("UpdateUser", { UserName: "alice", NewUserName: "bob", NewPath: "/x/" });
    const { User } = await iam("GetUser", { UserName: "bob" });
    assert.equal(User?.UserId, alice.uniqueId);
    await assert.rejects(iam("GetUser", { UserName: "alice" }), { code: "NoSuchEntity" });
    const bob = await callerOf({ AccessKeyId: alice.accessKeyId });
    const { Users } = await iam("ListUsers", { PathPrefix: "/x" }, bob);
    assert.deepEqual(
      Users?.map(({ UserName }) => UserName),
      ["bob"],
    );
  });

  test("to a name that differs in case only", async () => {
    const { iam } = await iamDeployment();
    await iam("CreateUser", { UserName: "alice" });
    await iam("UpdateUser", { UserName: "alice", NewUserName: "Alice" });
    const { Users } = await iam("ListUsers", {});
    assert.deepEqual(
      Users?.map(({ UserName }) => UserName),
      ["Alice"],
    );
  });

  test("but not to a name that another has", async () => {
    const { iam } = await iamDeployment();
    await iam("CreateUser", { UserName: "alice" });
    await iam("CreateUser", { UserName: "bob" });
    await assert.rejects(iam("UpdateUser", { UserName: "alice", NewUserName: "BOB" }), {
      code: "EntityAlreadyExists",
      message: "User with name BOB already exists.",
    });
  });

  test("by whoever may do so under the old name and the new", async () => {
    const { iam, user } = await iamDeployment();
    await iam("CreateUser", { UserName: "alice" });
    const arn = `arn:aws:iam::${ACCOUNT}:user/alice`;
    const half = await user("half", [allow("iam:UpdateUser", arn)]);
    const input = { UserName: "alice", NewUserName: "bob" };
    await assert.rejects(iam("UpdateUser", input, half), {
      code: "AccessDenied",
      message: /on resource: arn:aws:iam::123456789012:user\/bob because/,
    });
  });
});

describe("a user is deleted", () => {
  test("only when nothing is its own any more", async () => {
    const { iam, user } = await iamDeployment();
    const { accessKeyId: AccessKeyId } = await user("alice", [allow("*")]);
    const UserName = "alice";
    await iam("AttachUserPolicy", { UserName, PolicyArn: ADMIN });
    const conflict = (what: string) => ({
      code: "DeleteConflict",
      status: 409,
      message: `Cannot delete entity, must ${what} first.`,
    });
    await assert.rejects(iam("DeleteUser", { UserName }), conflict("delete access keys"));
    await iam("DeleteAccessKey", { UserName, AccessKeyId });
    await assert.rejects(iam("DeleteUser", { UserName }), conflict("detach all policies"));
    await iam("DetachUserPolicy", { UserName, PolicyArn: ADMIN });
    await assert.rejects(iam("DeleteUser", { UserName }), conflict("delete policies"));
    await iam("DeleteUserPolicy", { UserName, PolicyName: "inline" });
    await iam("DeleteUser", { UserName });
    await assert.rejects(iam("GetUser", { UserName }), { code: "NoSuchEntity" });
  });

  test("and leaves nothing to one of the same name", async () => {
    const { iam } = await iamDeployment();
    const Tags = [{ Key: "team", Value: "red" }];
    const first = await iam("CreateUser", { UserName: "alice", Tags });
    await iam("DeleteUser", { UserName: "alice" });
    const second = await iam("CreateUser", { UserName: "alice" });
    assert.notEqual(second.User?.UserId, first.User?.UserId);
    const { Tags: left } = await iam("ListUserTags", { UserName: "alice" });
    assert.deepEqual(left, []);
  });
});

describe("access keys", () => {
  test("are two at most, listed without their secrets", async () => {
    const { iam } = await iamDeployment();
    await iam("CreateUser", { UserName: "alice" });
    const one = await iam("CreateAccessKey", { UserName: "alice" });
    const two = await iam("CreateAccessKey", { UserName: "alice" });
    await assert.rejects(iam("CreateAccessKey", { UserName: "alice" }), {
      code: "LimitExceeded",
      status: 409,
      message: "Cannot exceed quota for AccessKeysPerUser: 2",
    });
    const { AccessKeyMetadata } = await iam("ListAccessKeys", { UserName: "alice" });
    assert.deepEqual(
      AccessKeyMetadata,
      [one, two].map(({ AccessKey }) => {
        const { SecretAccessKey: _, ...shown } = AccessKey ?? {};
        return shown;
      }),
    );
  });

  test("are two at most for those who ask at once", async () => {
    const { iam } = await iamDeployment();
    await iam("CreateUser", { UserName: "alice" });
    const asked = [1, 2, 3].map(() => iam("CreateAccessKey", { UserName: "alice" }));
    const results = await Promise.allSettled(asked);
    const failed = results.filter(({ status }) => status === "rejected");
    assert.equal(failed.length, 1);
  });

  test("of one user are not found at another", async () => {
    const { iam, user } = await iamDeployment();
    const { accessKeyId: AccessKeyId } = await user("alice");
    await user("bob");
    const unknown = {
      code: "NoSuchEntity",
      message: `The Access Key with id ${AccessKeyId} cannot be found.`,
    };
    await assert.rejects(iam("DeleteAccessKey", { UserName: "bob", AccessKeyId }), unknown);
    const Status = "Inactive" as const;
    await assert.rejects(iam("UpdateAccessKey", { UserName: "bob", AccessKeyId, Status }), unknown);
    await assert.rejects(iam("DeleteAccessKey", { AccessKeyId }), unknown);
  });

  test("without a user's name are the caller's own", async () => {
    const { iam, user, root, find } = await iamDeployment();
    const own = await user("alice", [
      allow("iam:*AccessKey*", `arn:aws:iam::${ACCOUNT}:user/\${aws:username}`),
    ]);
    const { AccessKey } = await iam("CreateAccessKey", {}, own);
    assert.equal(AccessKey?.UserName, "alice");
    const AccessKeyId = AccessKey?.AccessKeyId ?? "";
    await iam("UpdateAccessKey", { AccessKeyId, Status: "Inactive" }, own);
    await iam("DeleteAccessKey", { AccessKeyId }, own);
    const roots = await iam("ListAccessKeys", {});
    assert.deepEqual(
      roots.AccessKeyMetadata?.map((key) => key.AccessKeyId),
      [root.accessKeyId],
    );
    const second = await iam("CreateAccessKey", {});
    const found = await find(second.AccessKey?.AccessKeyId ?? "");
    assert.ok(typeof found === "object");
    assert.equal(found.caller.kind, "root");
    await iam("DeleteAccessKey", { AccessKeyId: root.accessKeyId });
    assert.equal(await find(root.accessKeyId), "access-key-unknown");
  });

  test("are recorded without their secrets", async () => {
    const deployment = await iamDeployment();
    const { iam, user } = deployment;
    await user("alice");
    const { AccessKey } = await iam("CreateAccessKey", { UserName: "alice" });
    const records = await deployment.events();
    const event = records.findLast(({ eventName }) => eventName === "CreateAccessKey");
    assert.deepEqual(event?.["responseElements"], {
      accessKey: {
        userName: "alice",
        accessKeyId: AccessKey?.AccessKeyId,
        status: "Active",
        createDate: "Jan 1, 2026, 12:00:00 AM",
      },
    });
  });

  test("are not made by a role session for itself", async () => {
    const { iam, root } = await iamDeployment();
    const session = { ...root, kind: "role-session" as const };
    await assert.rejects(iam("CreateAccessKey", {}, session), {
      code: "ValidationError",
      message: "Must specify userName when calling with non-User credentials",
    });
  });
});

describe("tags", () => {
  const UserName = "alice";

  test("are told apart without case and replaced", async () => {
    const { iam } = await iamDeployment();
    await iam("CreateUser", { UserName });
    await iam("TagUser", { UserName, Tags: [{ Key: "Team", Value: "red" }] });
    await iam("TagUser", {
      UserName,
      Tags: [
        { Key: "TEAM", Value: "blue" },
        { Key: "floor", Value: "" },
      ],
    });
    const { Tags } = await iam("ListUserTags", { UserName });
    assert.deepEqual(Tags, [
      { Key: "TEAM", Value: "blue" },
      { Key: "floor", Value: "" },
    ]);
    await iam("UntagUser", { UserName, TagKeys: ["team", "none"] });
    const left = await iam("ListUserTags", { UserName });
    assert.deepEqual(left.Tags, [{ Key: "floor", Value: "" }]);
  });

  test("are fifty at most", async () => {
    const { iam } = await iamDeployment();
    const Tags = Array.from({ length: 50 }, (_, at) => ({ Key: `k${at}`, Value: "" }));
    await iam("CreateUser", { UserName, Tags });
    await assert.rejects(iam("TagUser", { UserName, Tags: [{ Key: "one", Value: "" }] }), {
      code: "LimitExceeded",
      message: "The number of tags has reached the maximum limit.",
    });
  });

  test("of callers and users decide", async () => {
    const { iam, user, callerOf } = await iamDeployment();
    await iam("CreateUser", { UserName, Tags: [{ Key: "team", Value: "red" }] });
    const same = { StringEquals: { "aws:ResourceTag/team": "${aws:PrincipalTag/team}" } };
    const bob = await user("bob", [{ ...allow("iam:GetUser"), Condition: same }]);
    await assert.rejects(iam("GetUser", { UserName }, bob), { code: "AccessDenied" });
    await iam("TagUser", { UserName: "bob", Tags: [{ Key: "Team", Value: "red" }] });
    await iam("GetUser", { UserName }, await callerOf({ AccessKeyId: bob.accessKeyId }));
  });
});

describe("ListUsers", () => {
  test("goes page by page in the order of names, below a path", async () => {
    const { iam } = await iamDeployment();
    for (const name of ["d", "B", "a", "C", "e"]) {
      await iam("CreateUser", { UserName: name, Path: name === "e" ? "/other/" : "/team/" });
    }
    const pages: (string | undefined)[][] = [];
    let Marker: string | undefined;
    do {
      const input = { PathPrefix: "/team/", MaxItems: 2, ...(Marker !== undefined && { Marker }) };
      const page = await iam("ListUsers", input);
      pages.push((page.Users ?? []).map(({ UserName }) => UserName));
      assert.equal(page.IsTruncated, page.Marker !== undefined);
      ({ Marker } = page);
    } while (Marker !== undefined);
    assert.deepEqual(pages, [
      ["a", "B"],
      ["C", "d"],
    ]);
  });

  test("refuses a marker that it never gave", async () => {
    const { iam } = await iamDeployment();
    await assert.rejects(iam("ListUsers", { Marker: "not a marker" }), {
      code: "ValidationError",
      message: "Invalid Marker.",
    });
  });

  test("shows neither tags nor boundaries", async () => {
    const { iam } = await iamDeployment();
    await iam("CreateUser", { UserName: "alice", Tags: [{ Key: "a", Value: "b" }] });
    const { Users } = await iam("ListUsers", {});
    assert.deepEqual(Object.keys(Users?.[0] ?? {}), [
      "Path",
      "UserName",
      "UserId",
      "Arn",
      "CreateDate",
    ]);
  });
});
