/** Edges of the policy language, asked of the whole system: the cases of AWS's own documentation. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Clients } from "../../support/clients.ts";
import {
  everything,
  policy,
  rootStatement,
  type Deployment,
  type Statements,
} from "../../support/deployment.ts";
import { fresh } from "../../support/names.ts";
import { refused } from "../../support/refusal.ts";

const Plaintext = Buffer.from("x");
const accessDenied = { code: ["AccessDenied", "AccessDeniedException"] };

/** A user's policy, what it does with bucket, key and name, and whether that is allowed. */
interface Case {
  readonly name: string;
  readonly statements: (world: World) => Statements;
  readonly allowed: (call: Calls) => Promise<unknown>[];
  readonly denied: (call: Calls) => (() => Promise<unknown>)[];
}

interface World {
  readonly Bucket: string;
  readonly keyArn: string;
}

interface Calls extends World, Clients {
  readonly get: (key: string, bucket?: string) => Promise<unknown>;
}

const allow = (Action: string, Resource: string, Condition?: object) => ({
  Effect: "Allow",
  Action,
  Resource,
  ...(Condition === undefined ? {} : { Condition }),
});
const deny = (Action: string, Condition: object) => ({
  Effect: "Deny",
  Action,
  Resource: "*",
  Condition,
});

const cases: Case[] = [
  {
    name: "a denial by StringNotEquals falls when the key is absent",
    statements: () => [
      everything,
      deny("s3:PutObject", { StringNotEquals: { "s3:x-amz-server-side-encryption": "AES256" } }),
    ],
    allowed: ({ s3, Bucket }) => [
      s3.putObject({ Bucket, Key: "k", Body: "x", ServerSideEncryption: "AES256" }),
    ],
    denied: ({ s3, Bucket }) => [() => s3.putObject({ Bucket, Key: "k", Body: "x" })],
  },
  {
    name: "a denial by Bool of MFA does not fall on long-term keys, which have none",
    statements: () => [
      everything,
      deny("kms:ListKeys", { Bool: { "aws:MultiFactorAuthPresent": "false" } }),
      deny("kms:ListAliases", { BoolIfExists: { "aws:MultiFactorAuthPresent": "false" } }),
    ],
    allowed: ({ kms }) => [kms.listKeys({})],
    denied: ({ kms }) => [() => kms.listAliases({})],
  },
  {
    name: "ForAllValues is true of nothing, ForAnyValue is not",
    statements: () => [
      allow("kms:CreateKey", "*", { "ForAllValues:StringEquals": { "aws:TagKeys": "team" } }),
      allow("kms:TagResource", "*"),
      allow("kms:Encrypt", "*", {
        "ForAnyValue:StringEquals": { "kms:EncryptionContextKeys": "stage" },
      }),
    ],
    allowed: ({ kms, keyArn }) => [
      kms.createKey({}),
      kms.createKey({ Tags: [{ TagKey: "team", TagValue: "a" }] }),
      kms.encrypt({ KeyId: keyArn, Plaintext, EncryptionContext: { stage: "a", b: "c" } }),
    ],
    denied: ({ kms, keyArn }) => [
      () =>
        kms.createKey({
          Tags: [
            { TagKey: "team", TagValue: "a" },
            { TagKey: "cost", TagValue: "b" },
          ],
        }),
      () => kms.encrypt({ KeyId: keyArn, Plaintext }),
    ],
  },
  {
    name: "a resource's star spans slashes and buckets",
    statements: ({ Bucket }) => allow("s3:GetObject", `arn:aws:s3:::${Bucket}*`),
    allowed: ({ get, Bucket }) => [get("a/b/c"), get("k", `${Bucket}-2`)],
    denied: ({ s3, Bucket }) => [() => s3.listObjectsV2({ Bucket })],
  },
  {
    name: "a question mark is one character, and names mind their case",
    statements: ({ Bucket }) => allow("s3:GetObject", `arn:aws:s3:::${Bucket}/?`),
    allowed: ({ get }) => [get("k"), get("K")],
    denied: ({ get }) => [() => get("a/b/c")],
  },
  {
    name: "actions do not mind their case",
    statements: ({ Bucket }) => allow("S3:gEtObJeCt", `arn:aws:s3:::${Bucket}/k`),
    allowed: ({ get }) => [get("k")],
    denied: ({ get }) => [() => get("K")],
  },
  {
    name: "NotAction allows everything else",
    statements: () => ({ Effect: "Allow", NotAction: "s3:*", Resource: "*" }),
    allowed: ({ kms, iam }) => [kms.listKeys({}), iam.listUsers({})],
    denied: ({ s3 }) => [() => s3.listBuckets({})],
  },
  {
    name: "NotResource allows everywhere else",
    statements: ({ Bucket }) => ({
      Effect: "Allow",
      Action: "s3:GetObject",
      NotResource: `arn:aws:s3:::${Bucket}/k`,
    }),
    allowed: ({ get }) => [get("K")],
    denied: ({ get }) => [() => get("k")],
  },
  {
    name: "two statements never share their conditions",
    statements: ({ Bucket }) => [
      allow("s3:GetObject", `arn:aws:s3:::${Bucket}/k`, {
        StringEquals: { "aws:username": "somebody-else" },
      }),
      allow("s3:PutObject", `arn:aws:s3:::${Bucket}/k`),
    ],
    allowed: ({ s3, Bucket }) => [s3.putObject({ Bucket, Key: "k", Body: "x" })],
    denied: ({ get }) => [() => get("k")],
  },
  {
    name: "a variable stands for the caller, without a value for nobody",
    statements: ({ Bucket }) => [
      allow("s3:PutObject", `arn:aws:s3:::${Bucket}/\${aws:username}/*`),
      allow("s3:GetObject", `arn:aws:s3:::${Bucket}/\${aws:PrincipalTag/team}*`),
    ],
    allowed: () => [],
    denied: ({ s3, Bucket, get }) => [
      () => s3.putObject({ Bucket, Key: "other/k", Body: "x" }),
      () => get("k"),
    ],
  },
  {
    name: "a denial by a variable without a value falls on every caller",
    statements: () => [
      everything,
      deny("kms:ListKeys", {
        StringNotEquals: { "aws:RequestedRegion": "${aws:PrincipalTag/region}" },
      }),
    ],
    allowed: ({ kms }) => [kms.listAliases({})],
    denied: ({ kms }) => [() => kms.listKeys({})],
  },
  {
    name: "StringLike of a service that was not used is false",
    statements: () =>
      allow("kms:Encrypt", "*", { StringLike: { "kms:ViaService": "s3.*.amazonaws.com" } }),
    allowed: () => [],
    denied: ({ kms, keyArn }) => [() => kms.encrypt({ KeyId: keyArn, Plaintext })],
  },
  {
    name: "dates and addresses are compared as what they are",
    statements: () => [
      allow("kms:ListKeys", "*", {
        DateGreaterThan: { "aws:CurrentTime": "2020-01-01T00:00:00Z" },
        IpAddress: { "aws:SourceIp": ["10.0.0.0/8", "127.0.0.0/8", "::1/128"] },
      }),
      allow("kms:ListAliases", "*", { DateLessThan: { "aws:CurrentTime": "2020-01-01" } }),
    ],
    allowed: ({ kms }) => [kms.listKeys({})],
    denied: ({ kms }) => [() => kms.listAliases({})],
  },
  {
    name: "Null asks whether a key is there",
    statements: () => [
      allow("s3:PutObject", "*", { Null: { "s3:x-amz-server-side-encryption": "true" } }),
      allow("kms:ListKeys", "*", { Null: { "aws:username": "false" } }),
    ],
    allowed: ({ s3, Bucket, kms }) => [
      s3.putObject({ Bucket, Key: "k", Body: "x" }),
      kms.listKeys({}),
    ],
    denied: ({ s3, Bucket }) => [
      () => s3.putObject({ Bucket, Key: "k", Body: "x", ServerSideEncryption: "AES256" }),
    ],
  },
];

export function policyCases(at: Deployment): void {
  describe("policy cases", () => {
    for (const { name, statements, allowed, denied } of cases) {
      test(name, async () => {
        const Bucket = await at.bucket("policy");
        await at.root.s3.createBucket({ Bucket: `${Bucket}-2` });
        const put = (bucket: string, Key: string) =>
          at.root.s3.putObject({ Bucket: bucket, Key, Body: "x" });
        await Promise.all([
          put(Bucket, "k"),
          put(Bucket, "K"),
          put(Bucket, "a/b/c"),
          put(`${Bucket}-2`, "k"),
        ]);
        const world = { Bucket, keyArn: (await at.key()).arn };
        const user = await at.user("case", statements(world));
        const get = async (Key: string, bucket = Bucket) => {
          const { Body } = await user.s3.getObject({ Bucket: bucket, Key });
          return Body?.transformToString();
        };
        const calls = { ...world, ...user, get };
        await Promise.all(allowed(calls));
        await Promise.all(denied(calls).map((call) => refused(call(), accessDenied)));
      });
    }

    test("a user's own folder is its own", async () => {
      const Bucket = await at.bucket("home");
      const user = await at.user(
        "home",
        allow("s3:*", `arn:aws:s3:::${Bucket}/\${aws:username}/*`),
      );
      await user.s3.putObject({ Bucket, Key: `${user.name}/k`, Body: "x" });
      await refused(user.s3.putObject({ Bucket, Key: "k", Body: "x" }), accessDenied);
    });

    test("aws:PrincipalArn of a session is its role's", async () => {
      const Bucket = await at.bucket("principal");
      const role = await at.role("principal", everything);
      await at.root.s3.putBucketPolicy({
        Bucket,
        Policy: policy({
          Effect: "Deny",
          Principal: "*",
          Action: "s3:PutObject",
          Resource: `arn:aws:s3:::${Bucket}/*`,
          Condition: { ArnNotLike: { "aws:PrincipalArn": `arn:aws:iam::*:role/${role.name}` } },
        }),
      });
      const session = await at.assume(role);
      await session.s3.putObject({ Bucket, Key: "k", Body: "x" });
      await refused(at.root.s3.putObject({ Bucket, Key: "k", Body: "x" }), accessDenied);
    });

    test("a bucket policy for everybody of the account needs no policy of the caller", async () => {
      const Bucket = await at.bucket("everybody");
      await at.root.s3.putObject({ Bucket, Key: "k", Body: "x" });
      await at.root.s3.putBucketPolicy({
        Bucket,
        Policy: policy({
          Effect: "Allow",
          Principal: "*",
          Action: "s3:GetObject",
          Resource: `arn:aws:s3:::${Bucket}/*`,
          Condition: { StringEquals: { "aws:PrincipalAccount": at.account } },
        }),
      });
      const nobody = await at.user("nobody");
      const { Body } = await nobody.s3.getObject({ Bucket, Key: "k" });
      assert.equal(await Body?.transformToString(), "x");
    });

    test("a denial to all but one spares only that one", async () => {
      const { arn: KeyId } = await at.key();
      const [spared, other] = [
        await at.user("spared", everything),
        await at.user("other", everything),
      ];
      await at.root.kms.putKeyPolicy({
        KeyId,
        Policy: policy([
          rootStatement(at.account),
          {
            Effect: "Deny",
            NotPrincipal: { AWS: [spared.arn, `arn:aws:iam::${at.account}:root`] },
            Action: "kms:Encrypt",
            Resource: "*",
          },
        ]),
      });
      await spared.kms.encrypt({ KeyId, Plaintext });
      await refused(other.kms.encrypt({ KeyId, Plaintext }), accessDenied);
    });

    test("a session named by its own ARN is that session and no other of its role", async () => {
      const role = await at.role("named");
      const session = `arn:aws:sts::${at.account}:assumed-role/${role.name}/one`;
      const { arn: KeyId } = await at.key(at.root, [
        rootStatement(at.account),
        { Effect: "Allow", Principal: { AWS: session }, Action: "kms:Encrypt", Resource: "*" },
      ]);
      const [one, two] = [await at.assume(role, "one"), await at.assume(role, "two")];
      await one.kms.encrypt({ KeyId, Plaintext });
      await refused(two.kms.encrypt({ KeyId, Plaintext }), accessDenied);
    });

    test("a policy of the old version knows no variables", async () => {
      const Bucket = await at.bucket("old");
      const user = await at.user(fresh("old"), everything);
      await at.root.s3.putBucketPolicy({
        Bucket,
        Policy: JSON.stringify({
          Version: "2008-10-17",
          Statement: {
            Effect: "Deny",
            Principal: "*",
            Action: "s3:PutObject",
            Resource: `arn:aws:s3:::${Bucket}/\${aws:username}/*`,
          },
        }),
      });
      await user.s3.putObject({ Bucket, Key: `${user.name}/k`, Body: "x" });
    });
  });
}
