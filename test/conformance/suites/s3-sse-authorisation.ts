import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { everything, policy, rootStatement, type Deployment } from "../../support/deployment.ts";
import { lookUp, recordOf, records } from "../../support/events.ts";
import { inTurn } from "../../support/in-turn.ts";
import { read } from "../../support/objects.ts";
import { refused } from "../../support/refusal.ts";
import { allow, body, encryption, kms } from "./encryption.ts";

export function s3SseAuthorisation(at: Deployment): void {
  const { put } = encryption(at);

  describe("S3 encryption: who may", () => {
    const s3Only = { Effect: "Allow", Action: "s3:*", Resource: "*" };

    for (const BucketKeyEnabled of [true, false]) {
      test(`writing needs GenerateDataKey, reading Decrypt, bucket key ${BucketKeyEnabled}`, async () => {
        const Bucket = await at.bucket();
        const { arn } = await at.key();
        const sse = { ...kms(arn), BucketKeyEnabled };
        const user = await at.user("reader", s3Only);
        const denied = (action: string) => ({
          code: "AccessDenied",
          status: 403,
          // Which of the two wordings of the resource a call of S3 gets is not documented.
          message: new RegExp(
            `^User: ${user.arn} is not authorized to perform: ${action} on (?:resource: ${arn}|the resource associated with this ciphertext) because no identity-based policy allows the ${action} action$`,
          ),
        });
        await refused(put(Bucket, sse, user), denied("kms:GenerateDataKey"));
        await put(Bucket, sse);
        await refused(user.s3.getObject({ Bucket, Key: "k" }), denied("kms:Decrypt"));
        await refused(
          user.s3.getObject({ Bucket, Key: "k", Range: "bytes=0-1" }),
          denied("kms:Decrypt"),
        );
        await user.s3.headObject({ Bucket, Key: "k" });
        const reader = await at.user("reader", [s3Only, allow("kms:Decrypt", arn)]);
        assert.equal(String(await read(reader.s3, { Bucket, Key: "k" })), body);
        const writer = await at.user("writer", [s3Only, allow("kms:GenerateDataKey", arn)]);
        await put(Bucket, sse, writer);
      });

      test(`revoking a right acts at once, bucket key ${BucketKeyEnabled}`, async () => {
        const Bucket = await at.bucket();
        const { arn } = await at.key();
        const sse = { ...kms(arn), BucketKeyEnabled };
        const user = await at.user("revoked", [s3Only, allow("kms:*", arn)]);
        await put(Bucket, sse, user);
        await read(user.s3, { Bucket, Key: "k" });
        await at.allowUser(at.root, user.name, [s3Only]);
        await refused(user.s3.getObject({ Bucket, Key: "k" }), {
          code: "AccessDenied",
          status: 403,
        });
        await refused(put(Bucket, sse, user), { code: "AccessDenied", status: 403 });
        await at.allowUser(at.root, user.name, [s3Only, allow("kms:*", arn)]);
        await read(user.s3, { Bucket, Key: "k" });
        await at.root.kms.putKeyPolicy({
          KeyId: arn,
          Policy: policy([
            rootStatement(at.account),
            {
              Effect: "Deny",
              Principal: { AWS: user.arn },
              Action: "kms:Decrypt",
              Resource: "*",
            },
          ]),
        });
        await refused(user.s3.getObject({ Bucket, Key: "k" }), {
          code: "AccessDenied",
          status: 403,
        });
      });
    }

    test("kms:ViaService lets a key be used through S3 only", async () => {
      const Bucket = await at.bucket();
      const { arn } = await at.key();
      const user = await at.user("via", [
        s3Only,
        {
          ...allow("kms:*", arn),
          Condition: { StringEquals: { "kms:ViaService": `s3.${at.region}.amazonaws.com` } },
        },
      ]);
      await put(Bucket, kms(arn), user);
      assert.equal(String(await read(user.s3, { Bucket, Key: "k" })), body);
      await refused(user.kms.generateDataKey({ KeyId: arn, KeySpec: "AES_256" }), {
        code: "AccessDeniedException",
      });
    });

    test("the object's ARN is the context without a bucket key, the bucket's with one", async () => {
      const Bucket = await at.bucket();
      const { arn } = await at.key();
      const only = (value: string) => [
        s3Only,
        {
          ...allow("kms:*", arn),
          Condition: { StringEquals: { "kms:EncryptionContext:aws:s3:arn": value } },
        },
      ];
      const AccessDenied = { code: "AccessDenied", status: 403 };
      const object = await at.user("object", only(`arn:aws:s3:::${Bucket}/k`));
      await put(Bucket, kms(arn), object);
      await refused(put(Bucket, { Key: "other", ...kms(arn) }, object), AccessDenied);
      await refused(put(Bucket, { ...kms(arn), BucketKeyEnabled: true }, object), AccessDenied);
      const whole = await at.user("bucket", only(`arn:aws:s3:::${Bucket}`));
      await put(Bucket, { Key: "other", ...kms(arn), BucketKeyEnabled: true }, whole);
      await refused(put(Bucket, kms(arn), whole), AccessDenied);
    });

    test("a context of one's own is kept, recorded, and not shown", async () => {
      const Bucket = await at.bucket();
      const { arn } = await at.key();
      const user = await at.user("context", everything);
      const SSEKMSEncryptionContext = Buffer.from('{"project":"apollo"}').toString("base64");
      const written = await put(Bucket, { ...kms(arn), SSEKMSEncryptionContext }, user);
      const echoed: Record<string, string> = JSON.parse(
        Buffer.from(written.SSEKMSEncryptionContext ?? "e30=", "base64").toString(),
      );
      assert.equal(echoed["project"], "apollo");
      const got = await user.s3.getObject({ Bucket, Key: "k" });
      assert.equal(await got.Body?.transformToString(), body);
      assert.ok(!("SSEKMSEncryptionContext" in got));
      const encryptionContext = {
        project: "apollo",
        "aws:s3:arn": `arn:aws:s3:::${Bucket}/k`,
      };
      const mine = (record: { userIdentity: { arn?: string } }) =>
        record.userIdentity.arn === user.arn;
      await inTurn(["GenerateDataKey", "Decrypt"], async (name) => {
        const [record] = await records(at.root, name, mine);
        assert.deepEqual(record?.requestParameters?.["encryptionContext"], encryptionContext);
      });
    });

    test("HEAD asks nothing of KMS, but with checksums it does", async () => {
      const Bucket = await at.bucket();
      const { arn } = await at.key();
      const user = await at.user("head", everything);
      await put(Bucket, kms(arn), user);
      await user.s3.headObject({ Bucket, Key: "k" });
      const events = async () =>
        (await lookUp(at.root, { key: "Username", value: user.name }))
          .map(recordOf)
          .filter((record) => record.eventName === "Decrypt").length;
      assert.equal(await events(), 0);
      const head = await user.s3.headObject({ Bucket, Key: "k", ChecksumMode: "ENABLED" });
      assert.ok(head.ChecksumCRC32);
      assert.equal(await events(), 1);
      const nobody = await at.user("head-only", s3Only);
      await nobody.s3.headObject({ Bucket, Key: "k" });
      await refused(nobody.s3.headObject({ Bucket, Key: "k", ChecksumMode: "ENABLED" }), {
        code: ["Forbidden", "403", "Unknown"],
        status: 403,
      });
    });
  });
}
