/** How each operation answers a KeyId that names no key of its caller. */
import { describe, test } from "node:test";
import type { KMS } from "@aws-sdk/client-kms";
import type { Deployment } from "../../support/deployment.ts";
import { inTurn } from "../../support/in-turn.ts";
import { fresh } from "../../support/names.ts";
import { refused } from "../../support/refusal.ts";

type Call = (kms: KMS, KeyId: string) => Promise<unknown>;
const Plaintext = Buffer.from("plaintext");

/** Operations that take a key id or ARN and no alias. */
const administrative: Record<string, Call> = {
  CancelKeyDeletion: (kms, KeyId) => kms.cancelKeyDeletion({ KeyId }),
  DisableKey: (kms, KeyId) => kms.disableKey({ KeyId }),
  DisableKeyRotation: (kms, KeyId) => kms.disableKeyRotation({ KeyId }),
  EnableKey: (kms, KeyId) => kms.enableKey({ KeyId }),
  EnableKeyRotation: (kms, KeyId) => kms.enableKeyRotation({ KeyId }),
  GetKeyPolicy: (kms, KeyId) => kms.getKeyPolicy({ KeyId }),
  GetKeyRotationStatus: (kms, KeyId) => kms.getKeyRotationStatus({ KeyId }),
  ListKeyPolicies: (kms, KeyId) => kms.listKeyPolicies({ KeyId }),
  ListKeyRotations: (kms, KeyId) => kms.listKeyRotations({ KeyId }),
  ListResourceTags: (kms, KeyId) => kms.listResourceTags({ KeyId }),
  PutKeyPolicy: (kms, KeyId) => kms.putKeyPolicy({ KeyId, Policy: "{}" }),
  RotateKeyOnDemand: (kms, KeyId) => kms.rotateKeyOnDemand({ KeyId }),
  ScheduleKeyDeletion: (kms, KeyId) => kms.scheduleKeyDeletion({ KeyId }),
  TagResource: (kms, KeyId) => kms.tagResource({ KeyId, Tags: [{ TagKey: "a", TagValue: "b" }] }),
  UntagResource: (kms, KeyId) => kms.untagResource({ KeyId, TagKeys: ["a"] }),
  UpdateKeyDescription: (kms, KeyId) => kms.updateKeyDescription({ KeyId, Description: "" }),
};

/** Operations that take aliases too. */
const using: Record<string, Call> = {
  DescribeKey: (kms, KeyId) => kms.describeKey({ KeyId }),
  Encrypt: (kms, KeyId) => kms.encrypt({ KeyId, Plaintext }),
  GenerateDataKey: (kms, KeyId) => kms.generateDataKey({ KeyId, KeySpec: "AES_256" }),
  GenerateDataKeyWithoutPlaintext: (kms, KeyId) =>
    kms.generateDataKeyWithoutPlaintext({ KeyId, KeySpec: "AES_256" }),
};

export function kmsIdentifiers(at: Deployment): void {
  describe("KMS identifiers", () => {
    for (const [name, call] of Object.entries({ ...administrative, ...using })) {
      test(`${name} of a key that does not exist`, async () => {
        const id = crypto.randomUUID();
        const arn = `arn:aws:kms:${at.region}:${at.account}:key/${id}`;
        const NotFound = { code: "NotFoundException", status: 400 };
        const missing = { ...NotFound, message: `Key '${arn}' does not exist` };
        await refused(call(at.root.kms, id), missing);
        await refused(call(at.root.kms, arn), missing);
        const elsewhere = arn.replace(at.region, "eu-central-1");
        await refused(call(at.root.kms, elsewhere), {
          ...NotFound,
          message: "Invalid arn eu-central-1",
        });
        const malformed = ["fake-key-id", id.replaceAll("-", ""), "mrk-fake"];
        await inTurn(malformed, (KeyId) =>
          refused(call(at.root.kms, KeyId), { ...NotFound, message: `Invalid keyId '${KeyId}'` }),
        );
      });
    }

    for (const [name, call] of Object.entries(administrative)) {
      test(`${name} takes no alias`, async () => {
        const { id } = await at.key();
        const AliasName = `alias/${fresh("admin")}`;
        await at.root.kms.createAlias({ AliasName, TargetKeyId: id });
        const forms = [AliasName, `arn:aws:kms:${at.region}:${at.account}:${AliasName}`];
        await inTurn(forms, (KeyId) =>
          refused(call(at.root.kms, KeyId), {
            code: "InvalidArnException",
            status: 400,
            message: "Key Aliases are not supported for this operation.",
          }),
        );
      });
    }

    for (const [name, call] of Object.entries(using)) {
      test(`${name} of an alias that does not exist`, async () => {
        const AliasName = `alias/${fresh("nobody")}`;
        await refused(call(at.root.kms, AliasName), {
          code: "NotFoundException",
          status: 400,
          message: `Alias arn:aws:kms:${at.region}:${at.account}:${AliasName} is not found.`,
        });
      });
    }
  });
}
