/** The two policies of the how-to documents that demand SSE-KMS, against every kind of upload. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import type { PutObjectCommandInput } from "@aws-sdk/client-s3";
import { policy, type Deployment } from "../../support/deployment.ts";
import { fresh } from "../../support/names.ts";
import { inTurn } from "../../support/in-turn.ts";
import { pattern, read } from "../../support/objects.ts";
import { refused } from "../../support/refusal.ts";

export function s3Enforcement(at: Deployment): void {
  const denyNonKms = (Bucket: string) => ({
    Sid: "DenyNonKMSEncryption",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:PutObject",
    Resource: `arn:aws:s3:::${Bucket}/*`,
    Condition: { StringNotEquals: { "s3:x-amz-server-side-encryption": "aws:kms" } },
  });
  const denyWrongKey = (Bucket: string, arn: string) => ({
    Sid: "DenyWrongKMSKey",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:PutObject",
    Resource: `arn:aws:s3:::${Bucket}/*`,
    Condition: {
      StringNotEqualsIfExists: { "s3:x-amz-server-side-encryption-aws-kms-key-id": arn },
    },
  });
  const world = async () => {
    const Bucket = await at.bucket("enforced");
    const [one, two] = [await at.key(), await at.key()];
    const AliasName = `alias/${fresh("enforced")}`;
    await at.root.kms.createAlias({ AliasName, TargetKeyId: one.id });
    await at.root.s3.putBucketEncryption({
      Bucket,
      ServerSideEncryptionConfiguration: {
        Rules: [
          {
            ApplyServerSideEncryptionByDefault: {
              SSEAlgorithm: "aws:kms",
              KMSMasterKeyID: one.arn,
            },
            BucketKeyEnabled: true,
          },
        ],
      },
    });
    return { Bucket, one, two, AliasName };
  };
  type World = Awaited<ReturnType<typeof world>>;
  const enforce = ({ Bucket, one }: World, ...which: ("mode" | "key")[]) => {
    const both = { mode: denyNonKms(Bucket), key: denyWrongKey(Bucket, one.arn) };
    return at.root.s3.putBucketPolicy({
      Bucket,
      Policy: policy(which.map((name) => both[name])),
    });
  };
  const denied = (Bucket: string, Key: string) => ({
    code: "AccessDenied",
    status: 403,
    message: `User: arn:aws:iam::${at.account}:root is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::${Bucket}/${Key}" with an explicit deny in a resource-based policy`,
  });
  const kms = (SSEKMSKeyId?: string) =>
    ({ ServerSideEncryption: "aws:kms", ...(SSEKMSKeyId ? { SSEKMSKeyId } : {}) }) as const;

  describe("S3 enforcement of SSE-KMS", () => {
    /** What is sent, and whether it passes the demand for the mode, for the key, for both. */
    const uploads: [string, (w: World) => Partial<PutObjectCommandInput>, boolean, boolean][] = [
      ["nothing", () => ({}), false, false],
      ["AES256", () => ({ ServerSideEncryption: "AES256" }), false, false],
      ["aws:kms without a key", () => kms(), true, false],
      ["aws:kms and the key's ARN", ({ one }) => kms(one.arn), true, true],
      ["aws:kms and the key's id", ({ one }) => kms(one.id), true, false],
      ["aws:kms and the key's alias", ({ AliasName }) => kms(AliasName), true, false],
      ["aws:kms and another key's ARN", ({ two }) => kms(two.arn), true, false],
    ];
    for (const [name, input, passesMode, passesKey] of uploads) {
      const verdicts = [
        [["mode"], passesMode],
        [["key"], passesKey],
        [["mode", "key"], passesMode && passesKey],
      ] as const;
      test(`an upload with ${name}`, async () => {
        const all = await world();
        const { Bucket } = all;
        const Key = "reports/q1.pdf";
        await inTurn(verdicts, async ([which, passes]) => {
          await enforce(all, ...which);
          const calls = [
            () => at.root.s3.putObject({ Bucket, Key, Body: "x", ...input(all) }),
            () => at.root.s3.createMultipartUpload({ Bucket, Key, ...input(all) }),
          ];
          await inTurn(calls, async (call) => {
            if (passes) await call();
            else await refused(call(), denied(Bucket, Key));
          });
        });
        await at.root.s3.deleteBucketPolicy({ Bucket });
        await at.root.s3.putObject({ Bucket, Key: "source", Body: "x" });
        await inTurn(verdicts, async ([which, passes]) => {
          await enforce(all, ...which);
          const copied = at.root.s3.copyObject({
            Bucket,
            Key,
            CopySource: `${Bucket}/source`,
            ...input(all),
          });
          if (passes) await copied;
          else await refused(copied, denied(Bucket, Key));
        });
      });
    }

    test("the parts of an upload that was begun rightly are not denied", async () => {
      const all = await world();
      await enforce(all, "mode", "key");
      const target = { Bucket: all.Bucket, Key: "big" };
      const { UploadId } = await at.root.s3.createMultipartUpload({
        ...target,
        ...kms(all.one.arn),
      });
      const bytes = pattern(5 * 1024 * 1024, 1);
      const upload = { ...target, UploadId };
      const first = await at.root.s3.uploadPart({ ...upload, PartNumber: 1, Body: bytes });
      await at.root.s3.putObject({ ...target, Key: "s", Body: "copied", ...kms(all.one.arn) });
      const copied = await at.root.s3.uploadPartCopy({
        ...upload,
        PartNumber: 2,
        CopySource: `${all.Bucket}/s`,
      });
      await at.root.s3.completeMultipartUpload({
        ...upload,
        MultipartUpload: {
          Parts: [
            { PartNumber: 1, ETag: first.ETag },
            { PartNumber: 2, ETag: copied.CopyPartResult?.ETag },
          ],
        },
      });
      const whole = await read(at.root.s3, target);
      assert.ok(whole.equals(Buffer.concat([bytes, Buffer.from("copied")])));
    });

    test("StringNotEquals with Null false lets the bucket's default pass", async () => {
      const { Bucket, one, two } = await world();
      const key = "s3:x-amz-server-side-encryption-aws-kms-key-id";
      await at.root.s3.putBucketPolicy({
        Bucket,
        Policy: policy({
          ...denyNonKms(Bucket),
          Condition: { StringNotEquals: { [key]: one.arn }, Null: { [key]: "false" } },
        }),
      });
      const put = (more: object) => at.root.s3.putObject({ Bucket, Key: "k", Body: "x", ...more });
      assert.equal((await put({})).SSEKMSKeyId, one.arn);
      await put(kms(one.arn));
      await refused(put(kms(two.arn)), denied(Bucket, "k"));
    });

    test("a form is held to the same", async () => {
      const all = await world();
      await enforce(all, "mode", "key");
      const post = async (Fields: Record<string, string>) => {
        const { url, fields } = await createPresignedPost(at.root.s3, {
          Bucket: all.Bucket,
          Key: "form",
          Fields,
          Conditions: Object.entries(Fields).map(([name, value]) => ({ [name]: value })),
        });
        const form = new FormData();
        for (const [name, value] of Object.entries(fields)) form.append(name, value);
        form.append("file", new Blob(["x"]));
        return (await fetch(url, { method: "POST", body: form })).status;
      };
      assert.equal(await post({}), 403);
      const header = "x-amz-server-side-encryption";
      assert.equal(await post({ [header]: "AES256" }), 403);
      const key = `${header}-aws-kms-key-id`;
      assert.equal(await post({ [header]: "aws:kms", [key]: all.two.arn }), 403);
      assert.equal(await post({ [header]: "aws:kms", [key]: all.one.arn }), 204);
    });
  });
}
