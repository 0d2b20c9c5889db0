import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ACCOUNT, PARTNER, REGION, rootCaller } from "../../service/testing/test-deployment.ts";
import { kmsDeployment } from "../testing/kms-deployment.ts";

const UNKNOWN = "11111111-2222-3333-4444-555555555555";
const arnOf = (resource: string, region = REGION) => `arn:aws:kms:${region}:${ACCOUNT}:${resource}`;

const malformed = [
  "fake-key-id",
  UNKNOWN.replaceAll("-", ""),
  UNKNOWN.toUpperCase().replace("1", "A"),
  "mrk-fake",
  "alias/",
  "alias/with space",
  arnOf("key/fake"),
  arnOf("something/else"),
  `arn:aws:s3:::bucket`,
];

describe("how requests name a key", () => {
  test("id, ARN, alias and alias ARN are the same key", async () => {
    const { call, newKey } = await kmsDeployment();
    const { id, arn } = await newKey();
    await call("CreateAlias", { AliasName: "alias/a/b_c-d", TargetKeyId: arn });
    for (const KeyId of [id, arn, "alias/a/b_c-d", arnOf("alias/a/b_c-d")]) {
      const { KeyMetadata } = await call<{ KeyMetadata: object }>("DescribeKey", { KeyId });
      assert.partialDeepStrictEqual(KeyMetadata, { KeyId: id, Arn: arn });
    }
  });

  for (const KeyId of malformed) {
    test(`${KeyId} is no name of a key`, async () => {
      const { call } = await kmsDeployment();
      const refusal = { code: "NotFoundException", message: `Invalid keyId '${KeyId}'` };
      await assert.rejects(call("DescribeKey", { KeyId }), refusal);
      await assert.rejects(call("EnableKey", { KeyId }), refusal);
    });
  }

  test("what is not there is told by its ARN", async () => {
    const { call } = await kmsDeployment();
    const refusals: readonly (readonly [string, string])[] = [
      [UNKNOWN, `Key '${arnOf(`key/${UNKNOWN}`)}' does not exist`],
      [arnOf(`key/${UNKNOWN}`), `Key '${arnOf(`key/${UNKNOWN}`)}' does not exist`],
      [arnOf(`key/${UNKNOWN}`, "eu-west-1"), "Invalid arn eu-west-1"],
      ["alias/none", `Alias ${arnOf("alias/none")} is not found.`],
      [arnOf("alias/none"), `Alias ${arnOf("alias/none")} is not found.`],
    ];
    for (const [KeyId, message] of refusals) {
      await assert.rejects(call("DescribeKey", { KeyId }), { code: "NotFoundException", message });
    }
  });

  test("the management of keys takes no aliases", async () => {
    const { call, newKey, operations } = await kmsDeployment();
    const { id } = await newKey();
    await call("CreateAlias", { AliasName: "alias/mine", TargetKeyId: id });
    const management =
      "CancelKeyDeletion DisableKey DisableKeyRotation EnableKey GetKeyPolicy EnableKeyRotation " +
      "GetKeyRotationStatus ListKeyPolicies ListKeyRotations ListResourceTags PutKeyPolicy " +
      "RotateKeyOnDemand ScheduleKeyDeletion TagResource UntagResource UpdateKeyDescription";
    for (const name of management.split(" ")) {
      assert.ok(operations.has(name), name);
      for (const KeyId of ["alias/mine", arnOf("alias/mine")]) {
        await assert.rejects(call(name, { KeyId, Tags: [], TagKeys: [], Policy: "{}" }), {
          code: "InvalidArnException",
          message: "Key Aliases are not supported for this operation.",
        });
      }
    }
  });

  test("a bare name is looked up in the caller's account, an ARN where it says", async () => {
    const { call, newKey, allow } = await kmsDeployment();
    const partner = rootCaller(PARTNER);
    const statement = (account: string) => ({
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${account}:root` },
      Action: "kms:*",
      Resource: "*",
    });
    const Policy = JSON.stringify({
      Version: "2012-10-17",
      Statement: [statement(ACCOUNT), statement(PARTNER)],
    });
    const { arn, id } = await newKey({ Policy });
    await call("CreateAlias", { AliasName: "alias/shared", TargetKeyId: id });
    allow(partner, { Effect: "Allow", Action: "kms:*", Resource: "*" });
    for (const KeyId of [arn, arnOf("alias/shared")]) {
      const { KeyMetadata } = await call<{ KeyMetadata: object }>(
        "DescribeKey",
        { KeyId },
        { caller: partner },
      );
      assert.partialDeepStrictEqual(KeyMetadata, { Arn: arn });
    }
    for (const KeyId of [id, "alias/shared"]) {
      await assert.rejects(call("DescribeKey", { KeyId }, { caller: partner }), {
        code: "NotFoundException",
      });
    }
    // AWS: whatever the policies say, another account's key is used, not administered.
    await assert.rejects(call("GetKeyPolicy", { KeyId: arn }, { caller: partner }), {
      code: "AccessDeniedException",
    });
  });
});
