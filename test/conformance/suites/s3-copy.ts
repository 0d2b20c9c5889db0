import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { CopyObjectCommandInput } from "@aws-sdk/client-s3";
import { policy, type Deployment } from "../../support/deployment.ts";
import { md5, pattern, read } from "../../support/objects.ts";
import { refused } from "../../support/refusal.ts";
import { encode } from "../../support/signature.ts";

const illegal =
  "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.";

export function s3Copy(at: Deployment): void {
  const source = async (Body: string | Buffer = "copied", Key = "source") => {
    const Bucket = await at.bucket();
    await at.root.s3.putObject({
      Bucket,
      Key,
      Body,
      ContentType: "text/plain",
      Metadata: { a: "1" },
    });
    return Bucket;
  };
  const copy = (Bucket: string, more: Partial<CopyObjectCommandInput> = {}) =>
    at.root.s3.copyObject({ Bucket, Key: "copy", CopySource: `${Bucket}/source`, ...more });

  describe("S3 copies", () => {
    test("bytes, type and metadata go along", async () => {
      const Bucket = await source();
      const { CopyObjectResult } = await copy(Bucket);
      assert.equal(CopyObjectResult?.ETag, `"${md5(Buffer.from("copied"))}"`);
      assert.ok(CopyObjectResult.LastModified);
      const head = await at.root.s3.headObject({ Bucket, Key: "copy" });
      assert.deepEqual([head.ContentType, head.Metadata], ["text/plain", { a: "1" }]);
      assert.equal(String(await read(at.root.s3, { Bucket, Key: "copy" })), "copied");
    });

    test("REPLACE takes the request's own, COPY ignores it", async () => {
      const Bucket = await source();
      const own = { ContentType: "application/json", Metadata: { b: "2" } };
      await copy(Bucket, { ...own, MetadataDirective: "REPLACE" });
      const replaced = await at.root.s3.headObject({ Bucket, Key: "copy" });
      assert.partialDeepStrictEqual(replaced, own);
      assert.deepEqual(replaced.Metadata, { b: "2" });
      await copy(Bucket, own);
      const copied = await at.root.s3.headObject({ Bucket, Key: "copy" });
      assert.deepEqual([copied.ContentType, copied.Metadata], ["text/plain", { a: "1" }]);
    });

    test("large objects and odd names are copied to another bucket", async () => {
      const Body = pattern(300 * 1024, 5);
      const Key = "a b+c/ü?&.txt";
      const from = await source(Body, Key);
      const Bucket = await at.bucket();
      await at.root.s3.copyObject({
        Bucket,
        Key,
        CopySource: `/${from}/${Key.split("/").map(encode).join("/")}`,
      });
      assert.ok((await read(at.root.s3, { Bucket, Key })).equals(Body));
      await at.root.s3.deleteObject({ Bucket: from, Key });
      assert.ok((await read(at.root.s3, { Bucket, Key })).equals(Body));
    });

    test("onto itself a copy has to change something", async () => {
      const Bucket = await source();
      const onto = (more: Partial<CopyObjectCommandInput> = {}) =>
        copy(Bucket, { Key: "source", ...more });
      const expected = { code: "InvalidRequest", status: 400, message: illegal };
      await refused(onto(), expected);
      await refused(onto({ Metadata: { c: "3" } }), expected);
      await onto({ MetadataDirective: "REPLACE", Metadata: { c: "3" } });
      await onto({ ServerSideEncryption: "AES256" });
      await onto({ StorageClass: "STANDARD" });
      assert.equal(String(await read(at.root.s3, { Bucket, Key: "source" })), "copied");
    });

    test("onto itself a copy is allowed where the bucket has a rule of its own", async () => {
      const Bucket = await source();
      await at.root.s3.putBucketEncryption({
        Bucket,
        ServerSideEncryptionConfiguration: {
          Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
        },
      });
      await copy(Bucket, { Key: "source" });
    });

    test("the algorithm of the checksum is the source's, or the one asked for", async () => {
      const Bucket = await at.bucket();
      await at.root.s3.putObject({
        Bucket,
        Key: "source",
        Body: "copied",
        ChecksumAlgorithm: "SHA256",
      });
      const kept = await copy(Bucket);
      assert.ok(kept.CopyObjectResult?.ChecksumSHA256);
      assert.equal(kept.CopyObjectResult.ChecksumType, "FULL_OBJECT");
      const changed = await copy(Bucket, { ChecksumAlgorithm: "SHA1" });
      assert.ok(changed.CopyObjectResult?.ChecksumSHA1);
      assert.equal(changed.CopyObjectResult.ChecksumSHA256, undefined);
    });

    const missing: [string, string, object][] = [
      ["an absent object", "/none", { code: "NoSuchKey", status: 404, extra: { Key: "none" } }],
      [
        "no object at all",
        "",
        {
          code: "InvalidArgument",
          status: 400,
          message: "Invalid copy source object key",
          extra: { ArgumentName: "x-amz-copy-source" },
        },
      ],
    ];
    for (const [name, rest, expected] of missing) {
      test(`${name} as source is refused`, async () => {
        const Bucket = await source();
        await refused(copy(Bucket, { CopySource: `${Bucket}${rest}` }), {
          code: "",
          ...expected,
        });
      });
    }

    test("a bucket that does not exist is no source and no destination", async () => {
      const Bucket = await source();
      const expected = { code: "NoSuchBucket", status: 404 };
      await refused(copy(Bucket, { CopySource: "strongroom-never-made/k" }), expected);
      await refused(copy("strongroom-never-made", { CopySource: `${Bucket}/source` }), expected);
    });

    test("conditions on the source are named in the refusal", async () => {
      const Bucket = await source();
      const etag = `"${md5(Buffer.from("copied"))}"`;
      const { LastModified } = await at.root.s3.headObject({ Bucket, Key: "source" });
      const before = new Date(Number(LastModified) - 86_400_000);
      const failed = (Condition: string) => ({
        code: "PreconditionFailed",
        status: 412,
        message: "At least one of the pre-conditions you specified did not hold",
        extra: { Condition },
      });
      await copy(Bucket, { CopySourceIfMatch: etag, CopySourceIfNoneMatch: '"other"' });
      await refused(
        copy(Bucket, { CopySourceIfMatch: '"other"' }),
        failed("x-amz-copy-source-If-Match"),
      );
      await refused(
        copy(Bucket, { CopySourceIfNoneMatch: etag }),
        failed("x-amz-copy-source-If-None-Match"),
      );
      await refused(
        copy(Bucket, { CopySourceIfModifiedSince: LastModified }),
        failed("x-amz-copy-source-If-Modified-Since"),
      );
      await refused(
        copy(Bucket, { CopySourceIfUnmodifiedSince: before }),
        failed("x-amz-copy-source-If-Unmodified-Since"),
      );
    });

    test("a copy needs reading there and writing here", async () => {
      const [from, Bucket] = [await source(), await at.bucket()];
      const statement = (Action: string, bucket: string) => ({
        Effect: "Allow",
        Action,
        Resource: `arn:aws:s3:::${bucket}/*`,
      });
      const halves = [statement("s3:GetObject*", from), statement("s3:PutObject", Bucket)] as const;
      const attempt = (clients: typeof at.root) =>
        clients.s3.copyObject({ Bucket, Key: "copy", CopySource: `${from}/source` });
      await refused(attempt(await at.user("reader", halves[0])), {
        code: "AccessDenied",
        status: 403,
        message: /s3:PutObject on resource/,
      });
      await refused(attempt(await at.user("writer", halves[1])), {
        code: "AccessDenied",
        status: 403,
        message: /s3:GetObject on resource/,
      });
      await attempt(await at.user("both", halves));
    });

    test("the source of a copy is a condition of writing", async () => {
      const [from, Bucket] = [await source(), await at.bucket()];
      await at.root.s3.putBucketPolicy({
        Bucket,
        Policy: policy({
          Effect: "Deny",
          Principal: "*",
          Action: "s3:PutObject",
          Resource: `arn:aws:s3:::${Bucket}/*`,
          Condition: { StringNotLike: { "s3:x-amz-copy-source": `*${from}/*` } },
        }),
      });
      await copy(Bucket, { CopySource: `${from}/source` });
      await refused(at.root.s3.putObject({ Bucket, Key: "k", Body: "x" }), {
        code: "AccessDenied",
      });
    });
  });
}
