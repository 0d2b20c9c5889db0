/** Each operation on a key in each state: AWS KMS Developer Guide, "Key state table". */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { KmsKeyState } from "../../records/index.ts";
import { kmsKeySpace } from "../../records/index.ts";
import { Change } from "../../records/index.ts";
import { ACCOUNT, REGION } from "../../service/testing/test-deployment.ts";
import { codeOf, kmsDeployment, type KmsDeployment } from "../testing/kms-deployment.ts";

const states = [
  "Enabled",
  "Disabled",
  "PendingDeletion",
  "PendingImport",
  "Unavailable",
  "Creating",
  "Updating",
] as const satisfies readonly KmsKeyState[];

const words: Readonly<Record<string, string>> = {
  D: "DisabledException <arn> is disabled.",
  P: "KMSInvalidStateException <arn> is pending deletion.",
  I: `KMSInvalidStateException <arn> is pending import.`,
  U: "KMSInvalidStateException <arn> is unavailable.",
  C: "KMSInvalidStateException <arn> is creating.",
  Y: "KMSInvalidStateException <arn> is updating.",
  N: "KMSInvalidStateException <arn> is not pending deletion.",
  "+": "ok",
};

/** One letter per state, in the order of `states`. */
const table: readonly (readonly [operation: string, outcome: string])[] = [
  ["Encrypt", "+DPIUC+"],
  ["Decrypt", "+DPIUC+"],
  ["ReEncrypt", "+DPIUC+"],
  ["GenerateDataKey", "+DPIUC+"],
  ["GenerateDataKeyWithoutPlaintext", "+DPIUC+"],
  ["CreateAlias", "++P++++"],
  ["DeleteAlias", "+++++++"],
  ["UpdateAlias", "++P++++"],
  ["ListAliases", "+++++++"],
  ["DescribeKey", "+++++++"],
  ["GetKeyPolicy", "+++++++"],
  ["PutKeyPolicy", "+++++++"],
  ["ListKeyPolicies", "+++++++"],
  ["ListResourceTags", "+++++++"],
  ["ListKeyRotations", "+++++++"],
  ["GetKeyRotationStatus", "+++++++"],
  ["TagResource", "++P++++"],
  ["UntagResource", "++P++++"],
  ["UpdateKeyDescription", "++P++++"],
  ["EnableKey", "++PI+CY"],
  ["DisableKey", "++PI+CY"],
  ["EnableKeyRotation", "+DPIUC+"],
  ["DisableKeyRotation", "+DPIUC+"],
  ["RotateKeyOnDemand", "+DPIUC+"],
  ["ScheduleKeyDeletion", "++P+++Y"],
  ["CancelKeyDeletion", "NN+NNNN"],
];

describe("what a key's state allows", () => {
  for (const [name, outcomes] of table) {
    test(name, async () => {
      const deployment = await kmsDeployment();
      for (const [at, state] of states.entries()) {
        const key = await keyWithEverything(deployment, `${name}-${state}`);
        await setState(deployment, key.id, state);
        const outcome = await outcomeOf(deployment.call(name, inputs(key)[name] ?? {}));
        const expected = words[outcomes[at] ?? ""] ?? "";
        assert.equal(outcome, expected.replace("<arn>", key.arn), `${name} of a ${state} key`);
      }
    });
  }

  test("a disabled key acts at once and is whole again when it is enabled", async () => {
    const { call, newKey } = await kmsDeployment();
    const { id: KeyId } = await newKey();
    const sealed = await call("Encrypt", { KeyId, Plaintext: Buffer.from("text") });
    await call("DisableKey", { KeyId });
    const { CiphertextBlob } = sealed;
    assert.equal(await codeOf(call("Decrypt", { CiphertextBlob })), "DisabledException");
    await call("EnableKey", { KeyId });
    assert.equal(await codeOf(call("Decrypt", { CiphertextBlob })), "ok");
  });

  test("the window of deletion is 7 to 30 days, and 30 when none is named", async () => {
    const { call, newKey, clock } = await kmsDeployment();
    const { id: KeyId, arn } = await newKey();
    for (const PendingWindowInDays of [1, 6, 31, 365]) {
      await assert.rejects(call("ScheduleKeyDeletion", { KeyId, PendingWindowInDays }), {
        code: "ValidationException",
        message: "PendingWindowInDays must be between 7 and 30",
      });
    }
    const DeletionDate = new Date(clock.now().getTime() + 30 * 86_400_000);
    assert.deepEqual(await call("ScheduleKeyDeletion", { KeyId }), {
      KeyId: arn,
      DeletionDate,
      KeyState: "PendingDeletion",
      PendingWindowInDays: 30,
    });
    const { KeyMetadata } = await call<{ KeyMetadata: object }>("DescribeKey", { KeyId });
    assert.partialDeepStrictEqual(KeyMetadata, {
      KeyState: "PendingDeletion",
      Enabled: false,
      DeletionDate,
    });
    assert.deepEqual(await call("CancelKeyDeletion", { KeyId }), { KeyId: arn });
    const after = await call<{ KeyMetadata: object }>("DescribeKey", { KeyId });
    assert.partialDeepStrictEqual(after.KeyMetadata, { KeyState: "Disabled", Enabled: false });
    assert.ok(!("DeletionDate" in after.KeyMetadata));
  });
});

async function keyWithEverything({ call, newKey }: KmsDeployment, name: string) {
  const { id, arn } = await newKey();
  await call("CreateAlias", { AliasName: `alias/${name}`, TargetKeyId: id });
  const { id: other } = await newKey();
  await call("CreateAlias", { AliasName: `alias/${name}-of-other`, TargetKeyId: other });
  const sealed = await call<{ CiphertextBlob: Buffer }>("Encrypt", {
    KeyId: id,
    Plaintext: Buffer.from("text"),
  });
  return { id, arn, name, ciphertext: sealed.CiphertextBlob };
}

type Key = Awaited<ReturnType<typeof keyWithEverything>>;

function inputs({ id: KeyId, name, ciphertext }: Key): Readonly<Record<string, object>> {
  const Policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
        Action: "kms:*",
        Resource: "*",
      },
    ],
  });
  return {
    Encrypt: { KeyId, Plaintext: Buffer.from("text") },
    Decrypt: { CiphertextBlob: ciphertext },
    ReEncrypt: { CiphertextBlob: ciphertext, DestinationKeyId: KeyId },
    GenerateDataKey: { KeyId, KeySpec: "AES_256" },
    GenerateDataKeyWithoutPlaintext: { KeyId },
    CreateAlias: { AliasName: `alias/${name}-more`, TargetKeyId: KeyId },
    DeleteAlias: { AliasName: `alias/${name}` },
    UpdateAlias: { AliasName: `alias/${name}-of-other`, TargetKeyId: KeyId },
    ListAliases: { KeyId },
    PutKeyPolicy: { KeyId, Policy },
    TagResource: { KeyId, Tags: [{ TagKey: "a", TagValue: "b" }] },
    UntagResource: { KeyId, TagKeys: ["a"] },
    UpdateKeyDescription: { KeyId, Description: "new" },
    ...Object.fromEntries(
      [
        "DescribeKey",
        "GetKeyPolicy",
        "ListKeyPolicies",
        "ListResourceTags",
        "ListKeyRotations",
        "GetKeyRotationStatus",
        "EnableKey",
        "DisableKey",
        "EnableKeyRotation",
        "DisableKeyRotation",
        "RotateKeyOnDemand",
        "ScheduleKeyDeletion",
        "CancelKeyDeletion",
      ].map((operation) => [operation, { KeyId }]),
    ),
  };
}

/** As an import, a replication or a lost key store would leave it. */
async function setState({ store, session }: KmsDeployment, id: string, state: KmsKeyState) {
  const found = await store.get(kmsKeySpace, ACCOUNT, REGION, id);
  assert.ok(found);
  const key = { ...found.value, state };
  await store.commit(
    new Change().expect(found).put(kmsKeySpace, [ACCOUNT, REGION, id], key),
    session,
  );
}

async function outcomeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return "ok";
  } catch (error) {
    const { code, message } = error as { readonly code?: string; readonly message: string };
    return `${code} ${message}`;
  }
}
