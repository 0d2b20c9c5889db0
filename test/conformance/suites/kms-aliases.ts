import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Deployment } from "../../support/deployment.ts";
import { inTurn, numbers } from "../../support/in-turn.ts";
import { fresh } from "../../support/names.ts";
import { refused } from "../../support/refusal.ts";

export function kmsAliases(at: Deployment): void {
  const arnOf = (alias: string) => `arn:aws:kms:${at.region}:${at.account}:${alias}`;
  const made = async (TargetKeyId: string) => {
    const AliasName = `alias/${fresh("conformance")}`;
    await at.root.kms.createAlias({ AliasName, TargetKeyId });
    return AliasName;
  };

  describe("KMS aliases", () => {
    test("an alias is listed with its ARN, its key and its dates", async () => {
      const { id, arn } = await at.key();
      const AliasName = await made(arn);
      const { Aliases, Truncated } = await at.root.kms.listAliases({ KeyId: id });
      assert.equal(Truncated, false);
      const [{ CreationDate, LastUpdatedDate, ...entry } = {}] = Aliases ?? [];
      assert.deepEqual(entry, { AliasName, AliasArn: arnOf(AliasName), TargetKeyId: id });
      assert.ok(CreationDate && LastUpdatedDate);
    });

    test("ListAliases pages over all aliases of the Region", async () => {
      const { id } = await at.key();
      const names = await inTurn(numbers(5), () => made(id));
      const found: string[] = [];
      const page = async (Marker?: string): Promise<void> => {
        const answer = await at.root.kms.listAliases({ Limit: 2, Marker });
        found.push(...(answer.Aliases ?? []).map((alias) => alias.AliasName ?? ""));
        if (answer.Truncated) await page(answer.NextMarker);
      };
      await page();
      assert.equal(new Set(found).size, found.length);
      assert.deepEqual(
        names.filter((name) => !found.includes(name)),
        [],
      );
    });

    test("UpdateAlias moves it and what is encrypted through it", async () => {
      const [before, after] = [await at.key(), await at.key()];
      const AliasName = await made(before.id);
      await at.root.kms.updateAlias({ AliasName, TargetKeyId: after.id });
      const encrypted = await at.root.kms.encrypt({
        KeyId: AliasName,
        Plaintext: Buffer.from("x"),
      });
      assert.equal(encrypted.KeyId, after.arn);
      assert.deepEqual((await at.root.kms.listAliases({ KeyId: before.id })).Aliases, []);
    });

    test("a deleted alias is gone and its key stays", async () => {
      const { id } = await at.key();
      const AliasName = await made(id);
      await at.root.kms.deleteAlias({ AliasName });
      const message = `Alias ${arnOf(AliasName)} is not found.`;
      const expected = { code: "NotFoundException", status: 400, message };
      await refused(at.root.kms.describeKey({ KeyId: AliasName }), expected);
      await refused(at.root.kms.deleteAlias({ AliasName }), expected);
      await refused(at.root.kms.updateAlias({ AliasName, TargetKeyId: id }), expected);
      assert.equal((await at.root.kms.describeKey({ KeyId: id })).KeyMetadata?.KeyState, "Enabled");
    });

    test("a name that is taken is refused", async () => {
      const { id } = await at.key();
      const AliasName = await made(id);
      await refused(at.root.kms.createAlias({ AliasName, TargetKeyId: id }), {
        code: "AlreadyExistsException",
        status: 400,
        message: `An alias with the name ${arnOf(AliasName)} already exists`,
      });
    });

    test("the same name may stand in another Region", async () => {
      const AliasName = await made((await at.key()).id);
      const abroad = at.as(at.endpoint.root, "eu-west-1");
      const { KeyMetadata } = await abroad.kms.createKey({});
      await abroad.kms.createAlias({ AliasName, TargetKeyId: KeyMetadata?.KeyId });
      const described = await abroad.kms.describeKey({ KeyId: AliasName });
      assert.equal(described.KeyMetadata?.Arn, KeyMetadata?.Arn);
    });

    const badNames = [
      {
        name: "my-key",
        message:
          'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
      },
      { name: "alias/", message: "Invalid identifier" },
      { name: "alias/x:y", message: "alias/x:y contains invalid characters for an alias" },
      {
        name: "alias/a b",
        message:
          /Value 'alias\/a b' at 'aliasName' failed to satisfy constraint: Member must satisfy regular expression pattern: \^\[a-zA-Z0-9:\/_-\]\+\$$/,
      },
      {
        name: `alias/${"a".repeat(251)}`,
        message:
          /at 'aliasName' failed to satisfy constraint: Member must have length less than or equal to 256$/,
      },
    ];
    for (const { name, message } of badNames) {
      test(`the alias name ${name.slice(0, 20)} is refused`, async () => {
        const { id } = await at.key();
        await refused(at.root.kms.createAlias({ AliasName: name, TargetKeyId: id }), {
          code: "ValidationException",
          status: 400,
          message,
        });
      });
    }

    test("names under alias/aws/ belong to AWS's services", async () => {
      const { id } = await at.key();
      const AliasName = `alias/aws/${fresh("mine")}`;
      await refused(at.root.kms.createAlias({ AliasName, TargetKeyId: id }), {
        code: ["NotAuthorizedException", "InvalidAliasNameException", "AccessDeniedException"],
        status: 400,
      });
    });

    test("an alias of an alias is refused", async () => {
      const AliasName = await made((await at.key()).id);
      await refused(
        at.root.kms.createAlias({ AliasName: `alias/${fresh("b")}`, TargetKeyId: AliasName }),
        {
          code: "ValidationException",
          status: 400,
          message: "Aliases must refer to keys. Not aliases",
        },
      );
    });

    test("an alias needs a key that exists", async () => {
      const TargetKeyId = crypto.randomUUID();
      await refused(at.root.kms.createAlias({ AliasName: `alias/${fresh("none")}`, TargetKeyId }), {
        code: "NotFoundException",
        status: 400,
        message: `Key 'arn:aws:kms:${at.region}:${at.account}:key/${TargetKeyId}' does not exist`,
      });
    });

    test("a key has at most fifty aliases", async () => {
      const { id } = await at.key();
      await inTurn(numbers(50), () => made(id));
      await refused(made(id), { code: "LimitExceededException", status: 400 });
    });
  });
}
