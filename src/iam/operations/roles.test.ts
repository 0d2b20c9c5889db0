import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  ACCOUNT,
  allow,
  iamDeployment,
  PARTNER,
  policy,
  trust,
} from "../testing/iam-deployment.ts";

const RoleName = "reader";
const AssumeRolePolicyDocument = trust(ACCOUNT);

describe("a role", () => {
  test("is made, and shown as AWS shows it", async () => {
    const { iam, clock } = await iamDeployment();
    const input = { RoleName, AssumeRolePolicyDocument, Description: "reads", Path: "/app/" };
    const { Role } = await iam("CreateRole", input);
    assert.match(Role?.RoleId ?? "", /^AROA[A-Z2-7]{17}$/);
    const made = {
      Path: "/app/",
      RoleName,
      RoleId: Role?.RoleId,
      Arn: `arn:aws:iam::${ACCOUNT}:role/app/reader`,
      CreateDate: clock.now(),
      AssumeRolePolicyDocument: Role?.AssumeRolePolicyDocument,
      Description: "reads",
    };
    assert.deepEqual(Role, made);
    assert.equal(
      decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ""),
      AssumeRolePolicyDocument,
    );
    const got = await iam("GetRole", { RoleName });
    assert.deepEqual(got.Role, { ...made, MaxSessionDuration: 3600, RoleLastUsed: {} });
    const { Roles } = await iam("ListRoles", {});
    assert.deepEqual(Roles, [{ ...made, MaxSessionDuration: 3600 }]);
  });

  test("has a name that is unique without regard to case", async () => {
    const { iam } = await iamDeployment();
    await iam("CreateRole", { RoleName, AssumeRolePolicyDocument });
    await assert.rejects(iam("CreateRole", { RoleName: "READER", AssumeRolePolicyDocument }), {
      code: "EntityAlreadyExists",
      message: "Role with name READER already exists.",
    });
  });

  test("keeps its trust policy as it was sent", async () => {
    const { iam } = await iamDeployment();
    const text = `{ "Version":"2012-10-17",\n "Statement": {"Effect":"Allow", "Principal":{"AWS":"*"},
      "Action":"sts:AssumeRole", "Condition": {"StringLike": {"aws:userid": "a%3Ab'(*)!"}} } }`;
    await iam("CreateRole", { RoleName, AssumeRolePolicyDocument: text });
    const { Role } = await iam("GetRole", { RoleName });
    const shown = Role?.AssumeRolePolicyDocument ?? "";
    assert.match(shown, /^[A-Za-z0-9\-_.~%]+$/);
    assert.equal(decodeURIComponent(shown), text);
  });

  test("is changed by UpdateRole, and keeps a description that is not given", async () => {
    const { iam } = await iamDeployment();
    await iam("CreateRole", { RoleName, AssumeRolePolicyDocument, Description: "reads" });
    await iam("UpdateRole", { RoleName, MaxSessionDuration: 7200 });
    const longer = await iam("GetRole", { RoleName });
    assert.equal(longer.Role?.MaxSessionDuration, 7200);
    assert.equal(longer.Role?.Description, "reads");
    await iam("UpdateRole", { RoleName, Description: "writes" });
    const again = await iam("GetRole", { RoleName });
    assert.equal(again.Role?.MaxSessionDuration, 3600);
    assert.equal(again.Role?.Description, "writes");
  });

  test("is deleted only without policies, and then not found", async () => {
    const { iam } = await iamDeployment();
    await iam("CreateRole", { RoleName, AssumeRolePolicyDocument });
    const PolicyArn = "arn:aws:iam::aws:policy/AmazonS3FullAccess";
    await iam("AttachRolePolicy", { RoleName, PolicyArn });
    await assert.rejects(iam("DeleteRole", { RoleName }), {
      code: "DeleteConflict",
      message: "Cannot delete entity, must detach all policies first.",
    });
    await iam("DetachRolePolicy", { RoleName, PolicyArn });
    await iam("DeleteRole", { RoleName });
    await assert.rejects(iam("GetRole", { RoleName }), {
      code: "NoSuchEntity",
      message: "The role with name reader cannot be found.",
    });
  });

  test("has inline policies of 10,240 characters together, white space not counted", async () => {
    const { iam } = await iamDeployment();
    await iam("CreateRole", { RoleName, AssumeRolePolicyDocument });
    const Actions = Array.from({ length: 500 }, (_, at) => `s3:Get${at}`);
    const PolicyDocument = policy(allow(Actions));
    const size = PolicyDocument.length;
    assert.ok(size > 5_120 && size < 10_240);
    const spaced = PolicyDocument.replaceAll(",", ", \n");
    await iam("PutRolePolicy", { RoleName, PolicyName: "one", PolicyDocument: spaced });
    await assert.rejects(iam("PutRolePolicy", { RoleName, PolicyName: "two", PolicyDocument }), {
      code: "LimitExceeded",
      message: "Maximum policy size of 10240 bytes exceeded for role reader",
    });
    await iam("PutRolePolicy", { RoleName, PolicyName: "one", PolicyDocument });
  });

  test("is tagged and untagged", async () => {
    const { iam } = await iamDeployment();
    await iam("CreateRole", { RoleName, AssumeRolePolicyDocument });
    const Tags = [{ Key: "team", Value: "red" }];
    await iam("TagRole", { RoleName, Tags });
    const got = await iam("GetRole", { RoleName });
    assert.deepEqual(got.Role?.Tags, Tags);
    assert.deepEqual((await iam("ListRoleTags", { RoleName })).Tags, Tags);
    await iam("UntagRole", { RoleName, TagKeys: ["Team"] });
    assert.deepEqual((await iam("ListRoleTags", { RoleName })).Tags, []);
  });
});

describe("a trust policy is refused", () => {
  const cases: Record<string, { document: string; code?: string; message: string }> = {
    "that is no JSON": { document: "{", message: "This policy contains invalid Json" },
    "that names a resource": {
      document: policy({
        Effect: "Allow",
        Principal: "*",
        Action: "sts:AssumeRole",
        Resource: "*",
      }),
      message: "Has prohibited field Resource.",
    },
    "about other actions": {
      document: policy({ Effect: "Allow", Principal: "*", Action: "s3:GetObject" }),
      message: "AssumeRole policy may only specify STS AssumeRole actions.",
    },
    "that names a user who is not there": {
      document: trust(`arn:aws:iam::${ACCOUNT}:user/nobody`),
      message: `Invalid principal in policy: "AWS":"arn:aws:iam::${ACCOUNT}:user/nobody"`,
    },
    "that names a user in another case": {
      document: trust(`arn:aws:iam::${ACCOUNT}:user/Alice`),
      message: `Invalid principal in policy: "AWS":"arn:aws:iam::${ACCOUNT}:user/Alice"`,
    },
    "that names an account that is not there": {
      document: trust("111122223333"),
      message: 'Invalid principal in policy: "AWS":"111122223333"',
    },
    "that names a unique id that is not there": {
      document: trust("AIDAQQQQQQQQQQQQQQQQQ"),
      message: 'Invalid principal in policy: "AWS":"AIDAQQQQQQQQQQQQQQQQQ"',
    },
    "that is too long": {
      document: policy({
        Effect: "Allow",
        Principal: { AWS: ACCOUNT },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "sts:ExternalId": "x".repeat(2048) } },
      }),
      code: "LimitExceeded",
      message: "Cannot exceed quota for ACLSizePerRole: 2048",
    },
  };
  for (const [name, { document, code = "MalformedPolicyDocument", message }] of Object.entries(
    cases,
  )) {
    test(name, async () => {
      const { iam } = await iamDeployment();
      await iam("CreateUser", { UserName: "alice" });
      const input = { RoleName, AssumeRolePolicyDocument: document };
      await assert.rejects(iam("CreateRole", input), { code, message });
      await iam("CreateRole", { RoleName, AssumeRolePolicyDocument });
      const update = { RoleName, PolicyDocument: document };
      await assert.rejects(iam("UpdateAssumeRolePolicy", update), { code, message });
    });
  }

  test("but not one that names what is there, in each form", async () => {
    const { iam, user, partnerRoot } = await iamDeployment();
    const alice = await user("alice");
    await user("bob", [], partnerRoot);
    await iam("CreateRole", { RoleName: "first", AssumeRolePolicyDocument });
    const document = trust(
      alice.arn,
      alice.uniqueId,
      PARTNER,
      `arn:aws:iam::${ACCOUNT}:root`,
      `arn:aws:iam::${PARTNER}:user/bob`,
      `arn:aws:iam::${ACCOUNT}:role/first`,
      `arn:aws:sts::${ACCOUNT}:assumed-role/first/session`,
    );
    await iam("CreateRole", { RoleName, AssumeRolePolicyDocument: document });
  });
});
