import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { PutObjectCommandInput } from "@aws-sdk/client-s3";
import { type Deployment } from "../../support/deployment.ts";
import { inTurn } from "../../support/in-turn.ts";
import { read } from "../../support/objects.ts";
import { refused } from "../../support/refusal.ts";
import { ask } from "../../support/signature.ts";
import { element } from "../../support/wire.ts";
import { encryption, kms } from "./encryption.ts";

export function s3SseRefusals(at: Deployment): void {
  const { put, setDefault } = encryption(at);

  describe("S3 encryption: refusals", () => {
    const notFound = (message: string) => ({
      code: "KMS.NotFoundException",
      status: 400,
      message,
    });
    const cases: [string, Partial<PutObjectCommandInput>, (account: string) => object][] = [
      ["a key id that is none", kms("fake-key-id"), () => notFound("Invalid keyId 'fake-key-id'")],
      [
        "a key that does not exist",
        kms("134f2428-cec1-4b25-a1ae-9048164dba47"),
        (account) =>
          notFound(
            `Key 'arn:aws:kms:us-east-1:${account}:key/134f2428-cec1-4b25-a1ae-9048164dba47' does not exist`,
          ),
      ],
      [
        "a key of another Region",
        kms("arn:aws:kms:eu-west-3:123456789012:key/134f2428-cec1-4b25-a1ae-9048164dba47"),
        () => notFound("Invalid arn eu-west-3"),
      ],
      [
        "a key without a mode",
        { SSEKMSKeyId: "134f2428-cec1-4b25-a1ae-9048164dba47" },
        () => ({
          code: "InvalidArgument",
          status: 400,
          message:
            "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms",
          extra: { ArgumentName: "x-amz-server-side-encryption" },
        }),
      ],
      [
        "a key with AES256",
        { ServerSideEncryption: "AES256", SSEKMSKeyId: "134f2428-cec1-4b25-a1ae-9048164dba47" },
        () => ({ code: "InvalidArgument", status: 400 }),
      ],
      [
        "an unknown mode",
        // @ts-expect-error: the type knows the values
        { ServerSideEncryption: "ROT13" },
        () => ({
          code: "InvalidArgument",
          status: 400,
          message: "The encryption method specified is not supported",
          extra: { ArgumentName: "x-amz-server-side-encryption", ArgumentValue: "ROT13" },
        }),
      ],
      [
        "a context that is no JSON",
        { ...kms(), SSEKMSEncryptionContext: Buffer.from("nonsense").toString("base64") },
        () => ({
          code: "InvalidArgument",
          status: 400,
          message:
            "The header 'x-amz-server-side-encryption-context' shall be Base64-encoded UTF-8 string holding JSON which represents a string-string map",
        }),
      ],
      [
        "a context of numbers",
        { ...kms(), SSEKMSEncryptionContext: Buffer.from('{"a":1}').toString("base64") },
        () => ({ code: "InvalidArgument", status: 400 }),
      ],
      [
        "a context with another object's ARN",
        {
          ...kms(),
          SSEKMSEncryptionContext: Buffer.from('{"aws:s3:arn":"arn:aws:s3:::b/k"}').toString(
            "base64",
          ),
        },
        () => ({ code: ["InvalidArgument", "InvalidRequest"], status: 400 }),
      ],
    ];
    for (const [name, input, expected] of cases) {
      test(`${name} is refused, and nothing is written`, async () => {
        const Bucket = await at.bucket();
        const refusal = { code: "", ...expected(at.account) };
        await refused(put(Bucket, input), refusal);
        await refused(at.root.s3.createMultipartUpload({ Bucket, Key: "k", ...input }), refusal);
        assert.equal((await at.root.s3.listObjectsV2({ Bucket })).KeyCount, 0);
      });
    }

    test("a rule with a key that is none refuses the upload, not the rule", async () => {
      const Bucket = await at.bucket();
      await setDefault(Bucket, "fake-key-id");
      await refused(put(Bucket), notFound("Invalid keyId 'fake-key-id'"));
    });

    test("modes are for writing: GET, HEAD and UploadPart refuse them", async () => {
      const Bucket = await at.bucket();
      await put(Bucket);
      const { UploadId } = await at.root.s3.createMultipartUpload({ Bucket, Key: "big" });
      const headers = { "x-amz-server-side-encryption": "AES256" };
      const targets: [string, string][] = [
        ["GET", `/${Bucket}/k`],
        ["PUT", `/${Bucket}/big?partNumber=1&uploadId=${encodeURIComponent(UploadId ?? "")}`],
      ];
      await inTurn(targets, async ([method, target]) => {
        const reply = await ask(
          at.endpoint,
          { method, target, headers, body: method === "PUT" ? "x" : "" },
          { credentials: at.endpoint.root },
        );
        assert.deepEqual(
          [reply.status, element(reply.text, "Code"), element(reply.text, "ArgumentValue")],
          [400, "InvalidArgument", "AES256"],
        );
        assert.equal(
          element(reply.text, "Message"),
          "x-amz-server-side-encryption header is not supported for this operation.",
        );
      });
    });

    test("a key that is disabled or pending deletion stops reading and writing, not the rest", async () => {
      const Bucket = await at.bucket();
      const { id, arn } = await at.key();
      await inTurn(
        [
          [() => at.root.kms.disableKey({ KeyId: id }), "KMS.DisabledException", "is disabled."],
          [
            () => at.root.kms.scheduleKeyDeletion({ KeyId: id }),
            "KMS.KMSInvalidStateException",
            "is pending deletion.",
          ],
        ] as const,
        async ([change, code, state]) => {
          await at.root.kms.cancelKeyDeletion({ KeyId: id }).catch(() => {});
          await at.root.kms.enableKey({ KeyId: id });
          await inTurn([true, false], async (BucketKeyEnabled) => {
            const Key = `${code} ${BucketKeyEnabled}`;
            await put(Bucket, { Key, ...kms(arn), BucketKeyEnabled });
            await read(at.root.s3, { Bucket, Key });
          });
          await change();
          const refusal = { code, status: 400, message: `${arn} ${state}` };
          await inTurn([true, false], async (BucketKeyEnabled) => {
            const Key = `${code} ${BucketKeyEnabled}`;
            await refused(at.root.s3.getObject({ Bucket, Key }), refusal);
            await refused(put(Bucket, { Key: "new", ...kms(arn), BucketKeyEnabled }), refusal);
            await at.root.s3.headObject({ Bucket, Key });
            await at.root.s3.deleteObject({ Bucket, Key });
          });
          await at.root.s3.listObjectsV2({ Bucket });
        },
      );
    });
  });
}
