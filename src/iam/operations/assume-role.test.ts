import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { HOUR_MS, SECOND_MS } from "../../base/index.ts";
import {
  ACCOUNT,
  allow,
  iamDeployment,
  PARTNER,
  policy,
  trust,
} from "../testing/iam-deployment.ts";

const ROLE = `arn:aws:iam::${ACCOUNT}:role/app/reader`;
const ALICE = `arn:aws:iam::${ACCOUNT}:user/alice`;
const denied = (arn: string, action = "sts:AssumeRole", resource = ROLE) => ({
  code: "AccessDenied",
  status: 403,
  message: `User: ${arn} is not authorized to perform: ${action} on resource: ${resource}`,
});

/** Alice has no permissions of her own; the role trusts whom `trustPolicy` names. */
async function start(trustPolicy = trust(ALICE), role: { MaxSessionDuration?: number } = {}) {
  const deployment = await iamDeployment();
  const { iam, sts, user, callerOf } = deployment;
  const alice = await user("alice");
  const AssumeRolePolicyDocument = trustPolicy;
  const named = { RoleName: "reader", Path: "/app/" };
  await iam("CreateRole", { ...named, AssumeRolePolicyDocument, ...role });
  const asked = { RoleArn: ROLE, RoleSessionName: "session" };
  const assume = async (input: object = {}, caller = alice) =>
    sts("AssumeRole", { ...asked, ...input }, caller);
  /** The caller that a session is, found by its credentials. */
  const session = async (input: object = {}, caller = alice) => {
    const { Credentials } = await assume(input, caller);
    assert.ok(Credentials);
    return callerOf(Credentials);
  };
  return { ...deployment, alice, assume, session };
}

describe("a role is assumed", () => {
  test("by a user of its account whom its trust policy names", async () => {
    const { assume, callerOf, clock, iam } = await start();
    const { Credentials, AssumedRoleUser, ...rest } = await assume();
    const { Role } = await iam("GetRole", { RoleName: "reader" });
    assert.deepEqual(rest, {});
    assert.match(Credentials?.AccessKeyId ?? "", /^ASIA[A-Z2-7]{16}$/);
    assert.match(Credentials?.SecretAccessKey ?? "", /^[A-Za-z0-9+/]{40}$/);
    assert.equal(Credentials?.Expiration?.getTime(), clock.now().getTime() + HOUR_MS);
    const arn = `arn:aws:sts::${ACCOUNT}:assumed-role/reader/session`;
    assert.deepEqual(AssumedRoleUser, { AssumedRoleId: `${Role?.RoleId}:session`, Arn: arn });
    assert.ok(Credentials);
    const caller = await callerOf(Credentials);
    assert.equal(caller.kind, "role-session");
    assert.equal(caller.arn, arn);
    assert.equal(caller.principalId, `${Role?.RoleId}:session`);
    assert.equal(caller.session?.issuerArn, ROLE);
    assert.equal(caller.session?.issuerName, "reader");
  });

  test("and recorded without the secret", async () => {
    const deployment = await start();
    const { assume } = deployment;
    const { Credentials } = await assume();
    const records = await deployment.events();
    const event = records.find(({ eventName }) => eventName === "AssumeRole");
    assert.deepEqual(Reflect.get(event?.["responseElements"] ?? {}, "credentials"), {
      accessKeyId: Credentials?.AccessKeyId,
      sessionToken: Credentials?.SessionToken,
      expiration: "Jan 1, 2026, 1:00:00 AM",
    });
    assert.ok(!JSON.stringify(records).includes(Credentials?.SecretAccessKey ?? ""));
  });

  test("where the trust policy names the account, by those whose own policies allow it", async () => {
    const { alice, assume, iam } = await start(trust(`arn:aws:iam::${ACCOUNT}:root`));
    await assert.rejects(assume(), {
      ...denied(alice.arn),
      message: `${denied(alice.arn).message} because no identity-based policy allows the sts:AssumeRole action`,
    });
    const PolicyDocument = policy(allow("sts:AssumeRole", ROLE));
    await iam("PutUserPolicy", { UserName: "alice", PolicyName: "p", PolicyDocument });
    await assume();
  });

  test("from another account only with both halves of the permission", async () => {
    const { iam, assume, user, partnerRoot } = await start(trust(PARTNER));
    const none = await user("none", [], partnerRoot);
    const both = await user("both", [allow("sts:AssumeRole", ROLE)], partnerRoot);
    await assert.rejects(assume({}, none), { code: "AccessDenied" });
    await assume({}, both);
    const PolicyDocument = trust(ALICE);
    await iam("UpdateAssumeRolePolicy", { RoleName: "reader", PolicyDocument });
    await assert.rejects(assume({}, both), denied(both.arn));
  });

  test("under the conditions of its trust policy", async () => {
    const document = policy({
      Effect: "Allow",
      Principal: { AWS: ALICE },
      Action: "sts:AssumeRole",
      Condition: {
        StringEquals: { "sts:ExternalId": "secret-1", "sts:RoleSessionName": "${aws:username}" },
      },
    });
    const { alice, assume } = await start(document);
    const RoleSessionName = "alice";
    await assert.rejects(assume({ RoleSessionName }), denied(alice.arn));
    await assert.rejects(assume({ ExternalId: "secret-1" }), denied(alice.arn));
    await assert.rejects(assume({ ExternalId: "other", RoleSessionName }), denied(alice.arn));
    await assume({ ExternalId: "secret-1", RoleSessionName });
  });
});

describe("a role is not assumed", () => {
  test("when there is none, in the same words as when it does not trust the caller", async () => {
    const { alice, assume } = await start(trust(`arn:aws:iam::${ACCOUNT}:user/alice`));
    const RoleArn = `arn:aws:iam::${ACCOUNT}:role/missing`;
    await assert.rejects(assume({ RoleArn }), denied(alice.arn, "sts:AssumeRole", RoleArn));
    const wrongPath = `arn:aws:iam::${ACCOUNT}:role/reader`;
    await assert.rejects(
      assume({ RoleArn: wrongPath }),
      denied(alice.arn, "sts:AssumeRole", wrongPath),
    );
  });

  test("by the root user", async () => {
    const { assume, root } = await start(trust(ACCOUNT));
    await assert.rejects(assume({}, root), {
      code: "AccessDenied",
      message: "Roles may not be assumed by root accounts.",
    });
  });

  for (const RoleArn of [
    "reader-role-with-a-name",
    "arn:a:a::aaaaaaaaaa:",
    "arn::iam::1:role/xxxxx",
  ]) {
    test(`by the ARN ${RoleArn}`, async () => {
      const { assume } = await start();
      await assert.rejects(assume({ RoleArn }), {
        code: "ValidationError",
        message: `${RoleArn} is invalid`,
      });
    });
  }

  test("by a user who was made anew under the name that it trusts", async () => {
    const { iam, user, alice, assume } = await start();
    await iam("DeleteAccessKey", { UserName: "alice", AccessKeyId: alice.accessKeyId });
    await iam("DeleteUser", { UserName: "alice" });
    const another = await user("alice");
    await assert.rejects(assume({}, another), denied(ALICE));
  });

  test("for longer than its maximum", async () => {
    const { assume } = await start(trust(ALICE), { MaxSessionDuration: 7200 });
    await assume({ DurationSeconds: 7200 });
    await assert.rejects(assume({ DurationSeconds: 7201 }), {
      code: "ValidationError",
      message: "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    });
  });

  test("for more than an hour through another role", async () => {
    const { iam, assume, session } = await start(trust(ALICE), { MaxSessionDuration: 7200 });
    const PolicyDocument = trust(ALICE, ROLE);
    await iam("UpdateAssumeRolePolicy", { RoleName: "reader", PolicyDocument });
    const caller = await session({ DurationSeconds: 7200 });
    await assume({ DurationSeconds: 3600 }, caller);
    await assert.rejects(assume({ DurationSeconds: 3601 }, caller), {
      code: "ValidationError",
      message:
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
    });
  });

  test("with a one-time code, since nobody has a device for it", async () => {
    const { assume } = await start();
    const SerialNumber = `arn:aws:iam::${ACCOUNT}:mfa/alice`;
    await assert.rejects(assume({ SerialNumber, TokenCode: "123456" }), {
      code: "AccessDenied",
      message: "MultiFactorAuthentication failed with invalid MFA one time pass code.",
    });
  });
});

describe("a session of a role", () => {
  test("may do what the role may, from the moment that the role may", async () => {
    const { iam, session } = await start();
    const caller = await session();
    await assert.rejects(iam("ListUsers", {}, caller), {
      message: `User: ${caller.arn} is not authorized to perform: iam:ListUsers on resource: * because no identity-based policy allows the iam:ListUsers action`,
    });
    const PolicyDocument = policy(allow("iam:ListUsers"));
    await iam("PutRolePolicy", { RoleName: "reader", PolicyName: "p", PolicyDocument });
    await iam("ListUsers", {}, caller);
    await iam("DeleteRolePolicy", { RoleName: "reader", PolicyName: "p" });
    await assert.rejects(iam("ListUsers", {}, caller), { code: "AccessDenied" });
  });

  test("is restricted by the policies that it was made with", async () => {
    const { iam, session } = await start();
    const PolicyArn = "arn:aws:iam::aws:policy/IAMFullAccess";
    await iam("AttachRolePolicy", { RoleName: "reader", PolicyArn });
    const Policy = policy(allow("iam:ListUsers"));
    const inline = await session({ Policy });
    await iam("ListUsers", {}, inline);
    await assert.rejects(iam("ListRoles", {}, inline), {
      code: "AccessDenied",
      message: /because no session policy allows the iam:ListRoles action$/,
    });
    const arn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
    const managed = await session({ PolicyArns: [{ arn }] });
    await assert.rejects(iam("ListUsers", {}, managed), { code: "AccessDenied" });
  });

  test("ends with the role, and does not begin again with its name", async () => {
    const { iam, assume, find } = await start();
    const { Credentials } = await assume();
    const { AccessKeyId = "", SessionToken } = Credentials ?? {};
    await iam("DeleteRole", { RoleName: "reader" });
    assert.equal(await find(AccessKeyId, SessionToken), "access-key-unknown");
    const AssumeRolePolicyDocument = trust(ALICE);
    await iam("CreateRole", { RoleName: "reader", Path: "/app/", AssumeRolePolicyDocument });
    assert.equal(await find(AccessKeyId, SessionToken), "access-key-unknown");
  });

  test("ends at its time", async () => {
    const { assume, find, clock } = await start();
    const { Credentials } = await assume({ DurationSeconds: 900 });
    const { AccessKeyId = "", SessionToken } = Credentials ?? {};
    clock.advance(899 * SECOND_MS);
    assert.equal(typeof (await find(AccessKeyId, SessionToken)), "object");
    clock.advance(SECOND_MS);
    assert.equal(await find(AccessKeyId, SessionToken), "token-expired");
  });

  test("refuses session policies that are malformed, unknown or too large", async () => {
    const { assume } = await start();
    await assert.rejects(assume({ Policy: "{" }), { code: "MalformedPolicyDocument" });
    const arn = `arn:aws:iam::${ACCOUNT}:policy/missing`;
    await assert.rejects(assume({ PolicyArns: [{ arn }] }), { code: "NoSuchEntity" });
    const Policy = policy(allow(Array.from({ length: 200 }, (_, at) => `s3:GetObject${at}`)));
    await assert.rejects(assume({ Policy }), { code: "PackedPolicyTooLarge" });
  });
});

describe("tags of a session", () => {
  const document = (actions: string[]) =>
    policy({ Effect: "Allow", Principal: { AWS: [ALICE, ROLE] }, Action: actions });
  const Tags = [{ Key: "Team", Value: "red" }];

  /** A role that trusts alice and, for chaining, itself. */
  async function startTagged(actions = ["sts:AssumeRole", "sts:TagSession"]) {
    const deployment = await start();
    const PolicyDocument = document(actions);
    await deployment.iam("UpdateAssumeRolePolicy", { RoleName: "reader", PolicyDocument });
    return deployment;
  }

  test("need the permission for them", async () => {
    const { assume, alice } = await startTagged(["sts:AssumeRole"]);
    await assume();
    await assert.rejects(assume({ Tags }), denied(alice.arn, "sts:TagSession"));
  });

  test("go before those of the role", async () => {
    const { iam, session } = await startTagged();
    await iam("TagRole", {
      RoleName: "reader",
      Tags: [
        { Key: "team", Value: "blue" },
        { Key: "floor", Value: "3" },
      ],
    });
    const caller = await session({ Tags });
    assert.deepEqual(
      [...(caller.tags ?? [])],
      [
        ["floor", "3"],
        ["Team", "red"],
      ],
    );
  });

  test("pass to the next role when they are transitive, and stay", async () => {
    const { session, assume } = await startTagged();
    const first = await session({ Tags, TransitiveTagKeys: ["team"] });
    const second = await session({ Tags: [{ Key: "x", Value: "y" }] }, first);
    assert.deepEqual(
      [...(second.tags ?? [])],
      [
        ["Team", "red"],
        ["x", "y"],
      ],
    );
    await assert.rejects(assume({ Tags: [{ Key: "TEAM", Value: "blue" }] }, second), {
      code: "InvalidParameterValue",
      message:
        "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    });
  });

  test("are refused twice, and as transitive when they are not there", async () => {
    const { assume } = await startTagged();
    await assert.rejects(assume({ Tags: [...Tags, { Key: "TEAM", Value: "" }] }), {
      code: "InvalidParameterValue",
      message: "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    });
    await assert.rejects(assume({ Tags, TransitiveTagKeys: ["floor"] }), {
      code: "InvalidParameterValue",
      message: "The specified transitive tag key must be included in the requested tags.",
    });
  });
});

test("a session that no token could carry is refused", async () => {
  const { iam, assume, find } = await start();
  const actions = ["sts:AssumeRole", "sts:TagSession"];
  const PolicyDocument = policy({ Effect: "Allow", Principal: { AWS: ALICE }, Action: actions });
  await iam("UpdateAssumeRolePolicy", { RoleName: "reader", PolicyDocument });
  const tags = (Value: string) => ({
    Tags: Array.from({ length: 15 }, (_, at) => ({ Key: `key${at}`, Value })),
  });
  const Policy = `${policy(allow("*"))}${"\n".repeat(1900)}`;
  const { Credentials } = await assume({ Policy, ...tags("x".repeat(256)) });
  const { AccessKeyId = "", SessionToken } = Credentials ?? {};
  assert.equal(typeof (await find(AccessKeyId, SessionToken)), "object");
  await assert.rejects(assume({ Policy, ...tags("\u20ac".repeat(256)) }), {
    code: "PackedPolicyTooLarge",
    message: /^Packed size of session tags consumes 1\d\d% of allotted space\.$/,
  });
  await assert.rejects(assume(tags("x".repeat(300))), { code: "PackedPolicyTooLarge" });
});

test("a source identity needs its permission and stays through further roles", async () => {
  const { iam, alice, assume, session } = await start();
  const SourceIdentity = "alice@example";
  await assert.rejects(assume({ SourceIdentity }), denied(alice.arn, "sts:SetSourceIdentity"));
  const PolicyDocument = policy({
    Effect: "Allow",
    Principal: { AWS: [ALICE, ROLE] },
    Action: ["sts:AssumeRole", "sts:SetSourceIdentity"],
  });
  await iam("UpdateAssumeRolePolicy", { RoleName: "reader", PolicyDocument });
  const first = await session({ SourceIdentity });
  const second = await session({}, first);
  assert.equal(second.session?.sourceIdentity, SourceIdentity);
  await assert.rejects(assume({ SourceIdentity: "mallory" }, first), { code: "AccessDenied" });
});
