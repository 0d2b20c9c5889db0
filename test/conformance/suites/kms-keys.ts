import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { CreateKeyCommandInput } from "@aws-sdk/client-kms";
import type { Deployment } from "../../support/deployment.ts";
import { inTurn, numbers } from "../../support/in-turn.ts";
import { fresh } from "../../support/names.ts";
import { refused } from "../../support/refusal.ts";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function kmsKeys(at: Deployment): void {
  describe("KMS keys", () => {
    test("a new key has AWS's defaults and nothing more", async () => {
      const { KeyMetadata } = await at.root.kms.createKey({});
      const { KeyId, CreationDate, CurrentKeyMaterialId, ...rest } = KeyMetadata ?? {};
      assert.match(KeyId ?? "", uuid);
      assert.match(CurrentKeyMaterialId ?? "", /^[0-9a-f]{64}$/);
      assert.ok(Math.abs(Date.now() - Number(CreationDate)) < 60_000);
      assert.deepEqual(rest, {
        AWSAccountId: at.account,
        Arn: `arn:aws:kms:${at.region}:${at.account}:key/${KeyId}`,
        Enabled: true,
        Description: "",
        KeyUsage: "ENCRYPT_DECRYPT",
        KeyState: "Enabled",
        Origin: "AWS_KMS",
        KeyManager: "CUSTOMER",
        CustomerMasterKeySpec: "SYMMETRIC_DEFAULT",
        KeySpec: "SYMMETRIC_DEFAULT",
        EncryptionAlgorithms: ["SYMMETRIC_DEFAULT"],
        MultiRegion: false,
      });
    });

    test("DescribeKey answers what CreateKey answered, by id and by ARN", async () => {
      const { KeyMetadata } = await at.root.kms.createKey({
        Description: "payroll",
        KeyUsage: "ENCRYPT_DECRYPT",
        KeySpec: "SYMMETRIC_DEFAULT",
        Origin: "AWS_KMS",
        MultiRegion: false,
        Tags: [{ TagKey: "team", TagValue: "pay" }],
      });
      assert.equal(KeyMetadata?.Description, "payroll");
      const answers = await Promise.all(
        [KeyMetadata?.KeyId, KeyMetadata?.Arn].map((KeyId) => at.root.kms.describeKey({ KeyId })),
      );
      for (const answer of answers) assert.deepEqual(answer.KeyMetadata, KeyMetadata);
    });

    test("UpdateKeyDescription changes the description and nothing else", async () => {
      const { KeyMetadata } = await at.root.kms.createKey({ Description: "before" });
      const KeyId = KeyMetadata?.KeyId;
      await at.root.kms.updateKeyDescription({ KeyId, Description: "after" });
      const described = await at.root.kms.describeKey({ KeyId });
      assert.deepEqual(described.KeyMetadata, { ...KeyMetadata, Description: "after" });
      await at.root.kms.updateKeyDescription({ KeyId, Description: "" });
      assert.equal((await at.root.kms.describeKey({ KeyId })).KeyMetadata?.Description, "");
    });

    test("a key that is not offered is refused, never made as another kind", async () => {
      const wanted: CreateKeyCommandInput[] = [
        { KeySpec: "RSA_2048", KeyUsage: "SIGN_VERIFY" },
        { KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" },
        { MultiRegion: true },
        { Origin: "EXTERNAL" },
      ];
      await inTurn(wanted, async (input) => {
        const made = await at.root.kms.createKey(input).catch((error: unknown) => {
          assert.match(String(error), /UnsupportedOperationException|ValidationException/);
        });
        if (made) assert.partialDeepStrictEqual(made.KeyMetadata, { ...input });
      });
    });

    test("enabling and disabling are idempotent and show in the metadata", async () => {
      const { id } = await at.key();
      const state = async () => {
        const { KeyMetadata } = await at.root.kms.describeKey({ KeyId: id });
        return [KeyMetadata?.KeyState, KeyMetadata?.Enabled];
      };
      await at.root.kms.disableKey({ KeyId: id });
      await at.root.kms.disableKey({ KeyId: id });
      assert.deepEqual(await state(), ["Disabled", false]);
      await at.root.kms.enableKey({ KeyId: id });
      await at.root.kms.enableKey({ KeyId: id });
      assert.deepEqual(await state(), ["Enabled", true]);
    });

    test("ListKeys pages over every key once", async () => {
      const made = await inTurn(numbers(5), () => at.key());
      const found: string[] = [];
      const page = async (Marker?: string): Promise<void> => {
        const answer = await at.root.kms.listKeys({ Limit: 2, Marker });
        for (const { KeyId, KeyArn } of answer.Keys ?? []) {
          assert.equal(KeyArn, `arn:aws:kms:${at.region}:${at.account}:key/${KeyId}`);
          found.push(KeyId ?? "");
        }
        assert.equal(answer.NextMarker !== undefined, answer.Truncated);
        if (answer.Truncated) await page(answer.NextMarker);
      };
      await page();
      assert.equal(new Set(found).size, found.length);
      assert.deepEqual(
        made.map(({ id }) => id).filter((id) => !found.includes(id)),
        [],
      );
    });

    test("keys belong to their Region", async () => {
      const abroad = at.as(at.endpoint.root, "eu-west-1");
      const { KeyMetadata } = await abroad.kms.createKey({});
      const KeyId = KeyMetadata?.KeyId ?? "";
      assert.equal(KeyMetadata?.Arn, `arn:aws:kms:eu-west-1:${at.account}:key/${KeyId}`);
      await refused(at.root.kms.describeKey({ KeyId }), {
        code: "NotFoundException",
        status: 400,
        message: `Key 'arn:aws:kms:${at.region}:${at.account}:key/${KeyId}' does not exist`,
      });
      await refused(at.root.kms.describeKey({ KeyId: KeyMetadata?.Arn }), {
        code: "NotFoundException",
        status: 400,
        message: "Invalid arn eu-west-1",
      });
      const { Keys } = await at.root.kms.listKeys({ Limit: 1000 });
      assert.ok(!Keys?.some((key) => key.KeyId === KeyId));
    });

    test("tags are kept, replaced by key, and removed", async () => {
      const { id: KeyId } = await at.key();
      await at.root.kms.tagResource({
        KeyId,
        Tags: [
          { TagKey: "team", TagValue: "pay" },
          { TagKey: "stage", TagValue: "" },
        ],
      });
      await at.root.kms.tagResource({ KeyId, Tags: [{ TagKey: "team", TagValue: "audit" }] });
      await at.root.kms.untagResource({ KeyId, TagKeys: ["stage", "never-there"] });
      const listed = await at.root.kms.listResourceTags({ KeyId });
      assert.deepEqual(listed.Tags, [{ TagKey: "team", TagValue: "audit" }]);
      assert.equal(listed.Truncated, false);
    });

    test("ListResourceTags pages", async () => {
      const { id: KeyId } = await at.key();
      const Tags = numbers(5).map((n) => ({ TagKey: `tag${n}`, TagValue: `${n}` }));
      await at.root.kms.tagResource({ KeyId, Tags });
      const first = await at.root.kms.listResourceTags({ KeyId, Limit: 3 });
      assert.equal(first.Truncated, true);
      const rest = await at.root.kms.listResourceTags({
        KeyId,
        Limit: 3,
        Marker: first.NextMarker,
      });
      assert.equal(rest.Truncated, false);
      assert.equal(rest.NextMarker, undefined);
      const keys = [...(first.Tags ?? []), ...(rest.Tags ?? [])].map((tag) => tag.TagKey ?? "");
      assert.deepEqual(
        keys.toSorted(),
        Tags.map((tag) => tag.TagKey),
      );
    });

    const badTags = [
      {
        name: "the same key twice",
        tags: [
          { TagKey: "a", TagValue: "1" },
          { TagKey: "a", TagValue: "2" },
        ],
        message: "Duplicate tag keys",
      },
      {
        name: "more than fifty",
        tags: numbers(51).map((n) => ({ TagKey: `k${n}`, TagValue: "v" })),
        message: "Too many tags",
      },
      {
        name: "a reserved key",
        tags: [{ TagKey: "AWS:mine", TagValue: "v" }],
        message: "Tags beginning with aws: are reserved",
      },
    ];
    for (const { name, tags, message } of badTags) {
      test(`${name} is refused as a tag, on a new key and on a standing one`, async () => {
        const { id: KeyId } = await at.key();
        const expected = { code: "TagException", status: 400, message };
        await refused(at.root.kms.createKey({ Tags: tags }), expected);
        await refused(at.root.kms.tagResource({ KeyId, Tags: tags }), expected);
        assert.deepEqual((await at.root.kms.listResourceTags({ KeyId })).Tags, []);
      });
    }

    test("fifty tags are the limit over all requests", async () => {
      const { id: KeyId } = await at.key();
      const Tags = numbers(50).map((n) => ({ TagKey: `k${n}`, TagValue: "v" }));
      await at.root.kms.tagResource({ KeyId, Tags });
      await refused(
        at.root.kms.tagResource({ KeyId, Tags: [{ TagKey: "one-more", TagValue: "v" }] }),
        { code: ["TagException", "LimitExceededException"], status: 400 },
      );
    });

    test("DescribeKey by alias answers the key", async () => {
      const { id, arn } = await at.key();
      const AliasName = `alias/${fresh("describe")}`;
      await at.root.kms.createAlias({ AliasName, TargetKeyId: id });
      const byName = await at.root.kms.describeKey({ KeyId: AliasName });
      assert.equal(byName.KeyMetadata?.Arn, arn);
      const KeyId = `arn:aws:kms:${at.region}:${at.account}:${AliasName}`;
      assert.equal((await at.root.kms.describeKey({ KeyId })).KeyMetadata?.Arn, arn);
    });
  });
}
