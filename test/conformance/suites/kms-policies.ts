import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { policy, rootStatement, type Deployment } from "../../support/deployment.ts";
import { fresh } from "../../support/names.ts";
import { refused } from "../../support/refusal.ts";

const malformed = (message?: string) => ({
  code: "MalformedPolicyDocumentException",
  status: 400,
  ...(message === undefined ? {} : { message }),
});

export function kmsPolicies(at: Deployment): void {
  const put = (KeyId: string, Policy: string, more = {}) =>
    at.root.kms.putKeyPolicy({ KeyId, PolicyName: "default", Policy, ...more });

  describe("KMS key policies", () => {
    test("a key made without a policy has AWS's default one", async () => {
      const { id: KeyId } = await at.key();
      const { Policy, PolicyName } = await at.root.kms.getKeyPolicy({ KeyId });
      assert.equal(PolicyName, "default");
      assert.deepEqual(JSON.parse(Policy ?? ""), {
        Version: "2012-10-17",
        Id: "key-default-1",
        Statement: [
          {
            Sid: "Enable IAM User Permissions",
            Effect: "Allow",
            Principal: { AWS: `arn:aws:iam::${at.account}:root` },
            Action: "kms:*",
            Resource: "*",
          },
        ],
      });
    });

    test("a key has one policy, and it is called default", async () => {
      const { id: KeyId } = await at.key();
      const { PolicyNames, Truncated } = await at.root.kms.listKeyPolicies({ KeyId });
      assert.deepEqual([PolicyNames, Truncated], [["default"], false]);
      await at.root.kms.getKeyPolicy({ KeyId, PolicyName: "default" });
      await refused(at.root.kms.getKeyPolicy({ KeyId, PolicyName: "other" }), {
        code: "NotFoundException",
        status: 400,
        message: "No such policy exists",
      });
      await refused(
        at.root.kms.putKeyPolicy({
          KeyId,
          PolicyName: "other",
          Policy: policy(rootStatement(at.account)),
        }),
        { code: ["UnsupportedOperationException", "NotFoundException"], status: 400 },
      );
    });

    test("a policy is given back as it was put, on a new key and on a standing one", async () => {
      const given = policy([
        rootStatement(at.account),
        {
          Sid: "Allow use, with spaces in the Sid",
          Effect: "Allow",
          Principal: { AWS: "*" },
          Action: ["kms:DescribeKey"],
          Resource: "*",
          Condition: { StringEquals: { "kms:CallerAccount": at.account } },
        },
      ]);
      const { KeyMetadata } = await at.root.kms.createKey({ Policy: given });
      const KeyId = KeyMetadata?.KeyId ?? "";
      const read = async () => JSON.parse((await at.root.kms.getKeyPolicy({ KeyId })).Policy ?? "");
      assert.deepEqual(await read(), JSON.parse(given));
      const next = policy(rootStatement(at.account));
      await put(KeyId, next);
      assert.deepEqual(await read(), JSON.parse(next));
    });

    test("a policy that would lock its maker out is refused, unless the check is bypassed", async () => {
      const { id: KeyId } = await at.key();
      const admin = await at.user("sole-admin");
      const Policy = policy({ ...rootStatement(at.account), Principal: { AWS: admin.arn } });
      const expected = malformed(
        "The new key policy will not allow you to update the key policy in the future.",
      );
      await refused(put(KeyId, Policy), expected);
      await refused(at.root.kms.createKey({ Policy }), expected);
      await put(KeyId, Policy, { BypassPolicyLockoutSafetyCheck: true });
      await refused(at.root.kms.describeKey({ KeyId }), {
        code: "AccessDeniedException",
        status: 400,
      });
      const { KeyMetadata } = await admin.kms.describeKey({ KeyId });
      assert.equal(KeyMetadata?.KeyId, KeyId);
    });

    test("principals have to exist", async () => {
      const { id: KeyId } = await at.key();
      const stranger = `arn:aws:iam::${at.account}:role/${fresh("nobody")}`;
      const Policy = policy([
        rootStatement(at.account),
        { Effect: "Allow", Principal: { AWS: stranger }, Action: "kms:Decrypt", Resource: "*" },
      ]);
      const expected = malformed(
        "Policy contains a statement with one or more invalid principals.",
      );
      await refused(put(KeyId, Policy), expected);
      await refused(at.root.kms.createKey({ Policy }), expected);
    });

    test("a statement without a principal is refused", async () => {
      const { id: KeyId } = await at.key();
      const Policy = policy([
        rootStatement(at.account),
        { Effect: "Allow", Action: "kms:Decrypt", Resource: "*" },
      ]);
      await refused(
        put(KeyId, Policy),
        malformed("Policy contains a statement with no principal."),
      );
    });

    for (const [name, text] of [
      ["text that is not JSON", "{nonsense"],
      ["an empty object", "{}"],
      ["an unknown effect", policy({ ...rootStatement("123456789012"), Effect: "Maybe" })],
    ] as const) {
      test(`${name} is no policy`, async () => {
        const { id: KeyId } = await at.key();
        await refused(put(KeyId, text), malformed());
      });
    }

    test("a policy has at most 32,768 bytes", async () => {
      const { id: KeyId } = await at.key();
      const statement = rootStatement(at.account);
      const sized = (bytes: number) => {
        const bare = policy({ ...statement, Sid: "" }).length;
        return policy({ ...statement, Sid: "s".repeat(bytes - bare) });
      };
      await put(KeyId, sized(32_768));
      await refused(put(KeyId, sized(32_769)), { code: "LimitExceededException", status: 400 });
    });

    test("a deleted principal's name gives nothing to its successor", async () => {
      const { id: KeyId } = await at.key();
      const user = await at.user("successor");
      const statement = {
        Effect: "Allow",
        Principal: { AWS: user.arn },
        Action: "kms:DescribeKey",
        Resource: "*",
      };
      await put(KeyId, policy([rootStatement(at.account), statement]));
      await user.kms.describeKey({ KeyId });
      await at.root.iam.deleteAccessKey({
        UserName: user.name,
        AccessKeyId: user.credentials.accessKeyId,
      });
      await at.root.iam.deleteUser({ UserName: user.name });
      const { Policy } = await at.root.kms.getKeyPolicy({ KeyId });
      assert.ok(Policy?.includes(user.id), "the deleted user shows as its unique id");

      await at.root.iam.createUser({ UserName: user.name });
      const { AccessKey } = await at.root.iam.createAccessKey({ UserName: user.name });
      const successor = at.as({
        accessKeyId: AccessKey?.AccessKeyId ?? "",
        secretAccessKey: AccessKey?.SecretAccessKey ?? "",
      });
      await refused(successor.kms.describeKey({ KeyId }), { code: "AccessDeniedException" });
    });
  });
}
