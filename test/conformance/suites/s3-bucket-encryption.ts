import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ServerSideEncryptionRule } from "@aws-sdk/client-s3";
import type { Deployment } from "../../support/deployment.ts";
import { inTurn } from "../../support/in-turn.ts";
import { refused } from "../../support/refusal.ts";
import { ask } from "../../support/signature.ts";
import { element } from "../../support/wire.ts";

const document = (rules: string) =>
  `<ServerSideEncryptionConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${rules}</ServerSideEncryptionConfiguration>`;
const rule = (inner: string) =>
  `<Rule><ApplyServerSideEncryptionByDefault>${inner}</ApplyServerSideEncryptionByDefault></Rule>`;

export function s3BucketEncryption(at: Deployment): void {
  const put = (Bucket: string, ...Rules: ServerSideEncryptionRule[]) =>
    at.root.s3.putBucketEncryption({ Bucket, ServerSideEncryptionConfiguration: { Rules } });
  const get = async (Bucket: string) => {
    const answer = await at.root.s3.getBucketEncryption({ Bucket });
    const [{ BlockedEncryptionTypes: blocked, ...rest } = {}, ...more] =
      answer.ServerSideEncryptionConfiguration?.Rules ?? [];
    assert.deepEqual(more, []);
    return { rule: rest, blocked: blocked?.EncryptionType };
  };
  const putXml = async (Bucket: string, body: string) => {
    const reply = await ask(
      at.endpoint,
      { method: "PUT", target: `/${Bucket}?encryption`, body },
      { credentials: at.endpoint.root },
    );
    return { ...reply, code: element(reply.text, "Code") };
  };

  describe("S3 bucket encryption", () => {
    test("a new bucket encrypts with S3's keys and blocks customer-provided ones", async () => {
      const { rule: found, blocked } = await get(await at.bucket());
      assert.deepEqual(found, {
        ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" },
        BucketKeyEnabled: false,
      });
      assert.deepEqual(blocked, ["SSE-C"]);
    });

    test("a rule is given back as it was put, the key's name too", async () => {
      const Bucket = await at.bucket();
      const { id, arn } = await at.key();
      const AliasName = "alias/never-made";
      const named = [id, arn, AliasName, "fake-key-id", undefined];
      await inTurn(named, async (KMSMasterKeyID) => {
        const ApplyServerSideEncryptionByDefault = {
          SSEAlgorithm: "aws:kms",
          ...(KMSMasterKeyID === undefined ? {} : { KMSMasterKeyID }),
        } as const;
        const answered = await put(Bucket, {
          ApplyServerSideEncryptionByDefault,
          BucketKeyEnabled: true,
        });
        assert.equal(answered.$metadata.httpStatusCode, 200);
        assert.deepEqual((await get(Bucket)).rule, {
          ApplyServerSideEncryptionByDefault,
          BucketKeyEnabled: true,
        });
      });
    });

    test("BucketKeyEnabled is false when it is not said", async () => {
      const Bucket = await at.bucket();
      await put(Bucket, { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms" } });
      assert.equal((await get(Bucket)).rule.BucketKeyEnabled, false);
    });

    test("AES256 with a bucket key is accepted and does nothing to objects", async () => {
      const Bucket = await at.bucket();
      await put(Bucket, {
        ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" },
        BucketKeyEnabled: true,
      });
      const made = await at.root.s3.putObject({ Bucket, Key: "k", Body: "x" });
      assert.deepEqual([made.ServerSideEncryption, made.BucketKeyEnabled], ["AES256", undefined]);
    });

    test("deleting returns to S3's keys, as often as asked", async () => {
      const Bucket = await at.bucket();
      await put(Bucket, { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms" } });
      await inTurn([1, 2], async () => {
        const { $metadata } = await at.root.s3.deleteBucketEncryption({ Bucket });
        assert.equal($metadata.httpStatusCode, 204);
      });
      assert.deepEqual((await get(Bucket)).rule, {
        ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" },
        BucketKeyEnabled: false,
      });
    });

    test("a rule that says nothing of blocked types keeps them; NONE unblocks", async () => {
      const Bucket = await at.bucket();
      const byDefault = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } } as const;
      await put(Bucket, byDefault);
      assert.deepEqual((await get(Bucket)).blocked, ["SSE-C"]);
      await put(Bucket, { ...byDefault, BlockedEncryptionTypes: { EncryptionType: ["NONE"] } });
      assert.deepEqual((await get(Bucket)).blocked, ["NONE"]);
      await put(Bucket, byDefault);
      assert.deepEqual((await get(Bucket)).blocked, ["NONE"]);
    });

    test("a key with AES256 is refused", async () => {
      const Bucket = await at.bucket();
      await refused(
        put(Bucket, {
          ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256", KMSMasterKeyID: "x" },
        }),
        {
          code: "InvalidArgument",
          status: 400,
          message:
            "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse",
          extra: { ArgumentName: "ApplyServerSideEncryptionByDefault" },
        },
      );
    });

    const one = rule("<SSEAlgorithm>AES256</SSEAlgorithm>");
    for (const [name, body] of [
      ["no rules", document("")],
      ["two rules", document(one + one)],
      ["an unknown algorithm", document(rule("<SSEAlgorithm>ROT13</SSEAlgorithm>"))],
      ["no algorithm", document(rule(""))],
      ["text", "nonsense"],
      ["an open element", "<ServerSideEncryptionConfiguration>"],
      ["another document", "<Tagging><TagSet/></Tagging>"],
    ] as const) {
      test(`${name} for a configuration is malformed`, async () => {
        const { status, code, text } = await putXml(await at.bucket(), body);
        assert.deepEqual([status, code], [400, "MalformedXML"]);
        assert.equal(
          element(text, "Message"),
          "The XML you provided was not well-formed or did not validate against our published schema",
        );
      });
    }

    test("whether the bucket exists is asked before what the body says", async () => {
      const { status, code } = await putXml("strongroom-never-made", document(""));
      assert.deepEqual([status, code], [404, "NoSuchBucket"]);
    });

    test("reading and writing it need their own permissions", async () => {
      const Bucket = await at.bucket();
      const reader = await at.user("reader", {
        Effect: "Allow",
        Action: "s3:GetEncryptionConfiguration",
        Resource: `arn:aws:s3:::${Bucket}`,
      });
      await reader.s3.getBucketEncryption({ Bucket });
      await refused(reader.s3.deleteBucketEncryption({ Bucket }), {
        code: "AccessDenied",
        status: 403,
        message: `User: ${reader.arn} is not authorized to perform: s3:PutEncryptionConfiguration on resource: "arn:aws:s3:::${Bucket}" because no identity-based policy allows the s3:PutEncryptionConfiguration action`,
      });
    });

    test("only objects written afterwards are affected", async () => {
      const Bucket = await at.bucket();
      await at.root.s3.putObject({ Bucket, Key: "before", Body: "x" });
      const { arn } = await at.key();
      await put(Bucket, {
        ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: arn },
      });
      await at.root.s3.putObject({ Bucket, Key: "after", Body: "x" });
      const before = await at.root.s3.headObject({ Bucket, Key: "before" });
      const after = await at.root.s3.headObject({ Bucket, Key: "after" });
      assert.equal(before.ServerSideEncryption, "AES256");
      assert.deepEqual([after.ServerSideEncryption, after.SSEKMSKeyId], ["aws:kms", arn]);
    });
  });
}
