import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ACCOUNT, REGION } from "../../service/testing/test-deployment.ts";
import { codeOf, kmsDeployment } from "../testing/kms-deployment.ts";

describe("CreateKey", () => {
  test("answers the key as DescribeKey does", async () => {
    const { call, clock } = await kmsDeployment();
    const made = await call<{ KeyMetadata: Record<string, unknown> }>("CreateKey", {
      Description: "for invoices",
    });
    const { KeyId, CurrentKeyMaterialId } = made.KeyMetadata;
    assert.match(String(KeyId), /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.match(String(CurrentKeyMaterialId), /^[0-9a-f]{64}$/);
    assert.deepEqual(made.KeyMetadata, {
      AWSAccountId: ACCOUNT,
      KeyId,
      Arn: `arn:aws:kms:${REGION}:${ACCOUNT}:key/${String(KeyId)}`,
      CreationDate: clock.now(),
      Enabled: true,
      Description: "for invoices",
      KeyUsage: "ENCRYPT_DECRYPT",
      KeyState: "Enabled",
      Origin: "AWS_KMS",
      KeyManager: "CUSTOMER",
      CustomerMasterKeySpec: "SYMMETRIC_DEFAULT",
      KeySpec: "SYMMETRIC_DEFAULT",
      EncryptionAlgorithms: ["SYMMETRIC_DEFAULT"],
      MultiRegion: false,
      CurrentKeyMaterialId,
    });
    assert.deepEqual(await call("DescribeKey", { KeyId }), made);
  });

  const refused: readonly (readonly [input: object, code: string, message?: string])[] = [
    [{ KeySpec: "RSA_2048", KeyUsage: "SIGN_VERIFY" }, "UnsupportedOperationException"],
    [{ CustomerMasterKeySpec: "HMAC_256" }, "UnsupportedOperationException"],
    [{ Origin: "EXTERNAL" }, "UnsupportedOperationException"],
    [{ MultiRegion: true }, "UnsupportedOperationException"],
    [{ CustomKeyStoreId: "cks-1234567890abcdef0" }, "CustomKeyStoreNotFoundException"],
    [{ XksKeyId: "id", Origin: "EXTERNAL_KEY_STORE" }, "UnsupportedOperationException"],
    [
      { KeyUsage: "SIGN_VERIFY" },
      "ValidationException",
      "KeyUsage SIGN_VERIFY is not compatible with KeySpec SYMMETRIC_DEFAULT",
    ],
    [
      { KeySpec: "SYMMETRIC_DEFAULT", CustomerMasterKeySpec: "SYMMETRIC_DEFAULT" },
      "ValidationException",
    ],
    [{ Tags: [tag("a"), tag("a")] }, "TagException", "Duplicate tag keys"],
    [{ Tags: [tag("AwS:a")] }, "TagException", "Tags beginning with aws: are reserved"],
    [
      { Tags: Array.from({ length: 51 }, (_, at) => tag(`t${at}`)) },
      "TagException",
      "Too many tags",
    ],
  ];
  for (const [input, code, message] of refused) {
    test(`${code} for ${JSON.stringify(input).slice(0, 80)}`, async () => {
      const { call } = await kmsDeployment();
      const refusal = message === undefined ? { code } : { code, message };
      await assert.rejects(call("CreateKey", input), refusal);
      assert.deepEqual((await call("ListKeys", {}))["Keys"], []);
    });
  }

  test("an account has so many keys in a region, of which destroyed ones are none", async () => {
    const { call, newKey } = await kmsDeployment({ keysMax: 2 });
    await newKey();
    await newKey();
    assert.equal(await codeOf(call("CreateKey", {})), "LimitExceededException");
    const request = { region: "eu-west-1" };
    assert.equal(await codeOf(call("CreateKey", {}, { request })), "ok");
  });
});

describe("tags", () => {
  test("are added, replaced and taken away, page by page", async () => {
    const { call, newKey } = await kmsDeployment();
    const { id: KeyId } = await newKey({ Tags: [tag("b", "1"), tag("a")] });
    await call("TagResource", { KeyId, Tags: [tag("b", "2"), tag("c")] });
    await call("UntagResource", { KeyId, TagKeys: ["a", "never there"] });
    const all = await call("ListResourceTags", { KeyId });
    assert.deepEqual(all, { Tags: [tag("b", "2"), tag("c")], Truncated: false });
    const first = await call("ListResourceTags", { KeyId, Limit: 1 });
    assert.partialDeepStrictEqual(first, { Tags: [tag("b", "2")], Truncated: true });
    const second = await call("ListResourceTags", { KeyId, Marker: first["NextMarker"] });
    assert.deepEqual(second, { Tags: [tag("c")], Truncated: false });
  });

  test("there are at most 50, and none of AWS's names", async () => {
    const { call, newKey } = await kmsDeployment();
    const { id: KeyId } = await newKey();
    await call("TagResource", { KeyId, Tags: Array.from({ length: 50 }, (_, n) => tag(`t${n}`)) });
    const refused = async (Tags: object[], message: string) =>
      assert.rejects(call("TagResource", { KeyId, Tags }), { code: "TagException", message });
    await refused([tag("more")], "Too many tags");
    await refused([tag("aws:x")], "Tags beginning with aws: are reserved");
    await refused([tag("t1"), tag("t1")], "Duplicate tag keys");
    assert.equal(await codeOf(call("TagResource", { KeyId, Tags: [tag("t1", "new")] })), "ok");
  });
});

function tag(TagKey: string, TagValue = "value") {
  return { TagKey, TagValue };
}
