/** KMS's audit records: CloudTrail User Guide and AWS KMS Developer Guide, "Logging". */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ACCOUNT, userCaller } from "../service/testing/test-deployment.ts";
import { codeOf, kmsDeployment, type KmsDeployment } from "./testing/kms-deployment.ts";
import { eventDate } from "./event-details.ts";

const EncryptionContext = { Department: "Finance", "aws:s3:arn": "arn:aws:s3:::b" };
const Plaintext = Buffer.from("plaintext-that-nobody-logs");

async function lastRecord({ records }: KmsDeployment): Promise<Record<string, unknown>> {
  return (await records()).at(-1) ?? {};
}

describe("audit records", () => {
  test("of cryptography say what was asked, and nothing that was encrypted", async () => {
    const deployment = await kmsDeployment();
    const { call, newKey, records } = deployment;
    const { id: KeyId, arn } = await newKey();
    const { CiphertextBlob } = await call<{ CiphertextBlob: Buffer }>("Encrypt", {
      KeyId,
      Plaintext,
      EncryptionContext,
    });
    await assert.rejects(
      call("Encrypt", { KeyId, Plaintext, GrantTokens: ["token-that-nobody-logs"] }),
    );
    const resources = [{ accountId: ACCOUNT, type: "AWS::KMS::Key", ARN: arn }];
    const encryptionAlgorithm = "SYMMETRIC_DEFAULT";
    assert.partialDeepStrictEqual((await records()).at(-2), {
      eventName: "Encrypt",
      eventSource: "kms.amazonaws.com",
      requestParameters: {
        keyId: KeyId,
        encryptionAlgorithm,
        encryptionContext: EncryptionContext,
      },
      responseElements: null,
      readOnly: true,
      resources,
    });
    const opened = await call("Decrypt", { CiphertextBlob, EncryptionContext });
    const decrypted = await lastRecord(deployment);
    assert.deepEqual(decrypted["requestParameters"], {
      encryptionAlgorithm,
      encryptionContext: EncryptionContext,
    });
    assert.deepEqual(decrypted["additionalEventData"], { keyMaterialId: opened["KeyMaterialId"] });
    await call("GenerateDataKey", { KeyId, NumberOfBytes: 24 });
    const generated = await lastRecord(deployment);
    assert.deepEqual(generated["requestParameters"], { keyId: KeyId, numberOfBytes: 24 });
    assert.deepEqual(generated["responseElements"], null);
    const to = await newKey();
    await call("ReEncrypt", {
      CiphertextBlob,
      SourceEncryptionContext: EncryptionContext,
      DestinationKeyId: to.id,
    });
    assert.partialDeepStrictEqual(await lastRecord(deployment), {
      requestParameters: {
        sourceEncryptionAlgorithm: encryptionAlgorithm,
        sourceEncryptionContext: EncryptionContext,
        destinationKeyId: to.id,
        destinationEncryptionAlgorithm: encryptionAlgorithm,
      },
      resources: [...resources, { accountId: ACCOUNT, type: "AWS::KMS::Key", ARN: to.arn }],
    });
    const all = JSON.stringify(await records());
    for (const secret of [
      Plaintext.toString(),
      Plaintext.toString("base64"),
      CiphertextBlob.toString("base64"),
      "token-that-nobody-logs",
    ]) {
      assert.ok(!all.includes(secret));
    }
  });

  test("of CreateKey show the key that came to be, and none that did not", async () => {
    const deployment = await kmsDeployment();
    const { call } = deployment;
    const made = await call<{ KeyMetadata: { Arn: string } }>("CreateKey", {
      Description: "for invoices",
      Tags: [{ TagKey: "Team", TagValue: "blue" }],
    });
    const { Arn } = made.KeyMetadata;
    assert.partialDeepStrictEqual(await lastRecord(deployment), {
      requestParameters: {
        description: "for invoices",
        origin: "AWS_KMS",
        bypassPolicyLockoutSafetyCheck: false,
        keySpec: "SYMMETRIC_DEFAULT",
        tags: [{ tagKey: "Team", tagValue: "blue" }],
      },
      responseElements: {
        keyMetadata: {
          AWSAccountId: ACCOUNT,
          arn: Arn,
          creationDate: "Jan 1, 2026, 12:00:00 AM",
          keyState: "Enabled",
        },
      },
      readOnly: false,
      resources: [{ ARN: Arn }],
    });
    await codeOf(call("CreateKey", {}, { caller: userCaller("nobody") }));
    const refused = await lastRecord(deployment);
    assert.equal(refused["errorCode"], "AccessDenied");
    assert.ok(!("resources" in refused));
  });

  test("of administration show what was asked", async () => {
    const deployment = await kmsDeployment();
    const { call, newKey } = deployment;
    const { id: KeyId, arn } = await newKey();
    await call("CreateAlias", { AliasName: "alias/app", TargetKeyId: KeyId });
    assert.partialDeepStrictEqual(await lastRecord(deployment), {
      requestParameters: { aliasName: "alias/app", targetKeyId: KeyId },
      responseElements: null,
      resources: [{ ARN: `${arn.split("key/")[0]}alias/app` }, { ARN: arn }],
    });
    await call("ScheduleKeyDeletion", { KeyId, PendingWindowInDays: 7 });
    assert.partialDeepStrictEqual(await lastRecord(deployment), {
      requestParameters: { keyId: KeyId, pendingWindowInDays: 7 },
      responseElements: {
        keyId: arn,
        keyState: "PendingDeletion",
        deletionDate: "Jan 8, 2026, 12:00:00 AM",
      },
    });
    const Policy = (await call("GetKeyPolicy", { KeyId }))["Policy"];
    assert.equal((await lastRecord(deployment))["responseElements"], null);
    await call("PutKeyPolicy", { KeyId, Policy });
    assert.partialDeepStrictEqual(await lastRecord(deployment), {
      requestParameters: {
        keyId: KeyId,
        policyName: "default",
        policy: Policy,
        bypassPolicyLockoutSafetyCheck: false,
      },
      responseElements: null,
    });
    await call("ListKeys", { Limit: 3 });
    const listed = await lastRecord(deployment);
    assert.deepEqual(listed["requestParameters"], { limit: 3 });
    assert.deepEqual(listed["resources"], []);
  });
});

test("dates are written as CloudTrail writes them", () => {
  assert.equal(eventDate(new Date("2022-08-10T22:38:27.123Z")), "Aug 10, 2022, 10:38:27 PM");
});
