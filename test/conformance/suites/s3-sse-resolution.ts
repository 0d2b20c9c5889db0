import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { PutObjectCommandInput } from "@aws-sdk/client-s3";
import { policy, rootStatement, type Deployment } from "../../support/deployment.ts";
import { inTurn } from "../../support/in-turn.ts";
import { fresh } from "../../support/names.ts";
import { read } from "../../support/objects.ts";
import { refused } from "../../support/refusal.ts";
import { body, encryption, kms, shown } from "./encryption.ts";

export function s3SseResolution(at: Deployment): void {
  const { managedKey, put, setDefault } = encryption(at);

  describe("S3 encryption: which mode and which key", () => {
    interface Resolution {
      readonly name: string;
      readonly rule: "none" | "key" | "key and bucket key" | "managed";
      readonly input: (other: string) => Partial<PutObjectCommandInput>;
      readonly mode: string;
      readonly key?: "bucket's" | "other" | "managed";
      readonly bucketKey?: true;
    }
    const resolutions: Resolution[] = [
      { name: "nothing said", rule: "none", input: () => ({}), mode: "AES256" },
      { name: "nothing said", rule: "key", input: () => ({}), mode: "aws:kms", key: "bucket's" },
      {
        name: "nothing said",
        rule: "key and bucket key",
        input: () => ({}),
        mode: "aws:kms",
        key: "bucket's",
        bucketKey: true,
      },
      {
        name: "nothing said",
        rule: "managed",
        input: () => ({}),
        mode: "aws:kms",
        key: "managed",
      },
      {
        name: "AES256",
        rule: "key",
        input: () => ({ ServerSideEncryption: "AES256" }),
        mode: "AES256",
      },
      {
        name: "aws:kms and a key",
        rule: "key",
        input: (other) => kms(other),
        mode: "aws:kms",
        key: "other",
      },
      {
        name: "aws:kms and a key",
        rule: "key and bucket key",
        input: (other) => kms(other),
        mode: "aws:kms",
        key: "other",
        bucketKey: true,
      },
      {
        name: "aws:kms, a key and no bucket key",
        rule: "key and bucket key",
        input: (other) => ({ ...kms(other), BucketKeyEnabled: false }),
        mode: "aws:kms",
        key: "other",
      },
      {
        name: "a bucket key alone",
        rule: "key",
        input: () => ({ BucketKeyEnabled: true }),
        mode: "aws:kms",
        key: "bucket's",
        bucketKey: true,
      },
      {
        name: "aws:kms without a key",
        rule: "key",
        input: () => kms(),
        mode: "aws:kms",
        key: "managed",
      },
      {
        name: "aws:kms without a key",
        rule: "none",
        input: () => kms(),
        mode: "aws:kms",
        key: "managed",
      },
    ];
    for (const { name, rule, input, mode, key, bucketKey } of resolutions) {
      test(`${name}, with the bucket's rule ${rule}: ${mode} ${key ?? ""}`, async () => {
        const Bucket = await at.bucket();
        const [own, other] = [await at.key(), await at.key()];
        if (rule !== "none") {
          await setDefault(
            Bucket,
            rule === "managed" ? undefined : own.arn,
            rule === "key and bucket key",
          );
        }
        const answer = await put(Bucket, input(other.arn));
        const arns = {
          "bucket's": own.arn,
          other: other.arn,
          managed: (await managedKey())?.Arn,
        };
        assert.deepEqual(shown(answer), [mode, key && arns[key], bucketKey]);
      });
    }

    test("a key may be named by its id, ARN, alias or alias's ARN, in the request or the rule", async () => {
      const Bucket = await at.bucket();
      const { id, arn } = await at.key();
      const AliasName = `alias/${fresh("sse")}`;
      await at.root.kms.createAlias({ AliasName, TargetKeyId: id });
      const forms = [id, arn, AliasName, `arn:aws:kms:${at.region}:${at.account}:${AliasName}`];
      await inTurn(forms, async (form) => {
        assert.deepEqual(shown(await put(Bucket, kms(form))), ["aws:kms", arn, undefined], form);
      });
      await inTurn(forms, async (form) => {
        await setDefault(Bucket, form);
        assert.deepEqual(shown(await put(Bucket)), ["aws:kms", arn, undefined], form);
      });
    });

    test("the managed key is AWS's, made at first use, for this account through S3 only", async () => {
      const Bucket = await at.bucket();
      const { SSEKMSKeyId } = await put(Bucket, kms());
      const metadata = await managedKey();
      assert.equal(metadata?.Arn, SSEKMSKeyId);
      assert.equal(metadata?.KeyManager, "AWS");
      assert.equal(
        metadata.Description,
        "Default key that protects my S3 objects when no other key is defined",
      );
      const KeyId = metadata.KeyId ?? "";
      const { Policy } = await at.root.kms.getKeyPolicy({ KeyId });
      const { Statement } = JSON.parse(Policy ?? "");
      assert.equal(Statement.length, 2);
      assert.deepEqual(Statement[0].Condition, {
        StringEquals: {
          "kms:CallerAccount": at.account,
          "kms:ViaService": `s3.${at.region}.amazonaws.com`,
        },
      });
      const { KeyRotationEnabled } = await at.root.kms.getKeyRotationStatus({ KeyId });
      assert.equal(KeyRotationEnabled, true);
      const denied = { code: "AccessDeniedException", status: 400 };
      const calls = [
        () => at.root.kms.encrypt({ KeyId, Plaintext: Buffer.from("x") }),
        () => at.root.kms.disableKey({ KeyId }),
        () => at.root.kms.scheduleKeyDeletion({ KeyId }),
        () => at.root.kms.rotateKeyOnDemand({ KeyId }),
        () => at.root.kms.updateKeyDescription({ KeyId, Description: "mine" }),
        () => at.root.kms.tagResource({ KeyId, Tags: [{ TagKey: "a", TagValue: "b" }] }),
        () => at.root.kms.putKeyPolicy({ KeyId, Policy: policy(rootStatement(at.account)) }),
      ];
      await inTurn(calls, (call) => refused(call(), denied));
    });

    test("the managed key needs no permission on KMS", async () => {
      const Bucket = await at.bucket();
      const user = await at.user("s3-only", {
        Effect: "Allow",
        Action: "s3:*",
        Resource: "*",
      });
      await put(Bucket, kms(), user);
      assert.equal(String(await read(user.s3, { Bucket, Key: "k" })), body);
    });
  });
}
