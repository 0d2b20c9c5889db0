import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ACCOUNT, REGION } from "../../service/testing/test-deployment.ts";
import { codeOf, kmsDeployment } from "../testing/kms-deployment.ts";

const arnOf = (name: string) => `arn:aws:kms:${REGION}:${ACCOUNT}:${name}`;

interface Aliases {
  readonly Aliases: readonly { readonly AliasName: string; readonly TargetKeyId: string }[];
  readonly Truncated: boolean;
  readonly NextMarker?: string;
}

describe("aliases", () => {
  test("move from key to key, and what is encrypted by name moves with them", async () => {
    const { call, newKey } = await kmsDeployment();
    const [one, two] = [await newKey(), await newKey()];
    const AliasName = "alias/app";
    const encrypt = async () => {
      const sealed = await call("Encrypt", { KeyId: AliasName, Plaintext: Buffer.from("text") });
      return sealed["KeyId"];
    };
    await call("CreateAlias", { AliasName, TargetKeyId: one.id });
    assert.equal(await encrypt(), one.arn);
    await call("UpdateAlias", { AliasName, TargetKeyId: two.arn });
    assert.equal(await encrypt(), two.arn);
    const ofKey = async (KeyId: string) => (await call<Aliases>("ListAliases", { KeyId })).Aliases;
    assert.deepEqual(await ofKey(one.id), []);
    assert.equal((await ofKey(two.id))[0]?.AliasName, AliasName);
    await call("DeleteAlias", { AliasName });
    assert.deepEqual(await ofKey(two.id), []);
    await assert.rejects(encrypt(), { message: `Alias ${arnOf(AliasName)} is not found.` });
    assert.equal(await codeOf(call("CreateAlias", { AliasName, TargetKeyId: one.id })), "ok");
  });

  test("the same key again is no error", async () => {
    const { call, newKey } = await kmsDeployment();
    const { id } = await newKey();
    await call("CreateAlias", { AliasName: "alias/app", TargetKeyId: id });
    await call("UpdateAlias", { AliasName: "alias/app", TargetKeyId: id });
    const { Aliases } = await call<Aliases>("ListAliases", { KeyId: id });
    assert.equal(Aliases.length, 1);
  });

  test("what is no name for an alias is refused in AWS's words", async () => {
    const { call, newKey } = await kmsDeployment();
    const { id: TargetKeyId } = await newKey();
    const refusals: readonly (readonly [string, string])[] = [
      [
        "app",
        'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
      ],
      ["alias/", "Invalid identifier"],
      ["alias/a:b", "alias/a:b contains invalid characters for an alias"],
      [
        "alias/a b",
        "1 validation error detected: Value 'alias/a b' at 'aliasName' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$",
      ],
    ];
    for (const [AliasName, message] of refusals) {
      await assert.rejects(call("CreateAlias", { AliasName, TargetKeyId }), {
        code: "ValidationException",
        message,
      });
    }
  });

  test("one name stands for one key, and no name for another name", async () => {
    const { call, newKey } = await kmsDeployment();
    const { id: TargetKeyId } = await newKey();
    const AliasName = "alias/app";
    await call("CreateAlias", { AliasName, TargetKeyId });
    await assert.rejects(call("CreateAlias", { AliasName, TargetKeyId }), {
      code: "AlreadyExistsException",
      message: `An alias with the name ${arnOf(AliasName)} already exists`,
    });
    await assert.rejects(call("CreateAlias", { AliasName: "alias/b", TargetKeyId: AliasName }), {
      code: "ValidationException",
      message: "Aliases must refer to keys. Not aliases",
    });
    for (const name of ["UpdateAlias", "DeleteAlias"]) {
      await assert.rejects(call(name, { AliasName: "alias/none", TargetKeyId }), {
        code: "NotFoundException",
        message: `Alias ${arnOf("alias/none")} is not found.`,
      });
    }
  });

  test("AWS's own names are nobody's to give", async () => {
    const { call, newKey } = await kmsDeployment();
    const { id: TargetKeyId } = await newKey();
    const AliasName = "alias/aws/mine";
    await assert.rejects(call("CreateAlias", { AliasName, TargetKeyId }), {
      code: "AccessDeniedException",
      message: new RegExp(`kms:CreateAlias on resource: ${arnOf(AliasName)} `),
    });
  });

  test("a key has at most 50", async () => {
    const { call, newKey } = await kmsDeployment();
    const { id: TargetKeyId } = await newKey();
    for (let n = 0; n < 50; n += 1) {
      await call("CreateAlias", { AliasName: `alias/n${n}`, TargetKeyId });
    }
    const more = call("CreateAlias", { AliasName: "alias/more", TargetKeyId });
    assert.equal(await codeOf(more), "LimitExceededException");
  });

  test("of one name that many ask for at once, one gets it", async () => {
    const { call, newKey } = await kmsDeployment();
    const keys = await Promise.all(Array.from({ length: 8 }, () => newKey()));
    const codes = await Promise.all(
      keys.map(({ id }) =>
        codeOf(call("CreateAlias", { AliasName: "alias/app", TargetKeyId: id })),
      ),
    );
    assert.equal(codes.filter((code) => code === "ok").length, 1);
    assert.equal(codes.filter((code) => code === "AlreadyExistsException").length, 7);
    const { Aliases } = await call<Aliases>("ListAliases", {});
    assert.equal(Aliases.length, 1);
  });

  test("alias moves leave no key with a name that is another's", async () => {
    const { call, newKey } = await kmsDeployment();
    const keys = await Promise.all(Array.from({ length: 4 }, () => newKey()));
    const AliasName = "alias/app";
    await call("CreateAlias", { AliasName, TargetKeyId: keys[0]?.id });
    await Promise.all(
      Array.from({ length: 12 }, (_, at) =>
        call("UpdateAlias", { AliasName, TargetKeyId: keys[at % 4]?.id }),
      ),
    );
    const { Aliases } = await call<Aliases>("ListAliases", {});
    const owners: string[] = [];
    for (const { id } of keys) {
      const list = await call<Aliases>("ListAliases", { KeyId: id });
      if (list.Aliases.length > 0) owners.push(id);
    }
    assert.deepEqual(owners, [Aliases[0]?.TargetKeyId]);
  });
});

describe("the AWS managed key of S3", () => {
  test("is there when it is asked after, for metadata only", async () => {
    const { call } = await kmsDeployment();
    const KeyId = "alias/aws/s3";
    const { KeyMetadata } = await call<{ KeyMetadata: Record<string, unknown> }>("DescribeKey", {
      KeyId,
    });
    assert.partialDeepStrictEqual(KeyMetadata, {
      KeyManager: "AWS",
      Description: "Default key that protects my S3 objects when no other key is defined",
    });
    const again = await call<{ KeyMetadata: Record<string, unknown> }>("DescribeKey", { KeyId });
    assert.equal(again.KeyMetadata["KeyId"], KeyMetadata["KeyId"]);
    const id = KeyMetadata["KeyId"];
    const status = await call("GetKeyRotationStatus", { KeyId: id });
    assert.equal(status["KeyRotationEnabled"], true);
    const Tags = [{ TagKey: "a", TagValue: "b" }];
    for (const [name, input] of [
      ["Encrypt", { KeyId, Plaintext: Buffer.from("text") }],
      ["DisableKey", { KeyId: id }],
      ["ScheduleKeyDeletion", { KeyId: id }],
      ["DisableKeyRotation", { KeyId: id }],
      ["RotateKeyOnDemand", { KeyId: id }],
      ["TagResource", { KeyId: id, Tags }],
      ["UpdateKeyDescription", { KeyId: id, Description: "mine" }],
      ["CreateAlias", { AliasName: "alias/mine", TargetKeyId: id }],
      ["DeleteAlias", { AliasName: "alias/aws/s3" }],
    ] as const) {
      assert.equal(await codeOf(call(name, input)), "AccessDeniedException", name);
    }
  });
});

describe("the first use of the AWS managed key", () => {
  test("by many at once makes one key, and one event says so", async () => {
    const { call, records } = await kmsDeployment();
    await Promise.all([1, 2, 3, 4].map(() => call("DescribeKey", { KeyId: "alias/aws/s3" })));
    await call("DescribeKey", { KeyId: "alias/aws/s3" });
    const { Keys } = await call<{ Keys: unknown[] }>("ListKeys", {});
    assert.equal(Keys.length, 1);
    const made = (await records()).filter(
      ({ eventName, errorCode }) => eventName === "CreateKey" && errorCode === undefined,
    );
    assert.equal(made.length, 1);
  });
});

describe("pages", () => {
  test("together are the whole list, in order", async () => {
    const { call, newKey } = await kmsDeployment();
    const keys = await Promise.all(Array.from({ length: 7 }, () => newKey()));
    const ids = keys.map(({ id }) => id).toSorted();
    for (const [at, id] of ids.entries()) {
      await call("CreateAlias", { AliasName: `alias/n${at}`, TargetKeyId: id });
    }
    for (const limit of [1, 3, 6, 7, 100]) {
      const seen: string[] = [];
      const names: string[] = [];
      for (let Marker: string | undefined, more = true; more;) {
        const page = await call<{
          Keys: { KeyId: string }[];
          Truncated: boolean;
          NextMarker?: string;
        }>("ListKeys", { Limit: limit, ...(Marker !== undefined && { Marker }) });
        assert.ok(page.Keys.length <= limit);
        assert.equal(page.Truncated, page.NextMarker !== undefined);
        seen.push(...page.Keys.map(({ KeyId }) => KeyId));
        ({ NextMarker: Marker, Truncated: more } = page);
      }
      for (let Marker: string | undefined, more = true; more;) {
        const asked = { Limit: limit, ...(Marker !== undefined && { Marker }) };
        const page: Aliases = await call<Aliases>("ListAliases", asked);
        names.push(...page.Aliases.map(({ AliasName }) => AliasName));
        ({ NextMarker: Marker, Truncated: more } = page);
      }
      assert.deepEqual(seen, ids);
      assert.deepEqual(
        names,
        ids.map((_, at) => `alias/n${at}`),
      );
    }
  });

  test("a marker is of its own list, and a page has its limit", async () => {
    const { call, newKey } = await kmsDeployment();
    await newKey();
    const { id: KeyId } = await newKey();
    const { NextMarker: Marker } = await call<Aliases>("ListKeys", { Limit: 1 });
    const invalid = { code: "InvalidMarkerException" };
    await assert.rejects(call("ListAliases", { Marker }), invalid);
    await assert.rejects(call("ListKeyRotations", { KeyId, Marker }), invalid);
    await assert.rejects(call("ListKeys", { Marker: "no marker" }), invalid);
    const tooMany = { code: "ValidationException", message: /less than or equal to 100$/ };
    await assert.rejects(call("ListAliases", { Limit: 101 }), tooMany);
    await assert.rejects(call("ListResourceTags", { KeyId, Limit: 51 }), {
      code: "ValidationException",
    });
  });
});
