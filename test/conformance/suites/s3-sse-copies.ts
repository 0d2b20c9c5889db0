import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { everything, type Deployment } from "../../support/deployment.ts";
import { lookUp, recordOf } from "../../support/events.ts";
import { inTurn } from "../../support/in-turn.ts";
import { md5, pattern, read } from "../../support/objects.ts";
import { refused } from "../../support/refusal.ts";
import { allow, body, encryption, kms, shown } from "./encryption.ts";

export function s3SseCopies(at: Deployment): void {
  const { managedKey, put, setDefault } = encryption(at);

  describe("S3 encryption: copies and parts", () => {
    test("a copy takes the destination's encryption, never the source's", async () => {
      const [from, to] = [await at.bucket(), await at.bucket()];
      const [one, two] = [await at.key(), await at.key()];
      await put(from, kms(one.arn));
      const CopySource = `${from}/k`;
      const copy = (more: object = {}) =>
        at.root.s3.copyObject({ Bucket: to, Key: "k", CopySource, ...more });
      const plain = await copy();
      assert.deepEqual(shown(plain), ["AES256", undefined, undefined]);
      assert.equal(plain.CopyObjectResult?.ETag, `"${md5(Buffer.from(body))}"`);
      await setDefault(to, two.arn, true);
      assert.deepEqual(shown(await copy()), ["aws:kms", two.arn, true]);
      assert.deepEqual(shown(await copy(kms(one.arn))), ["aws:kms", one.arn, true]);
      assert.equal(String(await read(at.root.s3, { Bucket: to, Key: "k" })), body);
    });

    test("a copy from KMS to KMS decrypts once and makes one data key", async () => {
      const Bucket = await at.bucket();
      const [one, two] = [await at.key(), await at.key()];
      await put(Bucket, kms(one.arn));
      const user = await at.user("copier", everything);
      await user.s3.copyObject({
        Bucket,
        Key: "copy",
        CopySource: `${Bucket}/k`,
        ...kms(two.arn),
      });
      const events = (await lookUp(at.root, { key: "Username", value: user.name })).map(recordOf);
      const used = events
        .filter((record) => record.eventSource === "kms.amazonaws.com")
        .map((record) => [record.eventName, record.resources?.[0]?.ARN]);
      assert.deepEqual(
        new Map(used as [string, string][]),
        new Map([
          ["GenerateDataKey", two.arn],
          ["Decrypt", one.arn],
        ]),
      );
      assert.equal(used.length, 2);
    });

    test("onto itself a copy changes the encryption", async () => {
      const Bucket = await at.bucket();
      const { arn } = await at.key();
      await put(Bucket, kms(arn));
      const onto = (more: object = {}) =>
        at.root.s3.copyObject({ Bucket, Key: "k", CopySource: `${Bucket}/k`, ...more });
      assert.deepEqual(shown(await onto()), ["AES256", undefined, undefined]);
      assert.deepEqual(shown(await onto(kms(arn))), ["aws:kms", arn, undefined]);
      assert.deepEqual(shown(await onto(kms())), ["aws:kms", (await managedKey())?.Arn, undefined]);
      assert.equal(String(await read(at.root.s3, { Bucket, Key: "k" })), body);
    });

    test("a copy needs Decrypt on the one key and GenerateDataKey on the other", async () => {
      const Bucket = await at.bucket();
      const [one, two] = [await at.key(), await at.key()];
      await put(Bucket, kms(one.arn));
      const halves = [allow("kms:Decrypt", one.arn), allow("kms:GenerateDataKey", two.arn)];
      const attempt = async (statements: readonly object[]) => {
        const user = await at.user("copier", [
          { Effect: "Allow", Action: "s3:*", Resource: "*" },
          ...statements.map((statement) => ({ ...statement })),
        ]);
        return user.s3.copyObject({
          Bucket,
          Key: "copy",
          CopySource: `${Bucket}/k`,
          ...kms(two.arn),
        });
      };
      const denied = { code: "AccessDenied", status: 403 };
      await refused(attempt(halves.slice(0, 1)), { ...denied, message: /kms:GenerateDataKey/ });
      await refused(attempt(halves.slice(1)), { ...denied, message: /kms:Decrypt/ });
      await attempt(halves);
    });

    test("an upload in parts is under one key, and its parts show it", async () => {
      const Bucket = await at.bucket();
      const { arn } = await at.key();
      const user = await at.user("parts", everything);
      const target = { Bucket, Key: "big" };
      const created = await user.s3.createMultipartUpload({ ...target, ...kms(arn) });
      assert.deepEqual(shown(created), ["aws:kms", arn, undefined]);
      const { UploadId } = created;
      const bytes = [pattern(5 * 1024 * 1024, 1), pattern(1000, 2)];
      const Parts = await inTurn(bytes, async (Body, index) => {
        const PartNumber = index + 1;
        const answer = await user.s3.uploadPart({ ...target, UploadId, PartNumber, Body });
        assert.deepEqual(shown(answer), ["aws:kms", arn, undefined]);
        assert.notEqual(answer.ETag, `"${md5(Body)}"`);
        return { PartNumber, ETag: answer.ETag };
      });
      const done = await user.s3.completeMultipartUpload({
        ...target,
        UploadId,
        MultipartUpload: { Parts },
      });
      assert.deepEqual(shown(done), ["aws:kms", arn, undefined]);
      const joined = Buffer.from(
        Parts.map(({ ETag }) => (ETag ?? "").replaceAll('"', "")).join(""),
        "hex",
      );
      assert.equal(done.ETag, `"${md5(joined)}-2"`);
      assert.ok((await read(user.s3, target)).equals(Buffer.concat(bytes)));
      const events = (await lookUp(at.root, { key: "Username", value: user.name })).map(recordOf);
      const count = (name: string) => events.filter((r) => r.eventName === name).length;
      assert.equal(count("GenerateDataKey"), 1);
      assert.ok(count("Decrypt") >= 3, "each part and the reading decrypt");
      assert.ok(
        events
          .filter((record) => record.eventName === "Decrypt")
          .every(
            (record) =>
              JSON.stringify(record.requestParameters?.["encryptionContext"]) ===
              JSON.stringify({ "aws:s3:arn": `arn:aws:s3:::${Bucket}/big` }),
          ),
      );
    });

    test("who uploads parts needs both rights on the key", async () => {
      const Bucket = await at.bucket();
      const { arn } = await at.key();
      const target = { Bucket, Key: "big" };
      const only = await at.user("only", [
        { Effect: "Allow", Action: "s3:*", Resource: "*" },
        { Effect: "Allow", Action: "kms:GenerateDataKey", Resource: arn },
      ]);
      const { UploadId } = await only.s3.createMultipartUpload({ ...target, ...kms(arn) });
      await refused(only.s3.uploadPart({ ...target, UploadId, PartNumber: 1, Body: "x" }), {
        code: "AccessDenied",
        status: 403,
        message: /kms:Decrypt/,
      });
    });
  });
}
