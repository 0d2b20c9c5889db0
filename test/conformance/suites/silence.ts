/**
 * What a request asks for is done or refused. A member that is accepted and forgotten would be a
 * promise broken: a boundary that bounds nothing, a plaintext where a sealed one was asked for.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { everything, policy, type Deployment } from "../../support/deployment.ts";
import { inTurn } from "../../support/in-turn.ts";
import { fresh } from "../../support/names.ts";
import { refused } from "../../support/refusal.ts";

const Plaintext = Buffer.from("x");
const Recipient = {
  KeyEncryptionAlgorithm: "RSAES_OAEP_SHA_256",
  AttestationDocument: Buffer.from("document"),
} as const;

/** The call's answer; undefined when it is refused with any error of a client's making. */
async function answerOf<Answer>(call: Promise<Answer>): Promise<Answer | undefined> {
  return call.catch((error: Error & { $metadata?: { httpStatusCode?: number } }) => {
    const status = error.$metadata?.httpStatusCode ?? 0;
    assert.ok(status >= 400 && status <= 501, error.message);
    return undefined;
  });
}

export function silence(at: Deployment): void {
  const trust = () =>
    policy({
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${at.account}:root` },
      Action: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
    });

  describe("silence", () => {
    test("a plaintext for an attested recipient is not given in the clear", async () => {
      const { id: KeyId } = await at.key();
      const { CiphertextBlob } = await at.root.kms.encrypt({ KeyId, Plaintext });
      const answers = [
        await answerOf(at.root.kms.decrypt({ CiphertextBlob, Recipient })),
        await answerOf(at.root.kms.generateDataKey({ KeyId, KeySpec: "AES_256", Recipient })),
        await answerOf(at.root.kms.generateRandom({ NumberOfBytes: 8, Recipient })),
      ];
      for (const answer of answers) assert.equal(answer?.Plaintext, undefined);
    });

    test("a key for a key store of one's own is not made elsewhere", async () => {
      const inputs = [
        { CustomKeyStoreId: "cks-1234567890abcdef0" },
        { CustomKeyStoreId: "cks-1234567890abcdef0", Origin: "AWS_CLOUDHSM" as const },
        { XksKeyId: "external", Origin: "EXTERNAL_KEY_STORE" as const },
      ];
      await inTurn(inputs, async (input) => {
        assert.equal(await answerOf(at.root.kms.createKey(input)), undefined);
      });
    });

    test("a grant token that nobody gave is refused", async () => {
      const { id: KeyId } = await at.key();
      await refused(at.root.kms.encrypt({ KeyId, Plaintext, GrantTokens: ["nonsense"] }), {
        code: "InvalidGrantTokenException",
        status: 400,
      });
    });

    test("an encryption context of more than 8 KB is refused", async () => {
      const { id: KeyId } = await at.key();
      const EncryptionContext = { a: "v".repeat(9000) };
      await refused(at.root.kms.encrypt({ KeyId, Plaintext, EncryptionContext }), {
        code: "ValidationException",
        status: 400,
      });
    });

    test("a permissions boundary bounds, or is refused", async () => {
      const { Policy } = await at.root.iam.createPolicy({
        PolicyName: fresh("boundary"),
        PolicyDocument: policy({ Effect: "Allow", Action: "kms:ListAliases", Resource: "*" }),
      });
      const PermissionsBoundary = Policy?.Arn;
      const UserName = fresh("bounded");
      const made = await answerOf(at.root.iam.createUser({ UserName, PermissionsBoundary }));
      if (made) {
        await at.allowUser(at.root, UserName, everything);
        const { AccessKey } = await at.root.iam.createAccessKey({ UserName });
        const user = at.as({
          accessKeyId: AccessKey?.AccessKeyId ?? "",
          secretAccessKey: AccessKey?.SecretAccessKey ?? "",
        });
        await user.kms.listAliases({});
        await refused(user.kms.listKeys({}), { code: "AccessDeniedException" });
      }
      const RoleName = fresh("bounded");
      const role = await answerOf(
        at.root.iam.createRole({
          RoleName,
          AssumeRolePolicyDocument: trust(),
          PermissionsBoundary,
        }),
      );
      if (role) {
        await at.allowRole(at.root, RoleName, everything);
        const arn = role.Role?.Arn ?? "";
        const session = await at.assume({ arn, name: RoleName, id: "" });
        await session.kms.listAliases({});
        await refused(session.kms.listKeys({}), { code: "AccessDeniedException" });
      }
    });

    test("tags of a session count, or are refused", async () => {
      const RoleName = fresh("tagged");
      const { Role } = await at.root.iam.createRole({
        RoleName,
        AssumeRolePolicyDocument: trust(),
      });
      await at.allowRole(at.root, RoleName, {
        ...everything,
        Condition: { StringEquals: { "aws:PrincipalTag/team": "pay" } },
      });
      const operator = await at.operator();
      const answer = await answerOf(
        operator.sts.assumeRole({
          RoleArn: Role?.Arn,
          RoleSessionName: "tagged",
          Tags: [{ Key: "team", Value: "pay" }],
        }),
      );
      if (!answer) return;
      const session = at.as({
        accessKeyId: answer.Credentials?.AccessKeyId ?? "",
        secretAccessKey: answer.Credentials?.SecretAccessKey ?? "",
        sessionToken: answer.Credentials?.SessionToken ?? "",
      });
      await session.kms.listKeys({});
    });

    test("tags of users and roles count in policies", async () => {
      const UserName = fresh("tagged");
      const made = await answerOf(
        at.root.iam.createUser({ UserName, Tags: [{ Key: "team", Value: "pay" }] }),
      );
      if (!made) return;
      await at.allowUser(at.root, UserName, {
        ...everything,
        Condition: { StringEquals: { "aws:PrincipalTag/team": "pay" } },
      });
      const { AccessKey } = await at.root.iam.createAccessKey({ UserName });
      const user = at.as({
        accessKeyId: AccessKey?.AccessKeyId ?? "",
        secretAccessKey: AccessKey?.SecretAccessKey ?? "",
      });
      await user.kms.listKeys({});
    });

    test("a second factor or a source identity is not taken without looking", async () => {
      const RoleName = fresh("mfa");
      const { Role } = await at.root.iam.createRole({
        RoleName,
        AssumeRolePolicyDocument: trust(),
      });
      const operator = await at.operator();
      const input = { RoleArn: Role?.Arn, RoleSessionName: "mfa" };
      const second = { SerialNumber: `arn:aws:iam::${at.account}:mfa/nobody`, TokenCode: "123456" };
      assert.equal(await answerOf(operator.sts.assumeRole({ ...input, ...second })), undefined);
      const named = await answerOf(operator.sts.assumeRole({ ...input, SourceIdentity: "me" }));
      if (named) assert.equal(named.SourceIdentity, "me");
    });

    test("what a new bucket is to be, it is, or it is not made", async () => {
      const inputs = [
        { ObjectLockEnabledForBucket: true },
        { ACL: "public-read" as const },
        { ObjectOwnership: "ObjectWriter" as const },
        { GrantRead: 'uri="http://acs.amazonaws.com/groups/global/AllUsers"' },
        { CreateBucketConfiguration: { Tags: [{ Key: "a", Value: "b" }] } },
      ];
      await inTurn(inputs, async (input) => {
        const Bucket = fresh("asked");
        const made = await answerOf(at.root.s3.createBucket({ Bucket, ...input }));
        const what = JSON.stringify(input);
        if (!made) {
          await assert.rejects(at.root.s3.headBucket({ Bucket }), what);
          return;
        }
        const checks = {
          ObjectLockEnabledForBucket: () => at.root.s3.getObjectLockConfiguration({ Bucket }),
          ACL: () => at.root.s3.getBucketAcl({ Bucket }),
          ObjectOwnership: () => at.root.s3.getBucketOwnershipControls({ Bucket }),
          GrantRead: () => at.root.s3.getBucketAcl({ Bucket }),
          CreateBucketConfiguration: () => at.root.s3.getBucketTagging({ Bucket }),
        };
        const [name] = Object.keys(input);
        const check = Object.entries(checks).find(([member]) => member === name)?.[1];
        await assert.doesNotReject(async () => check?.(), `${what} was accepted and forgotten`);
      });
    });

    test("a copy's tags, class and redirect are kept or refused", async () => {
      const Bucket = await at.bucket();
      await at.root.s3.putObject({ Bucket, Key: "k", Body: "x" });
      const copy = (more: object) =>
        answerOf(
          at.root.s3.copyObject({ Bucket, Key: "copy", CopySource: `${Bucket}/k`, ...more }),
        );
      const head = () => at.root.s3.headObject({ Bucket, Key: "copy" });
      const tagged = { Tagging: "a=b", TaggingDirective: "REPLACE" };
      if (await copy(tagged)) assert.equal((await head()).TagCount, 1);
      if (await copy({ StorageClass: "STANDARD_IA" })) {
        assert.equal((await head()).StorageClass, "STANDARD_IA");
      }
      if (await copy({ WebsiteRedirectLocation: "/x" })) {
        assert.equal((await head()).WebsiteRedirectLocation, "/x");
      }
    });

    test("insights are not management events", async () => {
      const answer = await answerOf(
        at.root.cloudtrail.lookupEvents({ EventCategory: "insight", MaxResults: 5 }),
      );
      assert.deepEqual(answer?.Events ?? [], []);
    });

    test("a completion of ten thousand parts is read before it is judged", async () => {
      const Bucket = await at.bucket();
      const { UploadId } = await at.root.s3.createMultipartUpload({ Bucket, Key: "k" });
      const Parts = Array.from({ length: 10_000 }, (_, index) => ({
        PartNumber: index + 1,
        ETag: '"0123456789abcdef0123456789abcdef"',
        ChecksumSHA256: "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
      }));
      await refused(
        at.root.s3.completeMultipartUpload({
          Bucket,
          Key: "k",
          UploadId,
          MultipartUpload: { Parts },
        }),
        { code: "InvalidPart", status: 400 },
      );
    });
  });
}
