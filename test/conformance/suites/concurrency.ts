/** Many callers at once, on as many workers as there are: nothing is lost and nothing is stale. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { policy, rootStatement, type Deployment } from "../../support/deployment.ts";
import { lookUp, recordOf } from "../../support/events.ts";
import { atOnce, inTurn, numbers } from "../../support/in-turn.ts";
import { fresh } from "../../support/names.ts";
import { pattern, read } from "../../support/objects.ts";
import { refused } from "../../support/refusal.ts";

export function concurrency(at: Deployment): void {
  describe("concurrency", () => {
    test("every worker sees at once what another has written", async () => {
      const Bucket = await at.bucket();
      await inTurn(numbers(30), async (n) => {
        await at.root.s3.putObject({ Bucket, Key: "k", Body: `${n}` });
        const seen = await atOnce(numbers(6), 6, () => read(at.root.s3, { Bucket, Key: "k" }));
        assert.deepEqual(
          seen.map(String),
          numbers(6).map(() => `${n}`),
        );
        const { Contents } = await at.root.s3.listObjectsV2({ Bucket });
        assert.equal(Contents?.[0]?.Size, `${n}`.length);
      });
    });

    test("every worker obeys at once what another has revoked", async () => {
      const { arn: KeyId } = await at.key();
      const user = await at.user("revoked");
      const grant = (given: boolean) =>
        at.root.kms.putKeyPolicy({
          KeyId,
          Policy: policy([
            rootStatement(at.account),
            ...(given
              ? [
                  {
                    Effect: "Allow",
                    Principal: { AWS: user.arn },
                    Action: "kms:GenerateDataKey",
                    Resource: "*",
                  },
                ]
              : []),
          ]),
        });
      const use = () => user.kms.generateDataKey({ KeyId, KeySpec: "AES_256" });
      await inTurn(numbers(5), async () => {
        await grant(true);
        await atOnce(numbers(6), 6, use);
        await grant(false);
        await atOnce(numbers(6), 6, () => refused(use(), { code: "AccessDeniedException" }));
      });
    });

    test("sixty-four writers of one object under KMS all succeed", async () => {
      const Bucket = await at.bucket();
      const { arn } = await at.key();
      const bodies = numbers(64).map((n) => pattern(4096, n));
      await atOnce(bodies, 64, (Body) =>
        at.root.s3.putObject({
          Bucket,
          Key: "k",
          Body,
          ServerSideEncryption: "aws:kms",
          SSEKMSKeyId: arn,
          BucketKeyEnabled: true,
        }),
      );
      const last = await read(at.root.s3, { Bucket, Key: "k" });
      assert.ok(bodies.some((body) => body.equals(last)));
    });

    test("of many makers of one name exactly one succeeds", async () => {
      const [UserName, TargetKeyId] = [fresh("race"), (await at.key()).id];
      const AliasName = `alias/${fresh("race")}`;
      const wins = async (call: () => Promise<unknown>, code: RegExp) => {
        const outcomes = await atOnce(numbers(12), 12, () =>
          call().then(
            () => true,
            (error: unknown) => {
              assert.match(String(error), code);
              return false;
            },
          ),
        );
        return outcomes.filter(Boolean).length;
      };
      assert.equal(
        await wins(
          () => at.root.iam.createUser({ UserName }),
          /EntityAlreadyExists|ConcurrentModification/,
        ),
        1,
      );
      assert.equal(
        await wins(() => at.root.kms.createAlias({ AliasName, TargetKeyId }), /AlreadyExists/),
        1,
      );
    });

    test("a bucket is not deleted under a write that was acknowledged", async () => {
      await inTurn(numbers(8), async () => {
        const Bucket = await at.bucket("race");
        const [written, deleted] = await Promise.allSettled([
          at.root.s3.putObject({ Bucket, Key: "k", Body: "x" }),
          at.root.s3.deleteBucket({ Bucket }),
        ]);
        assert.notDeepEqual([written.status, deleted.status], ["fulfilled", "fulfilled"]);
        if (written.status === "fulfilled") await at.root.s3.headObject({ Bucket, Key: "k" });
      });
    });

    test("writers and deleters of many names leave a listing that is true", async () => {
      const Bucket = await at.bucket();
      const keys = numbers(12).map((n) => `k${n}`);
      await atOnce(numbers(300), 24, async (n) => {
        const Key = keys[(n * 7) % keys.length] ?? "";
        if (n % 3 === 0) await at.root.s3.deleteObject({ Bucket, Key });
        else await at.root.s3.putObject({ Bucket, Key, Body: `${n}` });
      });
      const { Contents } = await at.root.s3.listObjectsV2({ Bucket });
      const listed = new Set(Contents?.map(({ Key }) => Key));
      await inTurn(keys, async (Key) => {
        const there = await at.root.s3.headObject({ Bucket, Key }).then(
          () => true,
          () => false,
        );
        assert.equal(listed.has(Key), there, Key);
      });
    });

    test("parts from many callers make one object", async () => {
      const Bucket = await at.bucket();
      const { UploadId } = await at.root.s3.createMultipartUpload({ Bucket, Key: "big" });
      const bodies = numbers(6).map((n) => pattern(5 * 1024 * 1024, n));
      const Parts = await atOnce(bodies, 6, async (Body, index) => {
        const PartNumber = index + 1;
        const part = { Bucket, Key: "big", UploadId, PartNumber, Body };
        return { PartNumber, ETag: (await at.root.s3.uploadPart(part)).ETag };
      });
      const complete = () =>
        at.root.s3.completeMultipartUpload({
          Bucket,
          Key: "big",
          UploadId,
          MultipartUpload: { Parts },
        });
      const outcomes = await Promise.allSettled([complete(), complete(), complete()]);
      assert.ok(outcomes.some(({ status }) => status === "fulfilled"));
      assert.ok((await read(at.root.s3, { Bucket, Key: "big" })).equals(Buffer.concat(bodies)));
    });

    test("every answered call of many has exactly one event", async () => {
      const user = await at.user("counted", { Effect: "Allow", Action: "kms:*", Resource: "*" });
      const { id: KeyId } = await at.key();
      const answers = await atOnce(numbers(150), 16, () =>
        user.kms.generateDataKey({ KeyId, KeySpec: "AES_256" }),
      );
      const events = (await lookUp(at.root, { key: "Username", value: user.name })).map(recordOf);
      const ids = events.map((record) => record.requestID);
      assert.equal(ids.length, 150);
      assert.deepEqual(new Set(ids), new Set(answers.map((a) => a.$metadata.requestId)));
    });
  });
}
