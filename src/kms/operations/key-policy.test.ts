import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ACCOUNT, userCaller } from "../../service/testing/test-deployment.ts";
import { codeOf, kmsDeployment } from "../testing/kms-deployment.ts";

const root = `arn:aws:iam::${ACCOUNT}:root`;
const allow = (AWS: string | string[], Action: string | string[] = "kms:*", more: object = {}) => ({
  Effect: "Allow",
  Principal: { AWS },
  Action,
  Resource: "*",
  ...more,
});
const policy = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });

describe("key policies", () => {
  test("a key without one is its account's, and shows it as AWS does", async () => {
    const { call, newKey } = await kmsDeployment();
    const { id: KeyId } = await newKey();
    const { Policy, PolicyName } = await call<{ Policy: string; PolicyName: string }>(
      "GetKeyPolicy",
      { KeyId },
    );
    assert.equal(PolicyName, "default");
    assert.match(Policy, /^\{\n {2}"Version" : "2012-10-17",\n {2}"Id" : "key-default-1"/);
    assert.deepEqual(JSON.parse(Policy), {
      Version: "2012-10-17",
      Id: "key-default-1",
      Statement: [
        {
          Sid: "Enable IAM User Permissions",
          Effect: "Allow",
          Principal: { AWS: root },
          Action: "kms:*",
          Resource: "*",
        },
      ],
    });
    assert.deepEqual(await call("ListKeyPolicies", { KeyId }), {
      PolicyNames: ["default"],
      Truncated: false,
    });
  });

  test("a policy acts from the reply on, and is shown as it was put", async () => {
    const { call, newKey } = await kmsDeployment();
    const { id: KeyId } = await newKey();
    const alice = userCaller("alice");
    const describeIt = () => codeOf(call("DescribeKey", { KeyId }, { caller: alice }));
    assert.equal(await describeIt(), "AccessDeniedException");
    const Policy = policy(allow(root), allow(alice.arn, "kms:DescribeKey"));
    assert.deepEqual(await call("PutKeyPolicy", { KeyId, Policy }), {});
    assert.equal(await describeIt(), "ok");
    assert.equal((await call("GetKeyPolicy", { KeyId }))["Policy"], Policy);
    await call("PutKeyPolicy", { KeyId, Policy: policy(allow(root)) });
    assert.equal(await describeIt(), "AccessDeniedException");
  });

  test("there is one policy, named default", async () => {
    const { call, newKey } = await kmsDeployment();
    const { id: KeyId } = await newKey();
    const PolicyName = "other";
    await assert.rejects(call("GetKeyPolicy", { KeyId, PolicyName }), {
      code: "NotFoundException",
      message: "No such policy exists",
    });
    const put = call("PutKeyPolicy", { KeyId, PolicyName, Policy: policy(allow(root)) });
    await assert.rejects(put, {
      code: "UnsupportedOperationException",
      message: "No such policy exists",
    });
  });

  test("nobody locks themselves out, unless they say so", async () => {
    const { call, newKey } = await kmsDeployment();
    const { id: KeyId } = await newKey();
    const lockingOut = [
      policy(allow(userCaller("alice").arn)),
      policy(allow(root, ["kms:Decrypt"])),
      policy(
        allow(root, "kms:*", { Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } } }),
      ),
      policy(allow(root), { ...allow("*", "kms:PutKeyPolicy"), Effect: "Deny" }),
    ];
    const refusal = {
      code: "MalformedPolicyDocumentException",
      message: "The new key policy will not allow you to update the key policy in the future.",
    };
    for (const Policy of lockingOut) {
      await assert.rejects(call("PutKeyPolicy", { KeyId, Policy }), refusal);
      await assert.rejects(call("CreateKey", { Policy }), refusal);
    }
    const [Policy] = lockingOut;
    const bypass = { Policy, BypassPolicyLockoutSafetyCheck: true };
    assert.equal(await codeOf(call("CreateKey", bypass)), "ok");
    assert.equal(await codeOf(call("PutKeyPolicy", { KeyId, ...bypass })), "ok");
    assert.equal(await codeOf(call("GetKeyPolicy", { KeyId })), "AccessDeniedException");
  });

  test("the check is of the caller, by way of the account as well", async () => {
    const { call, newKey, ...tested } = await kmsDeployment();
    const alice = userCaller("alice");
    const { id: KeyId } = await newKey({ Policy: policy(allow(root), allow(alice.arn)) });
    const put = (Policy: string) =>
      codeOf(call("PutKeyPolicy", { KeyId, Policy }, { caller: alice }));
    assert.equal(await put(policy(allow(root))), "MalformedPolicyDocumentException");
    tested.allow(alice, { Effect: "Allow", Action: "kms:PutKeyPolicy", Resource: "*" });
    assert.equal(await put(policy(allow(root))), "ok");
  });

  test("what is no policy, or names nobody, is refused in AWS's words", async () => {
    const known = new Set([root, userCaller("alice").arn]);
    const { call, newKey } = await kmsDeployment({
      principals: {
        policiesOf: async () => ({ identity: [] }),
        resolve: async (arn) => (known.has(arn) ? `id-of-${arn}` : undefined),
      },
    });
    const { id: KeyId } = await newKey();
    const invalid = "Policy contains a statement with one or more invalid principals.";
    const { Principal: _, ...withoutPrincipal } = allow(root);
    const refused: readonly (readonly [policy: string, code: string, message: string])[] = [
      ["no JSON", "MalformedPolicyDocumentException", ""],
      ["{}", "MalformedPolicyDocumentException", ""],
      [
        policy(allow(root), allow(userCaller("bob").arn)),
        "MalformedPolicyDocumentException",
        invalid,
      ],
      [
        policy(allow("arn:aws:iam::111122223333:root")),
        "MalformedPolicyDocumentException",
        invalid,
      ],
      [policy(allow("111122223333")), "MalformedPolicyDocumentException", invalid],
      [
        policy(allow(root), withoutPrincipal),
        "MalformedPolicyDocumentException",
        "Policy contains a statement with no principal.",
      ],
      [
        policy(allow(root), allow(`arn:aws:iam::${ACCOUNT}:group/staff`)),
        "InvalidArnException",
        "An ARN in the specified key policy is invalid.",
      ],
      [
        policy({ ...allow(root), Sid: "a".repeat(32_768) }),
        "LimitExceededException",
        "The key policy is larger than 32768 bytes",
      ],
    ];
    for (const [Policy, code, message] of refused) {
      await assert.rejects(call("PutKeyPolicy", { KeyId, Policy }), { code, message });
      await assert.rejects(call("CreateKey", { Policy }), { code, message });
    }
  });

  test("a user who was deleted and made again is another", async () => {
    let generation = 1;
    const { call, newKey } = await kmsDeployment({
      principals: {
        policiesOf: async () => ({ identity: [] }),
        resolve: async (arn) => (arn.endsWith(":root") ? ACCOUNT : `AIDAGENERATION${generation}`),
      },
    });
    const alice = userCaller("alice");
    const Policy = policy(allow(root), allow(alice.arn, "kms:DescribeKey"));
    const { id: KeyId } = await newKey({ Policy });
    const describeAs = (uniqueId: string) =>
      codeOf(
        call(
          "DescribeKey",
          { KeyId },
          {
            caller: {
              ...alice,
              uniqueId,
              principal: { kind: "user", accountId: ACCOUNT, arn: alice.arn, uniqueId },
            },
          },
        ),
      );
    assert.equal(await describeAs("AIDAGENERATION1"), "ok");
    assert.equal((await call("GetKeyPolicy", { KeyId }))["Policy"], Policy);
    generation = 2;
    assert.equal(await describeAs("AIDAGENERATION2"), "AccessDeniedException");
    const shown = (await call("GetKeyPolicy", { KeyId }))["Policy"] as string;
    assert.equal(shown, Policy.replace(alice.arn, "AIDAGENERATION1"));
  });
});
