import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { policy, type Deployment } from "../../support/deployment.ts";
import { inTurn, numbers } from "../../support/in-turn.ts";
import { refused } from "../../support/refusal.ts";
import { ask } from "../../support/signature.ts";
import { element } from "../../support/wire.ts";

export function s3DeleteObjects(at: Deployment): void {
  const filled = async (keys: readonly string[]) => {
    const Bucket = await at.bucket();
    await inTurn(keys, (Key) => at.root.s3.putObject({ Bucket, Key, Body: "x" }));
    return Bucket;
  };

  describe("S3 DeleteObjects", () => {
    test("every name is answered, there or not, in the order asked", async () => {
      const Bucket = await filled(["a", "b", "odd & <name>"]);
      const Objects = [{ Key: "a" }, { Key: "never" }, { Key: "odd & <name>" }];
      const { Deleted, Errors } = await at.root.s3.deleteObjects({ Bucket, Delete: { Objects } });
      assert.deepEqual(Deleted, Objects);
      assert.equal(Errors, undefined);
      const { Contents } = await at.root.s3.listObjectsV2({ Bucket });
      assert.deepEqual(
        Contents?.map(({ Key }) => Key),
        ["b"],
      );
    });

    test("quiet answers only what failed", async () => {
      const Bucket = await filled(["a"]);
      const { Deleted, Errors } = await at.root.s3.deleteObjects({
        Bucket,
        Delete: { Objects: [{ Key: "a" }], Quiet: true },
      });
      assert.deepEqual([Deleted, Errors], [undefined, undefined]);
    });

    test("each name is authorised by itself", async () => {
      const Bucket = await filled(["mine/a", "yours/b"]);
      const user = await at.user("partly", {
        Effect: "Allow",
        Action: "s3:DeleteObject",
        Resource: `arn:aws:s3:::${Bucket}/mine/*`,
      });
      const { Deleted, Errors } = await user.s3.deleteObjects({
        Bucket,
        Delete: { Objects: [{ Key: "mine/a" }, { Key: "yours/b" }] },
      });
      assert.deepEqual(Deleted, [{ Key: "mine/a" }]);
      assert.equal(Errors?.length, 1);
      assert.partialDeepStrictEqual(Errors[0], { Key: "yours/b", Code: "AccessDenied" });
      await at.root.s3.headObject({ Bucket, Key: "yours/b" });
    });

    test("a bucket policy's denial of one name leaves the others", async () => {
      const Bucket = await filled(["keep", "drop"]);
      await at.root.s3.putBucketPolicy({
        Bucket,
        Policy: policy({
          Effect: "Deny",
          Principal: "*",
          Action: "s3:DeleteObject",
          Resource: `arn:aws:s3:::${Bucket}/keep`,
        }),
      });
      const { Deleted, Errors } = await at.root.s3.deleteObjects({
        Bucket,
        Delete: { Objects: [{ Key: "keep" }, { Key: "drop" }] },
      });
      assert.deepEqual(Deleted, [{ Key: "drop" }]);
      assert.match(Errors?.[0]?.Message ?? "", /with an explicit deny in a resource-based policy$/);
    });

    test("one name twice is deleted once and answered", async () => {
      const Bucket = await filled(["a"]);
      const answer = await at.root.s3.deleteObjects({
        Bucket,
        Delete: { Objects: [{ Key: "a" }, { Key: "a" }] },
      });
      assert.equal(answer.Errors, undefined);
      assert.ok((answer.Deleted?.length ?? 0) >= 1);
    });

    test("an ETag per name is a condition", async () => {
      const Bucket = await filled(["a", "b"]);
      const { ETag } = await at.root.s3.headObject({ Bucket, Key: "a" });
      const { Deleted, Errors } = await at.root.s3.deleteObjects({
        Bucket,
        Delete: {
          Objects: [
            { Key: "a", ETag },
            { Key: "b", ETag: '"0123"' },
          ],
        },
      });
      assert.deepEqual(
        Deleted?.map(({ Key }) => Key),
        ["a"],
      );
      assert.partialDeepStrictEqual(Errors?.[0], { Key: "b", Code: "PreconditionFailed" });
    });

    test("a version that cannot be is an error of its name", async () => {
      const Bucket = await filled(["a"]);
      const { Errors } = await at.root.s3.deleteObjects({
        Bucket,
        Delete: { Objects: [{ Key: "a", VersionId: "nonsense" }] },
      });
      assert.partialDeepStrictEqual(Errors?.[0], { Key: "a", Code: "NoSuchVersion" });
    });

    test("more than a thousand names are refused", async () => {
      const Bucket = await at.bucket();
      const Objects = numbers(1001).map((n) => ({ Key: `k${n}` }));
      await refused(at.root.s3.deleteObjects({ Bucket, Delete: { Objects } }), {
        code: "MalformedXML",
        status: 400,
      });
    });

    test("a checksum of the body is required, and has to be right", async () => {
      const Bucket = await filled(["a"]);
      const body = "<Delete><Object><Key>a</Key></Object></Delete>";
      const post = (headers: Record<string, string>) =>
        ask(
          at.endpoint,
          { method: "POST", target: `/${Bucket}?delete`, body, headers },
          { credentials: at.endpoint.root },
        );
      const without = await post({});
      assert.equal(without.status, 400);
      assert.ok(
        ["InvalidRequest", "MissingContentMD5"].includes(element(without.text, "Code") ?? ""),
      );
      assert.equal(
        element(without.text, "Message"),
        "Missing required header for this request: Content-MD5 OR x-amz-checksum-*",
      );
      const wrong = await post({ "content-md5": "1B2M2Y8AsgTpgAmY7PhCfg==" });
      assert.deepEqual([wrong.status, element(wrong.text, "Code")], [400, "BadDigest"]);
      await at.root.s3.headObject({ Bucket, Key: "a" });
    });
  });
}
