import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { userCaller } from "../../service/testing/test-deployment.ts";
import { refused } from "../testing/refusal.ts";
import { type S3Deployment, s3Deployment } from "../testing/s3-deployment.ts";

type Rule = Readonly<Record<string, unknown>>;

const byDefault = (SSEAlgorithm: string, KMSMasterKeyID?: string): Rule => ({
  ApplyServerSideEncryptionByDefault: {
    SSEAlgorithm,
    ...(KMSMasterKeyID !== undefined && { KMSMasterKeyID }),
  },
});
const blocking = (...EncryptionType: string[]): Rule => ({
  BlockedEncryptionTypes: { EncryptionType },
});
const put = (at: S3Deployment, ...Rules: Rule[]) =>
  at.call("PutBucketEncryption", {
    Bucket: "bucket",
    ServerSideEncryptionConfiguration: { Rules },
  });
const get = async (at: S3Deployment) => {
  const answer = await at.call("GetBucketEncryption", { Bucket: "bucket" });
  const { Rules } = answer["ServerSideEncryptionConfiguration"] as { Rules: Rule[] };
  assert.equal(Rules.length, 1);
  return Rules[0];
};
const fresh = {
  ...byDefault("AES256"),
  BucketKeyEnabled: false,
  BlockedEncryptionTypes: { EncryptionType: ["SSE-C"] },
};

describe("a bucket's default encryption", () => {
  test("is SSE-S3, customer-provided keys blocked, until it is set and after it is deleted", async () => {
    const at = await s3Deployment();
    await at.bucket();
    assert.deepEqual(await get(at), fresh);
    await at.call("DeleteBucketEncryption", { Bucket: "bucket" });
    await put(at, byDefault("aws:kms"));
    await at.call("DeleteBucketEncryption", { Bucket: "bucket" });
    await at.call("DeleteBucketEncryption", { Bucket: "bucket" });
    assert.deepEqual(await get(at), fresh);
  });

  test("is given back as it was put, whatever the key's name", async () => {
    const at = await s3Deployment();
    await at.bucket();
    for (const key of ["1234", "alias/never-made", "arn:aws:kms:us-east-1:1:key/x", undefined]) {
      const rule = { ...byDefault("aws:kms", key), BucketKeyEnabled: true };
      await put(at, rule);
      assert.deepEqual(await get(at), { ...rule, ...blocking("SSE-C") });
    }
  });

  test("keeps what a new rule does not speak of", async () => {
    const at = await s3Deployment();
    await at.bucket();
    const rule = { ...byDefault("aws:kms", "key"), BucketKeyEnabled: true };
    await put(at, { ...rule, ...blocking("NONE") });
    await put(at, rule);
    assert.deepEqual(await get(at), { ...rule, ...blocking("NONE") });
    await put(at, blocking("SSE-C"));
    assert.deepEqual(await get(at), { ...rule, ...blocking("SSE-C") });
  });

  test("acts on the next object and on none before", async () => {
    const at = await s3Deployment();
    const Bucket = await at.bucket();
    await at.put(Bucket, "before");
    await put(at, byDefault("aws:kms", "key"));
    const after = await at.put(Bucket, "after");
    assert.deepEqual([after["ServerSideEncryption"], after["SSEKMSKeyId"]], ["aws:kms", "key"]);
    const before = await at.call("HeadObject", { Bucket, Key: "before" });
    assert.equal(before["ServerSideEncryption"], "AES256");
  });

  test("is refused when it makes no sense, or is not built", async () => {
    const at = await s3Deployment();
    await at.bucket();
    const malformed = { code: "MalformedXML", status: 400 };
    await refused(put(at), malformed);
    await refused(put(at, byDefault("AES256"), byDefault("AES256")), malformed);
    await refused(put(at, byDefault("ROT13")), malformed);
    await refused(put(at, blocking("SSE-C", "NONE")), malformed);
    await refused(put(at, blocking()), malformed);
    await refused(put(at, blocking("SSE-S3")), malformed);
    await refused(put(at, byDefault("AES256", "key")), {
      code: "InvalidArgument",
      status: 400,
      message:
        "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse",
      members: { ArgumentName: "ApplyServerSideEncryptionByDefault" },
    });
    await refused(put(at, byDefault("aws:kms:dsse")), { code: "NotImplemented", status: 501 });
    assert.deepEqual(await get(at), fresh);
  });

  test("is read and written with permissions of its own", async () => {
    const at = await s3Deployment();
    const Bucket = await at.bucket();
    const reader = userCaller("reader");
    const Resource = "arn:aws:s3:::bucket";
    at.allow(reader, { Effect: "Allow", Action: "s3:GetEncryptionConfiguration", Resource });
    await at.call("GetBucketEncryption", { Bucket }, { caller: reader });
    const denied = {
      code: "AccessDenied",
      status: 403,
      message: `User: ${reader.arn} is not authorized to perform: s3:PutEncryptionConfiguration on resource: "arn:aws:s3:::bucket" because no identity-based policy allows the s3:PutEncryptionConfiguration action`,
    };
    const options = { caller: reader };
    await refused(at.call("DeleteBucketEncryption", { Bucket }, options), denied);
    const ServerSideEncryptionConfiguration = { Rules: [] };
    await refused(
      at.call("PutBucketEncryption", { Bucket, ServerSideEncryptionConfiguration }, options),
      denied,
    );
  });

  test("is recorded as CloudTrail records it", async () => {
    const at = await s3Deployment();
    const ServerSideEncryptionConfiguration = { Rules: [byDefault("AES256")] };
    const input = { Bucket: "bucket", ServerSideEncryptionConfiguration };
    const { details } = at.operations.get("PutBucketEncryption") ?? {};
    assert.deepEqual(details?.request?.(input, []), {
      ServerSideEncryptionConfiguration: {
        xmlns: "http://s3.amazonaws.com/doc/2006-03-01/",
        Rule: byDefault("AES256"),
      },
      bucketName: "bucket",
      encryption: "",
    });
  });
});
