/** Each operation by each kind of caller, as key policy and identity policies have it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { AuthenticatedCaller } from "../../service/index.ts";
import { ACCOUNT, PARTNER, rootCaller, userCaller } from "../../service/testing/test-deployment.ts";
import { codeOf, kmsDeployment, type KmsDeployment } from "../testing/kms-deployment.ts";

const administrator = userCaller("administrator");
const delegated = userCaller("delegated");
const nobody = userCaller("nobody");
const partnerBoth = userCaller("both", PARTNER);
const partnerKeyHalf = userCaller("key-half", PARTNER);
const partnerOwnHalf = userCaller("own-half", PARTNER);

/** Which callers may: the root user, the administrator, the delegated user, both halves. */
const callers: readonly (readonly [letter: string, caller: AuthenticatedCaller])[] = [
  ["R", rootCaller()],
  ["A", administrator],
  ["U", delegated],
  ["B", partnerBoth],
  ["k", partnerKeyHalf],
  ["o", partnerOwnHalf],
  ["n", nobody],
];

const use = [
  "Encrypt",
  "Decrypt",
  "ReEncrypt",
  "GenerateDataKey",
  "GenerateDataKeyWithoutPlaintext",
];
const administer = [
  "GetKeyPolicy",
  "ListKeyPolicies",
  "PutKeyPolicy",
  "EnableKey",
  "EnableKeyRotation",
  "DisableKeyRotation",
  "TagResource",
  "UntagResource",
  "ListResourceTags",
  "UpdateKeyDescription",
  "ListKeyRotations",
];

/** Everything else is AccessDeniedException. */
const allowed = (name: string): string => {
  if (name === "DescribeKey") return "RAUB";
  if (name === "GetKeyRotationStatus") return "RAUB";
  return use.includes(name) ? "RUB" : "RAU";
};

describe("who may do what to a key", () => {
  for (const name of [...use, ...administer, "DescribeKey", "GetKeyRotationStatus"]) {
    test(name, async () => {
      const deployment = await kmsDeployment();
      const { arn, ciphertext } = await sharedKey(deployment);
      for (const [letter, caller] of callers) {
        const code = await codeOf(
          deployment.call(name, inputs(arn, ciphertext)[name] ?? { KeyId: arn }, { caller }),
        );
        const expected = allowed(name).includes(letter) ? "ok" : "AccessDeniedException";
        assert.equal(code, expected, `${name} by ${caller.arn}`);
      }
    });
  }

  test("denials are in AWS's words", async () => {
    const deployment = await kmsDeployment();
    const { call } = deployment;
    const { arn, ciphertext } = await sharedKey(deployment);
    const said = (caller: AuthenticatedCaller, action: string, where: string) =>
      `User: ${caller.arn} is not authorized to perform: kms:${action} ${where}`;
    await assert.rejects(
      call("Decrypt", { CiphertextBlob: ciphertext, KeyId: arn }, { caller: nobody }),
      {
        message: `${said(nobody, "Decrypt", `on resource: ${arn}`)} because no identity-based policy allows the kms:Decrypt action`,
      },
    );
    await assert.rejects(call("Decrypt", { CiphertextBlob: ciphertext }, { caller: nobody }), {
      message: `${said(nobody, "Decrypt", "on the resource associated with this ciphertext")} because no identity-based policy allows the kms:Decrypt action`,
    });
    await assert.rejects(call("DescribeKey", { KeyId: arn }, { caller: partnerOwnHalf }), {
      message: `${said(partnerOwnHalf, "DescribeKey", "on this resource")} because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access`,
    });
    await assert.rejects(call("ListKeys", {}, { caller: nobody }), {
      message: `${said(nobody, "ListKeys", "on resource: *")} because no identity-based policy allows the kms:ListKeys action`,
    });
  });

  test("a key whose policy does not name the account is closed to its root user", async () => {
    const { call, newKey } = await kmsDeployment();
    const Policy = policy(statement(administrator.arn, ["kms:*"]));
    const { id: KeyId } = await newKey({ Policy, BypassPolicyLockoutSafetyCheck: true });
    await assert.rejects(call("DescribeKey", { KeyId }), { code: "AccessDeniedException" });
    assert.equal(await codeOf(call("DescribeKey", { KeyId }, { caller: administrator })), "ok");
  });

  test("a missing key is told to who could use any key, and to nobody else", async () => {
    const { call } = await kmsDeployment();
    const KeyId = "11111111-2222-3333-4444-555555555555";
    const arn = `arn:aws:kms:us-east-1:${ACCOUNT}:key/${KeyId}`;
    await assert.rejects(call("DescribeKey", { KeyId }), {
      code: "NotFoundException",
      message: `Key '${arn}' does not exist`,
    });
    const denied = { code: "AccessDeniedException" };
    await assert.rejects(call("DescribeKey", { KeyId }, { caller: nobody }), denied);
    const partner = rootCaller(PARTNER);
    await assert.rejects(call("DescribeKey", { KeyId: arn }, { caller: partner }), {
      ...denied,
      message: `User: ${partner.arn} is not authorized to perform: kms:DescribeKey on this resource because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access`,
    });
  });

  test("an alias is made by who may touch both the alias and the key", async () => {
    const { call, newKey, allow } = await kmsDeployment();
    const { id, arn } = await newKey();
    const both = userCaller("both");
    const keyOnly = userCaller("key-only");
    const aliasOnly = userCaller("alias-only");
    const AliasName = "alias/mine";
    const alias = `arn:aws:kms:us-east-1:${ACCOUNT}:${AliasName}`;
    allow(both, { Effect: "Allow", Action: "kms:CreateAlias", Resource: [arn, alias] });
    allow(keyOnly, { Effect: "Allow", Action: "kms:CreateAlias", Resource: arn });
    allow(aliasOnly, { Effect: "Allow", Action: "kms:CreateAlias", Resource: alias });
    const make = (caller: AuthenticatedCaller) =>
      call("CreateAlias", { AliasName, TargetKeyId: id }, { caller });
    await assert.rejects(make(keyOnly), { message: new RegExp(`on resource: ${alias} because`) });
    await assert.rejects(make(aliasOnly), { message: new RegExp(`on resource: ${arn} because`) });
    assert.equal(await codeOf(make(both)), "ok");
  });

  test("a key with tags needs kms:TagResource as well", async () => {
    const { call, allow } = await kmsDeployment();
    const maker = userCaller("maker");
    allow(maker, { Effect: "Allow", Action: "kms:CreateKey", Resource: "*" });
    assert.equal(await codeOf(call("CreateKey", {}, { caller: maker })), "ok");
    const Tags = [{ TagKey: "a", TagValue: "b" }];
    const refused = call("CreateKey", { Tags }, { caller: maker });
    await assert.rejects(refused, { message: /kms:TagResource on resource: \*/ });
  });

  test("ReEncrypt needs one permission on each key", async () => {
    const { call, newKey, allow } = await kmsDeployment();
    const [from, to] = [await newKey(), await newKey()];
    const { CiphertextBlob } = await call("Encrypt", {
      KeyId: from.arn,
      Plaintext: Buffer.from("text"),
    });
    const user = userCaller("mover");
    const input = { CiphertextBlob, DestinationKeyId: to.arn };
    allow(user, { Effect: "Allow", Action: "kms:ReEncryptFrom", Resource: from.arn });
    await assert.rejects(call("ReEncrypt", input, { caller: user }), { message: /ReEncryptTo/ });
    allow(user, { Effect: "Allow", Action: "kms:ReEncryptTo", Resource: to.arn });
    assert.equal(await codeOf(call("ReEncrypt", input, { caller: user })), "ok");
    await assert.rejects(
      call("ReEncrypt", { ...input, DestinationKeyId: from.arn }, { caller: user }),
      { message: /ReEncryptTo/ },
    );
  });
});

describe("condition keys", () => {
  const cases: readonly {
    readonly key: string;
    readonly operator?: string;
    readonly value: string | string[];
    readonly operation?: string;
    readonly passes: object;
    readonly fails: object;
  }[] = [
    {
      key: "kms:EncryptionContext:Department",
      value: "Finance",
      passes: { EncryptionContext: { department: "Finance" } },
      fails: { EncryptionContext: { department: "Sales" } },
    },
    {
      key: "kms:EncryptionContextKeys",
      operator: "ForAllValues:StringEquals",
      value: ["a"],
      passes: { EncryptionContext: { a: "1" } },
      fails: { EncryptionContext: { b: "1" } },
    },
    {
      key: "kms:RequestAlias",
      value: "alias/tested",
      passes: { KeyId: "alias/tested" },
      fails: {},
    },
    {
      key: "kms:EncryptionAlgorithm",
      value: "SYMMETRIC_DEFAULT",
      passes: {},
      fails: { fail: true },
    },
    {
      key: "kms:ScheduleKeyDeletionPendingWindowInDays",
      operator: "NumericGreaterThanEquals",
      value: "14",
      operation: "ScheduleKeyDeletion",
      passes: { PendingWindowInDays: 14 },
      fails: { PendingWindowInDays: 13 },
    },
    {
      key: "kms:RotationPeriodInDays",
      operator: "NumericLessThanEquals",
      value: "180",
      operation: "EnableKeyRotation",
      passes: { RotationPeriodInDays: 180 },
      fails: { RotationPeriodInDays: 181 },
    },
    {
      key: "aws:RequestTag/Team",
      value: "blue",
      operation: "TagResource",
      passes: { Tags: [{ TagKey: "team", TagValue: "blue" }] },
      fails: { Tags: [{ TagKey: "team", TagValue: "red" }] },
    },
    {
      key: "aws:TagKeys",
      operator: "ForAllValues:StringEquals",
      value: ["team"],
      operation: "UntagResource",
      passes: { TagKeys: ["team"] },
      fails: { TagKeys: ["team", "other"] },
    },
  ];

  for (const {
    key,
    operator = "StringEquals",
    value,
    operation = "Encrypt",
    passes,
    fails,
  } of cases) {
    test(`${key} on ${operation}`, async () => {
      const { call, newKey, allow } = await kmsDeployment();
      const { arn: KeyId } = await newKey();
      await call("CreateAlias", { AliasName: "alias/tested", TargetKeyId: KeyId });
      const user = userCaller("conditional");
      allow(user, {
        Effect: "Allow",
        Action: `kms:${operation}`,
        Resource: "*",
        Condition: { [operator]: { [key]: value } },
      });
      const base = { KeyId, Plaintext: Buffer.from("text") };
      const failing = "fail" in fails ? { EncryptionAlgorithm: "RSAES_OAEP_SHA_1" } : fails;
      const code = (more: object) =>
        codeOf(call(operation, { ...base, ...more }, { caller: user }));
      assert.equal(await code(failing), "AccessDeniedException");
      assert.equal(await code(passes), "ok");
    });
  }

  test("those of the key itself", async () => {
    const { call, newKey, allow } = await kmsDeployment();
    const { arn: KeyId } = await newKey({ Tags: [{ TagKey: "Team", TagValue: "blue" }] });
    await call("CreateAlias", { AliasName: "alias/tested", TargetKeyId: KeyId });
    const facts: Readonly<Record<string, string>> = {
      "kms:CallerAccount": ACCOUNT,
      "kms:KeySpec": "SYMMETRIC_DEFAULT",
      "kms:KeyUsage": "ENCRYPT_DECRYPT",
      "kms:KeyOrigin": "AWS_KMS",
      "kms:MultiRegion": "false",
      "aws:ResourceTag/team": "blue",
      "kms:ResourceAliases": "alias/tested",
    };
    for (const [at, [key, value]] of Object.entries(facts).entries()) {
      const [right, wrong] = [userCaller(`right-${at}`), userCaller(`wrong-${at}`)];
      const statementWith = (text: string) => ({
        Effect: "Allow",
        Action: "kms:DescribeKey",
        Resource: "*",
        Condition: { "ForAnyValue:StringEquals": { [key]: text } },
      });
      allow(right, statementWith(value));
      allow(wrong, statementWith(`${value}-not`));
      assert.equal(await codeOf(call("DescribeKey", { KeyId }, { caller: right })), "ok", key);
      const refused = await codeOf(call("DescribeKey", { KeyId }, { caller: wrong }));
      assert.equal(refused, "AccessDeniedException", key);
    }
  });
});

function statement(principal: string, actions: readonly string[]) {
  return { Effect: "Allow", Principal: { AWS: principal }, Action: actions, Resource: "*" };
}

function policy(...statements: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** Delegates to IAM, names an administrator, and lets two users of another account use it. */
async function sharedKey({ call, newKey, allow }: KmsDeployment) {
  const administration = ["Describe*", "Enable*", "Disable*", "List*", "Put*", "Update*", "Get*"];
  const useIt = ["Encrypt", "Decrypt", "ReEncrypt*", "GenerateDataKey*", "DescribeKey", "GetKey*"];
  const Policy = policy(
    statement(`arn:aws:iam::${ACCOUNT}:root`, ["kms:*"]),
    statement(
      administrator.arn,
      [...administration, "TagResource", "UntagResource"].map((action) => `kms:${action}`),
    ),
    ...[partnerBoth, partnerKeyHalf].map(({ arn }) =>
      statement(
        arn,
        useIt.map((action) => `kms:${action}`),
      ),
    ),
  );
  const key = await newKey({ Policy });
  for (const user of [delegated, partnerBoth, partnerOwnHalf]) {
    allow(user, { Effect: "Allow", Action: "kms:*", Resource: "*" });
  }
  const { CiphertextBlob } = await call<{ CiphertextBlob: Buffer }>("Encrypt", {
    KeyId: key.id,
    Plaintext: Buffer.from("text"),
  });
  return { ...key, policy: Policy, ciphertext: CiphertextBlob };
}

function inputs(KeyId: string, ciphertext: Buffer): Readonly<Record<string, object>> {
  return {
    Encrypt: { KeyId, Plaintext: Buffer.from("text") },
    Decrypt: { CiphertextBlob: ciphertext },
    ReEncrypt: { CiphertextBlob: ciphertext, DestinationKeyId: KeyId },
    GenerateDataKey: { KeyId, KeySpec: "AES_256" },
    PutKeyPolicy: {
      KeyId,
      Policy: policy(
        statement(`arn:aws:iam::${ACCOUNT}:root`, ["kms:*"]),
        statement(administrator.arn, ["kms:*"]),
        statement(partnerBoth.arn, ["kms:*"]),
        statement(partnerKeyHalf.arn, ["kms:*"]),
      ),
    },
    TagResource: { KeyId, Tags: [{ TagKey: "a", TagValue: "b" }] },
    UntagResource: { KeyId, TagKeys: ["a"] },
    UpdateKeyDescription: { KeyId, Description: "new" },
  };
}
