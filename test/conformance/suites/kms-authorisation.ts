/** Who may use a key: key policy, identity policies, conditions, and the words of a denial. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Clients } from "../../support/clients.ts";
import { policy, rootStatement, type Deployment } from "../../support/deployment.ts";
import { fresh } from "../../support/names.ts";
import { refused } from "../../support/refusal.ts";

const Plaintext = Buffer.from("x");
const allow = (Action: string, Resource: string | readonly string[]) => ({
  Effect: "Allow",
  Action,
  Resource,
});
const denied = (arn: string, action: string, rest: string | RegExp) => ({
  code: "AccessDeniedException",
  status: 400,
  message:
    typeof rest === "string"
      ? `User: ${arn} is not authorized to perform: ${action} ${rest}`
      : rest,
});
const use = (principal: string, Condition?: Readonly<Record<string, unknown>>) => ({
  Effect: "Allow",
  Principal: { AWS: principal },
  Action: ["kms:Encrypt", "kms:Decrypt"],
  Resource: "*",
  ...(Condition === undefined ? {} : { Condition }),
});
const arnOf = async (clients: Clients) => (await clients.sts.getCallerIdentity({})).Arn ?? "";

export function kmsAuthorisation(at: Deployment): void {
  const keyWith = (...statements: Readonly<Record<string, unknown>>[]) =>
    at.key(at.root, [rootStatement(at.account), ...statements]);

  describe("KMS authorisation", () => {
    for (const [action, call] of [
      ["kms:CreateKey", (c: Clients) => c.kms.createKey({})],
      ["kms:ListKeys", (c: Clients) => c.kms.listKeys({})],
      ["kms:ListAliases", (c: Clients) => c.kms.listAliases({})],
      ["kms:GenerateRandom", (c: Clients) => c.kms.generateRandom({ NumberOfBytes: 1 })],
    ] as const) {
      test(`${action} needs an identity policy`, async () => {
        const nobody = await at.user("nobody");
        const rest = `on resource: * because no identity-based policy allows the ${action} action`;
        await refused(call(nobody), denied(nobody.arn, action, rest));
        const allowed = await at.user("allowed", {
          Effect: "Allow",
          Action: action,
          Resource: "*",
        });
        await call(allowed);
      });
    }

    test("the key policy leaves the key to the account, and identity policies decide", async () => {
      const { arn: KeyId } = await at.key();
      const nobody = await at.user("nobody");
      await refused(
        nobody.kms.encrypt({ KeyId, Plaintext }),
        denied(
          nobody.arn,
          "kms:Encrypt",
          `on resource: ${KeyId} because no identity-based policy allows the kms:Encrypt action`,
        ),
      );
      const allowed = await at.user("allowed", {
        Effect: "Allow",
        Action: "kms:Encrypt",
        Resource: KeyId,
      });
      await allowed.kms.encrypt({ KeyId, Plaintext });
      await refused(allowed.kms.generateDataKey({ KeyId, KeySpec: "AES_256" }), {
        code: "AccessDeniedException",
      });
    });

    test("without a word about the account in the key policy, identity policies give nothing", async () => {
      const owner = await at.user("owner", { Effect: "Allow", Action: "kms:*", Resource: "*" });
      const other = await at.user("other", { Effect: "Allow", Action: "kms:*", Resource: "*" });
      const { KeyMetadata } = await owner.kms.createKey({
        Policy: policy({ ...use(owner.arn), Action: "kms:*" }),
      });
      const KeyId = KeyMetadata?.Arn ?? "";
      await owner.kms.encrypt({ KeyId, Plaintext });
      const rest = `on resource: ${KeyId} because no resource-based policy allows the kms:Encrypt action`;
      await refused(
        other.kms.encrypt({ KeyId, Plaintext }),
        denied(other.arn, "kms:Encrypt", rest),
      );
      await refused(at.root.kms.encrypt({ KeyId, Plaintext }), { code: "AccessDeniedException" });
    });

    test("a user whom the key policy names needs no identity policy", async () => {
      const user = await at.user("named");
      const { arn: KeyId } = await keyWith(use(user.arn));
      const { CiphertextBlob } = await user.kms.encrypt({ KeyId, Plaintext });
      await user.kms.decrypt({ CiphertextBlob });
    });

    test("a role that the key policy names counts for every session of it", async () => {
      const role = await at.role("named");
      const { arn: KeyId } = await keyWith(use(role.arn));
      const [one, two] = [await at.assume(role, "first"), await at.assume(role, "second")];
      const { CiphertextBlob } = await one.kms.encrypt({ KeyId, Plaintext });
      await two.kms.decrypt({ CiphertextBlob });
    });

    test("a denial names the session, not the role", async () => {
      const session = await at.assume(await at.role("session"), "morning-run");
      const { arn: KeyId } = await at.key();
      const arn = await arnOf(session);
      assert.match(arn, /^arn:aws:sts::\d{12}:assumed-role\/session-\w+\/morning-run$/);
      const rest = `on resource: ${KeyId} because no identity-based policy allows the kms:Encrypt action`;
      await refused(session.kms.encrypt({ KeyId, Plaintext }), denied(arn, "kms:Encrypt", rest));
    });

    test("an explicit deny wins, in either policy", async () => {
      const Deny = { Effect: "Deny", Action: "kms:Decrypt", Resource: "*" };
      const user = await at.user("denied", Deny);
      const { arn: KeyId } = await keyWith(use(user.arn));
      const { CiphertextBlob } = await user.kms.encrypt({ KeyId, Plaintext });
      await refused(
        user.kms.decrypt({ CiphertextBlob, KeyId }),
        denied(user.arn, "kms:Decrypt", /with an explicit deny in an identity-based policy/),
      );
      const other = await at.user("denied", { Effect: "Allow", Action: "kms:*", Resource: "*" });
      await at.root.kms.putKeyPolicy({
        KeyId,
        Policy: policy([rootStatement(at.account), { ...Deny, Principal: { AWS: other.arn } }]),
      });
      await refused(
        other.kms.decrypt({ CiphertextBlob, KeyId }),
        denied(
          other.arn,
          "kms:Decrypt",
          `on resource: ${KeyId} with an explicit deny in a resource-based policy`,
        ),
      );
    });

    test("a ciphertext without a key's name does not tell a stranger whose it is", async () => {
      const { arn: KeyId } = await at.key();
      const { CiphertextBlob } = await at.root.kms.encrypt({ KeyId, Plaintext });
      const nobody = await at.user("nobody");
      await refused(
        nobody.kms.decrypt({ CiphertextBlob }),
        denied(
          nobody.arn,
          "kms:Decrypt",
          /is not authorized to perform: kms:Decrypt on (the resource associated with this ciphertext|resource: arn:aws:kms:\S+) because /,
        ),
      );
    });

    test("the administrator of the walk-through cannot decrypt", async () => {
      const admin = await at.user("admin");
      const { arn: KeyId } = await keyWith({
        Effect: "Allow",
        Principal: { AWS: admin.arn },
        Action: ["kms:Describe*", "kms:Put*", "kms:Disable*", "kms:Enable*"],
        Resource: "*",
      });
      const { CiphertextBlob } = await at.root.kms.encrypt({ KeyId, Plaintext });
      await admin.kms.disableKey({ KeyId });
      await admin.kms.enableKey({ KeyId });
      await refused(admin.kms.decrypt({ CiphertextBlob, KeyId }), {
        code: "AccessDeniedException",
        status: 400,
      });
    });

    test("an encryption context can be a condition", async () => {
      const user = await at.user("context");
      const { arn: KeyId } = await keyWith(
        use(user.arn, { StringEquals: { "kms:EncryptionContext:stage": "live" } }),
      );
      await user.kms.encrypt({ KeyId, Plaintext, EncryptionContext: { stage: "live", a: "b" } });
      await refused(user.kms.encrypt({ KeyId, Plaintext, EncryptionContext: { stage: "test" } }), {
        code: "AccessDeniedException",
      });
      await refused(user.kms.encrypt({ KeyId, Plaintext }), { code: "AccessDeniedException" });
    });

    test("the keys of an encryption context can be a condition", async () => {
      const user = await at.user("context-keys");
      const { arn: KeyId } = await keyWith(
        use(user.arn, { "ForAnyValue:StringEquals": { "kms:EncryptionContextKeys": "stage" } }),
      );
      await user.kms.encrypt({ KeyId, Plaintext, EncryptionContext: { stage: "x", other: "y" } });
      await refused(user.kms.encrypt({ KeyId, Plaintext, EncryptionContext: { Stage: "x" } }), {
        code: "AccessDeniedException",
      });
    });

    test("kms:RequestAlias is the name that the caller used", async () => {
      const user = await at.user("alias");
      const AliasName = `alias/${fresh("request")}`;
      const { id, arn } = await keyWith(
        use(user.arn, { StringEquals: { "kms:RequestAlias": AliasName } }),
      );
      await at.root.kms.createAlias({ AliasName, TargetKeyId: id });
      await user.kms.encrypt({ KeyId: AliasName, Plaintext });
      const KeyId = `arn:aws:kms:${at.region}:${at.account}:${AliasName}`;
      await user.kms.encrypt({ KeyId, Plaintext });
      await refused(user.kms.encrypt({ KeyId: arn, Plaintext }), { code: "AccessDeniedException" });
    });

    test("kms:ResourceAliases are the aliases that the key has", async () => {
      const { id } = await at.key();
      const AliasName = `alias/${fresh("attached")}`;
      const user = await at.user("aliases", {
        Effect: "Allow",
        Action: "kms:Encrypt",
        Resource: "*",
        Condition: { "ForAnyValue:StringEquals": { "kms:ResourceAliases": AliasName } },
      });
      await refused(user.kms.encrypt({ KeyId: id, Plaintext }), { code: "AccessDeniedException" });
      await at.root.kms.createAlias({ AliasName, TargetKeyId: id });
      await user.kms.encrypt({ KeyId: id, Plaintext });
      await at.root.kms.deleteAlias({ AliasName });
      await refused(user.kms.encrypt({ KeyId: id, Plaintext }), { code: "AccessDeniedException" });
    });

    test("an alias's ARN in an identity policy does not give its key", async () => {
      const { id } = await at.key();
      const AliasName = `alias/${fresh("resource")}`;
      await at.root.kms.createAlias({ AliasName, TargetKeyId: id });
      const Resource = `arn:aws:kms:${at.region}:${at.account}:${AliasName}`;
      const user = await at.user("alias-arn", { Effect: "Allow", Action: "kms:*", Resource });
      await refused(user.kms.encrypt({ KeyId: AliasName, Plaintext }), {
        code: "AccessDeniedException",
      });
    });

    test("alias operations are asked on the alias and on the key", async () => {
      const { id, arn } = await at.key();
      const alias = `alias/${fresh("both")}`;
      const aliasArn = `arn:aws:kms:${at.region}:${at.account}:${alias}`;
      const onlyKey = await at.user("only-key", allow("kms:CreateAlias", arn));
      await refused(
        onlyKey.kms.createAlias({ AliasName: alias, TargetKeyId: id }),
        denied(
          onlyKey.arn,
          "kms:CreateAlias",
          `on resource: ${aliasArn} because no identity-based policy allows the kms:CreateAlias action`,
        ),
      );
      const onlyAlias = await at.user("only-alias", allow("kms:CreateAlias", aliasArn));
      await refused(
        onlyAlias.kms.createAlias({ AliasName: alias, TargetKeyId: id }),
        denied(
          onlyAlias.arn,
          "kms:CreateAlias",
          `on resource: ${arn} because no identity-based policy allows the kms:CreateAlias action`,
        ),
      );
      const holder = await at.user("holder", allow("kms:CreateAlias", [arn, aliasArn]));
      await holder.kms.createAlias({ AliasName: alias, TargetKeyId: id });
    });

    test("ReEncrypt needs both halves", async () => {
      const [from, to] = [await at.key(), await at.key()];
      const { CiphertextBlob } = await at.root.kms.encrypt({ KeyId: from.id, Plaintext });
      const halves = [
        allow("kms:ReEncryptFrom", from.arn),
        allow("kms:ReEncryptTo", to.arn),
      ] as const;
      const call = (clients: Clients) =>
        clients.kms.reEncrypt({ CiphertextBlob, DestinationKeyId: to.arn });
      await refused(call(await at.user("from", halves[0])), { code: "AccessDeniedException" });
      await refused(call(await at.user("to", halves[1])), { code: "AccessDeniedException" });
      await call(await at.user("both", halves));
    });

    test("kms:ViaService is absent from a direct call", async () => {
      const service = `s3.${at.region}.amazonaws.com`;
      const user = await at.user("via");
      const { arn: KeyId } = await keyWith(
        use(user.arn, { StringEquals: { "kms:ViaService": service } }),
      );
      await refused(user.kms.encrypt({ KeyId, Plaintext }), { code: "AccessDeniedException" });
    });

    test("windows and periods are conditions", async () => {
      const { id: KeyId } = await at.key();
      const user = await at.user("careful", [
        {
          Effect: "Allow",
          Action: "kms:ScheduleKeyDeletion",
          Resource: "*",
          Condition: {
            NumericGreaterThanEquals: { "kms:ScheduleKeyDeletionPendingWindowInDays": "14" },
          },
        },
        {
          Effect: "Allow",
          Action: "kms:EnableKeyRotation",
          Resource: "*",
          Condition: { NumericLessThanEquals: { "kms:RotationPeriodInDays": "180" } },
        },
      ]);
      const AccessDenied = { code: "AccessDeniedException" };
      await refused(user.kms.enableKeyRotation({ KeyId, RotationPeriodInDays: 365 }), AccessDenied);
      await user.kms.enableKeyRotation({ KeyId, RotationPeriodInDays: 180 });
      await refused(user.kms.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 }), AccessDenied);
      await user.kms.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 14 });
    });

    test("tags of the request and of the key are conditions", async () => {
      const user = await at.user("tagger", [
        {
          Effect: "Allow",
          Action: ["kms:CreateKey", "kms:TagResource"],
          Resource: "*",
          Condition: { StringEquals: { "aws:RequestTag/team": "pay" } },
        },
        {
          Effect: "Allow",
          Action: "kms:Encrypt",
          Resource: "*",
          Condition: { StringEquals: { "aws:ResourceTag/team": "pay" } },
        },
      ]);
      await refused(user.kms.createKey({}), { code: "AccessDeniedException" });
      const Tags = [{ TagKey: "team", TagValue: "pay" }];
      const { KeyMetadata } = await user.kms.createKey({ Tags });
      await user.kms.encrypt({ KeyId: KeyMetadata?.KeyId, Plaintext });
      const { id: untagged } = await at.key();
      await refused(user.kms.encrypt({ KeyId: untagged, Plaintext }), {
        code: "AccessDeniedException",
      });
    });

    test("a change of the key policy acts at once", async () => {
      const user = await at.user("at-once");
      const { id: KeyId } = await keyWith(use(user.arn));
      await user.kms.encrypt({ KeyId, Plaintext });
      await at.root.kms.putKeyPolicy({ KeyId, Policy: policy(rootStatement(at.account)) });
      await refused(user.kms.encrypt({ KeyId, Plaintext }), { code: "AccessDeniedException" });
      await at.allowUser(at.root, user.name, { Effect: "Allow", Action: "kms:*", Resource: "*" });
      await user.kms.encrypt({ KeyId, Plaintext });
      await at.root.iam.deleteUserPolicy({ UserName: user.name, PolicyName: "conformance" });
      await refused(user.kms.encrypt({ KeyId, Plaintext }), { code: "AccessDeniedException" });
    });
  });
}
