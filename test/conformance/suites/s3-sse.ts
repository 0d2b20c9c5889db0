import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { everything, type Deployment } from "../../support/deployment.ts";
import { inTurn } from "../../support/in-turn.ts";
import { md5, pattern, read } from "../../support/objects.ts";
import { ask } from "../../support/signature.ts";
import { body, encryption, kms, shown } from "./encryption.ts";

export function s3Sse(at: Deployment): void {
  const { put } = encryption(at);

  describe("S3 server-side encryption", () => {
    test("PUT, GET, HEAD and a range show mode, key ARN and bucket key", async () => {
      const Bucket = await at.bucket();
      const { arn } = await at.key();
      await inTurn([true, undefined], async (BucketKeyEnabled) => {
        const expected = ["aws:kms", arn, BucketKeyEnabled];
        const written = await put(Bucket, { ...kms(arn), BucketKeyEnabled });
        assert.deepEqual(shown(written), expected);
        const got = await at.root.s3.getObject({ Bucket, Key: "k" });
        assert.equal(await got.Body?.transformToString(), body);
        assert.deepEqual(shown(got), expected);
        const range = await at.root.s3.getObject({ Bucket, Key: "k", Range: "bytes=2-4" });
        assert.equal(await range.Body?.transformToString(), "234");
        assert.deepEqual(shown(range), expected);
        assert.deepEqual(shown(await at.root.s3.headObject({ Bucket, Key: "k" })), expected);
      });
    });

    test("an ETag under KMS is 32 digits, another at each write, and not the MD5", async () => {
      const Bucket = await at.bucket();
      const { arn } = await at.key();
      const [one, two] = [await put(Bucket, kms(arn)), await put(Bucket, kms(arn))];
      assert.match(one.ETag ?? "", /^"[0-9a-f]{32}"$/);
      assert.notEqual(one.ETag, two.ETag);
      assert.notEqual(one.ETag, `"${md5(Buffer.from(body))}"`);
      const { Contents } = await at.root.s3.listObjectsV2({ Bucket });
      assert.equal(Contents?.[0]?.ETag, two.ETag);
    });

    for (const size of [0, 1, 40_000, 300_000, 3_000_000]) {
      test(`${size} bytes under KMS are read back, with a bucket key and without`, async () => {
        const Bucket = await at.bucket();
        const { arn } = await at.key();
        const Body = pattern(size, size);
        await inTurn([true, false], async (BucketKeyEnabled) => {
          await put(Bucket, { Body, ...kms(arn), BucketKeyEnabled });
          assert.ok((await read(at.root.s3, { Bucket, Key: "k" })).equals(Body));
        });
      });
    }

    test("customer-provided keys are blocked on a new bucket", async () => {
      const Bucket = await at.bucket();
      const reply = await ask(
        at.endpoint,
        {
          method: "PUT",
          target: `/${Bucket}/k`,
          body: "x",
          headers: {
            "x-amz-server-side-encryption-customer-algorithm": "AES256",
            "x-amz-server-side-encryption-customer-key": Buffer.alloc(32, 7).toString("base64"),
            "x-amz-server-side-encryption-customer-key-md5": Buffer.from(
              md5(Buffer.alloc(32, 7)),
              "hex",
            ).toString("base64"),
          },
        },
        { credentials: at.endpoint.root },
      );
      assert.ok([403, 501].includes(reply.status), reply.text);
      assert.equal((await at.root.s3.listObjectsV2({ Bucket })).KeyCount, 0);
    });

    test("a key of a deleted user's making serves on", async () => {
      const user = await at.user("leaving", everything);
      const Bucket = await at.bucket();
      const { KeyMetadata } = await user.kms.createKey({});
      await put(Bucket, kms(KeyMetadata?.Arn), user);
      await at.root.iam.deleteAccessKey({
        UserName: user.name,
        AccessKeyId: user.credentials.accessKeyId,
      });
      assert.equal(String(await read(at.root.s3, { Bucket, Key: "k" })), body);
    });
  });
}
