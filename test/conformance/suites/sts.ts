import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { everything, policy, type Deployment } from "../../support/deployment.ts";
import { inTurn } from "../../support/in-turn.ts";
import { fresh } from "../../support/names.ts";
import { refused } from "../../support/refusal.ts";

export function sts(at: Deployment): void {
  describe("STS", () => {
    test("GetCallerIdentity tells root, user and session who they are", async () => {
      const identity = async (clients: typeof at.root) => {
        const { Account, Arn, UserId } = await clients.sts.getCallerIdentity({});
        return { Account, Arn, UserId };
      };
      const Account = at.account;
      assert.deepEqual(await identity(at.root), {
        Account,
        Arn: `arn:aws:iam::${Account}:root`,
        UserId: Account,
      });
      const user = await at.user("who");
      assert.deepEqual(await identity(user), { Account, Arn: user.arn, UserId: user.id });
      const role = await at.role("who");
      const session = await at.assume(role, "me@work");
      assert.deepEqual(await identity(session), {
        Account,
        Arn: `arn:aws:sts::${Account}:assumed-role/${role.name}/me@work`,
        UserId: `${role.id}:me@work`,
      });
    });

    test("GetCallerIdentity is answered even to whom everything is denied", async () => {
      const user = await at.user("denied", { Effect: "Deny", Action: "*", Resource: "*" });
      assert.equal((await user.sts.getCallerIdentity({})).Arn, user.arn);
    });

    test("AssumeRole answers credentials and who they are", async () => {
      const role = await at.role("answer");
      const operator = await at.operator();
      const before = Date.now();
      const answer = await operator.sts.assumeRole({
        RoleArn: role.arn,
        RoleSessionName: "session-1",
        DurationSeconds: 900,
      });
      const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
      assert.match(AccessKeyId ?? "", /^ASIA[A-Z0-9]{16}$/);
      assert.equal(SecretAccessKey?.length, 40);
      assert.ok((SessionToken?.length ?? 0) > 40);
      assert.ok(Math.abs(Number(Expiration) - before - 900_000) < 60_000);
      assert.deepEqual(answer.AssumedRoleUser, {
        AssumedRoleId: `${role.id}:session-1`,
        Arn: `arn:aws:sts::${at.account}:assumed-role/${role.name}/session-1`,
      });
      assert.equal(answer.PackedPolicySize, undefined);
    });

    test("a session's policy can only narrow what the role allows", async () => {
      const role = await at.role("narrow", {
        Effect: "Allow",
        Action: ["kms:ListKeys", "kms:ListAliases"],
        Resource: "*",
      });
      const operator = await at.operator();
      const { Credentials } = await operator.sts.assumeRole({
        RoleArn: role.arn,
        RoleSessionName: "narrow",
        Policy: policy({
          Effect: "Allow",
          Action: ["kms:ListKeys", "kms:CreateKey"],
          Resource: "*",
        }),
      });
      const session = at.as({
        accessKeyId: Credentials?.AccessKeyId ?? "",
        secretAccessKey: Credentials?.SecretAccessKey ?? "",
        sessionToken: Credentials?.SessionToken ?? "",
      });
      await session.kms.listKeys({});
      await refused(session.kms.listAliases({}), {
        code: "AccessDeniedException",
        message: /because no session policy allows the kms:ListAliases action$/,
      });
      await refused(session.kms.createKey({}), {
        code: "AccessDeniedException",
        message: /because no identity-based policy allows the kms:CreateKey action$/,
      });
    });

    test("managed policies can be a session's policies", async () => {
      const role = await at.role("managed", everything);
      const { Policy } = await at.root.iam.createPolicy({
        PolicyName: fresh("session"),
        PolicyDocument: policy({ Effect: "Allow", Action: "kms:ListKeys", Resource: "*" }),
      });
      const operator = await at.operator();
      const { Credentials } = await operator.sts.assumeRole({
        RoleArn: role.arn,
        RoleSessionName: "managed",
        PolicyArns: [{ arn: Policy?.Arn }],
      });
      const session = at.as({
        accessKeyId: Credentials?.AccessKeyId ?? "",
        secretAccessKey: Credentials?.SecretAccessKey ?? "",
        sessionToken: Credentials?.SessionToken ?? "",
      });
      await session.kms.listKeys({});
      await refused(session.kms.createKey({}), { code: "AccessDeniedException" });
    });

    test("a trust policy that names the user is enough in its own account", async () => {
      const user = await at.user("named");
      const RoleName = fresh("named");
      const { Role } = await at.root.iam.createRole({
        RoleName,
        AssumeRolePolicyDocument: policy({
          Effect: "Allow",
          Principal: { AWS: user.arn },
          Action: "sts:AssumeRole",
        }),
      });
      await user.sts.assumeRole({ RoleArn: Role?.Arn, RoleSessionName: "named" });
    });

    test("a trust policy that names the account needs the caller's own policy too", async () => {
      const role = await at.role("account");
      const user = await at.user("no-policy");
      await refused(user.sts.assumeRole({ RoleArn: role.arn, RoleSessionName: "none" }), {
        code: "AccessDenied",
        status: 403,
        message: new RegExp(
          `^User: ${user.arn} is not authorized to perform: sts:AssumeRole on resource: ${role.arn}`,
        ),
      });
    });

    test("an external id can be demanded", async () => {
      const RoleName = fresh("external");
      const { Role } = await at.root.iam.createRole({
        RoleName,
        AssumeRolePolicyDocument: policy({
          Effect: "Allow",
          Principal: { AWS: `arn:aws:iam::${at.account}:root` },
          Action: "sts:AssumeRole",
          Condition: { StringEquals: { "sts:ExternalId": "42" } },
        }),
      });
      const operator = await at.operator();
      const input = { RoleArn: Role?.Arn, RoleSessionName: "external" };
      await operator.sts.assumeRole({ ...input, ExternalId: "42" });
      await refused(operator.sts.assumeRole({ ...input, ExternalId: "43" }), {
        code: "AccessDenied",
        status: 403,
      });
      await refused(operator.sts.assumeRole(input), { code: "AccessDenied", status: 403 });
    });

    test("a role that does not exist is refused like one that does not trust", async () => {
      const operator = await at.operator();
      const RoleArn = `arn:aws:iam::${at.account}:role/${fresh("nobody")}`;
      await refused(operator.sts.assumeRole({ RoleArn, RoleSessionName: "none" }), {
        code: "AccessDenied",
        status: 403,
        message: `User: ${operator.arn} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`,
      });
    });

    test("root may not assume a role", async () => {
      const role = await at.role("root");
      await refused(at.root.sts.assumeRole({ RoleArn: role.arn, RoleSessionName: "root" }), {
        code: "AccessDenied",
        status: 403,
        message: "Roles may not be assumed by root accounts.",
      });
    });

    const badInputs: [string, Record<string, unknown>, string | RegExp][] = [
      [
        "a session name with a colon",
        { RoleSessionName: "Session1:2" },
        "1 validation error detected: Value 'Session1:2' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
      ],
      [
        "a session name of one character",
        { RoleSessionName: "s" },
        /length greater than or equal to 2/,
      ],
      ["a duration of 899 seconds", { DurationSeconds: 899 }, /value greater than or equal to 900/],
      [
        "a duration of 12 hours and a second",
        { DurationSeconds: 43_201 },
        /value less than or equal to 43200/,
      ],
      [
        "a duration beyond the role's own",
        { DurationSeconds: 3601 },
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
      ],
      [
        "a role ARN that is none",
        { RoleArn: "this-is-no-arn-of-a-role" },
        "this-is-no-arn-of-a-role is invalid",
      ],
    ];
    for (const [name, input, message] of badInputs) {
      test(`${name} is refused`, async () => {
        const role = await at.role("input");
        const operator = await at.operator();
        const call = operator.sts.assumeRole({
          RoleArn: role.arn,
          RoleSessionName: "session",
          ...input,
        });
        await refused(call, { code: "ValidationError", status: 400, message });
      });
    }

    test("a chained session lasts an hour at most", async () => {
      const RoleName = fresh("chained");
      const { Role } = await at.root.iam.createRole({
        RoleName,
        MaxSessionDuration: 7200,
        AssumeRolePolicyDocument: policy({
          Effect: "Allow",
          Principal: { AWS: `arn:aws:iam::${at.account}:root` },
          Action: "sts:AssumeRole",
        }),
      });
      const first = await at.assume(await at.role("first", everything));
      const input = { RoleArn: Role?.Arn, RoleSessionName: "chained" };
      await first.sts.assumeRole({ ...input, DurationSeconds: 3600 });
      await refused(first.sts.assumeRole({ ...input, DurationSeconds: 3601 }), {
        code: "ValidationError",
        status: 400,
        message:
          "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
      });
    });

    test("a malformed session policy is refused", async () => {
      const role = await at.role("policy");
      const operator = await at.operator();
      await refused(
        operator.sts.assumeRole({
          RoleArn: role.arn,
          RoleSessionName: "policy",
          Policy: "{nonsense",
        }),
        { code: "MalformedPolicyDocument", status: 400 },
      );
    });

    test("sessions die with their role, and a successor of that name does not revive them", async () => {
      const role = await at.role("mortal", everything);
      const session = await at.assume(role);
      await session.kms.listKeys({});
      await at.root.iam.deleteRolePolicy({ RoleName: role.name, PolicyName: "conformance" });
      await at.root.iam.deleteRole({ RoleName: role.name });
      await assert.rejects(session.kms.listKeys({}));
      const next = await at.roleIn(at.root, at.account, role.name, everything);
      assert.notEqual(next.id, role.id);
      await assert.rejects(session.kms.listKeys({}));
      await assert.rejects(session.s3.listBuckets({}));
    });

    test("a session's credentials are nothing without their token, or with another's", async () => {
      const role = await at.role("token", everything);
      const [one, two] = [await at.assume(role, "one"), await at.assume(role, "two")];
      const { sessionToken: _, ...bare } = one.credentials;
      const token = one.credentials.sessionToken ?? "";
      const wrong = [
        bare,
        { ...bare, sessionToken: two.credentials.sessionToken ?? "" },
        { ...bare, sessionToken: `${token.slice(0, -8)}AAAAAAAA` },
        { ...bare, sessionToken: "nonsense" },
      ];
      await inTurn(wrong, async (credentials) => {
        await assert.rejects(at.as(credentials).kms.listKeys({}));
        await assert.rejects(at.as(credentials).s3.listBuckets({}));
      });
      await refused(at.as({ ...bare, sessionToken: "nonsense" }).s3.listBuckets({}), {
        code: "InvalidToken",
        status: 400,
        message: "The provided token is malformed or otherwise invalid.",
      });
    });
  });
}
