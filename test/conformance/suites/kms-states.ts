/** Which operation is allowed in which state: the table of the AWS KMS Developer Guide. */
import { describe, test } from "node:test";
import type { KMS } from "@aws-sdk/client-kms";
import { policy, rootStatement, type Deployment } from "../../support/deployment.ts";
import { fresh } from "../../support/names.ts";
import { refused, type Refusal } from "../../support/refusal.ts";

type Answer = "answers" | "disabled" | "pending" | "not pending";
type Call = (kms: KMS, KeyId: string, given: Given) => Promise<unknown>;

interface Given {
  readonly CiphertextBlob: Uint8Array | undefined;
  readonly account: string;
}

const Plaintext = Buffer.from("plaintext");

/** Operation, on a disabled key, on a key that is pending deletion, how it is called. */
const cases: readonly [string, Answer, Answer, Call][] = [
  [
    "CreateAlias",
    "answers",
    "pending",
    (kms, TargetKeyId) => kms.createAlias({ AliasName: `alias/${fresh("state")}`, TargetKeyId }),
  ],
  [
    "Decrypt",
    "disabled",
    "pending",
    (kms, _, { CiphertextBlob }) => kms.decrypt({ CiphertextBlob }),
  ],
  ["Encrypt", "disabled", "pending", (kms, KeyId) => kms.encrypt({ KeyId, Plaintext })],
  [
    "GenerateDataKey",
    "disabled",
    "pending",
    (kms, KeyId) => kms.generateDataKey({ KeyId, KeySpec: "AES_256" }),
  ],
  [
    "GenerateDataKeyWithoutPlaintext",
    "disabled",
    "pending",
    (kms, KeyId) => kms.generateDataKeyWithoutPlaintext({ KeyId, KeySpec: "AES_128" }),
  ],
  [
    "ReEncrypt",
    "disabled",
    "pending",
    (kms, DestinationKeyId, { CiphertextBlob }) =>
      kms.reEncrypt({ CiphertextBlob, DestinationKeyId }),
  ],
  ["DescribeKey", "answers", "answers", (kms, KeyId) => kms.describeKey({ KeyId })],
  ["GetKeyPolicy", "answers", "answers", (kms, KeyId) => kms.getKeyPolicy({ KeyId })],
  [
    "PutKeyPolicy",
    "answers",
    "answers",
    (kms, KeyId, { account }) =>
      kms.putKeyPolicy({ KeyId, Policy: policy(rootStatement(account)) }),
  ],
  ["ListAliases", "answers", "answers", (kms, KeyId) => kms.listAliases({ KeyId })],
  ["ListKeyPolicies", "answers", "answers", (kms, KeyId) => kms.listKeyPolicies({ KeyId })],
  ["ListResourceTags", "answers", "answers", (kms, KeyId) => kms.listResourceTags({ KeyId })],
  ["EnableKeyRotation", "disabled", "pending", (kms, KeyId) => kms.enableKeyRotation({ KeyId })],
  ["DisableKeyRotation", "disabled", "pending", (kms, KeyId) => kms.disableKeyRotation({ KeyId })],
  ["RotateKeyOnDemand", "disabled", "pending", (kms, KeyId) => kms.rotateKeyOnDemand({ KeyId })],
  [
    "GetKeyRotationStatus",
    "answers",
    "answers",
    (kms, KeyId) => kms.getKeyRotationStatus({ KeyId }),
  ],
  ["ListKeyRotations", "answers", "answers", (kms, KeyId) => kms.listKeyRotations({ KeyId })],
  [
    "TagResource",
    "answers",
    "pending",
    (kms, KeyId) => kms.tagResource({ KeyId, Tags: [{ TagKey: "a", TagValue: "b" }] }),
  ],
  [
    "UntagResource",
    "answers",
    "pending",
    (kms, KeyId) => kms.untagResource({ KeyId, TagKeys: ["a"] }),
  ],
  [
    "UpdateKeyDescription",
    "answers",
    "pending",
    (kms, KeyId) => kms.updateKeyDescription({ KeyId, Description: "x" }),
  ],
  [
    "UpdateAlias to it",
    "answers",
    "pending",
    async (kms, TargetKeyId) => {
      const AliasName = `alias/${fresh("state")}`;
      const { KeyMetadata } = await kms.createKey({});
      await kms.createAlias({ AliasName, TargetKeyId: KeyMetadata?.KeyId });
      return kms.updateAlias({ AliasName, TargetKeyId });
    },
  ],
  ["DisableKey", "answers", "pending", (kms, KeyId) => kms.disableKey({ KeyId })],
  ["CancelKeyDeletion", "not pending", "answers", (kms, KeyId) => kms.cancelKeyDeletion({ KeyId })],
  ["EnableKey", "answers", "pending", (kms, KeyId) => kms.enableKey({ KeyId })],
  ["ScheduleKeyDeletion", "answers", "pending", (kms, KeyId) => kms.scheduleKeyDeletion({ KeyId })],
];

export function kmsStates(at: Deployment): void {
  const brought = {
    Disabled: (KeyId: string) => at.root.kms.disableKey({ KeyId }),
    PendingDeletion: (KeyId: string) => at.root.kms.scheduleKeyDeletion({ KeyId }),
  };

  for (const state of ["Disabled", "PendingDeletion"] as const) {
    describe(`KMS operations on a key that is ${state}`, () => {
      for (const [name, whenDisabled, whenPending, call] of cases) {
        const answer = state === "Disabled" ? whenDisabled : whenPending;
        test(`${name}: ${answer}`, async () => {
          const { id, arn } = await at.key();
          const { CiphertextBlob } = await at.root.kms.encrypt({ KeyId: id, Plaintext });
          await brought[state](id);
          const done = call(at.root.kms, id, { CiphertextBlob, account: at.account });
          if (answer === "answers") await done;
          else await refused(done, refusals[answer](arn));
        });
      }
    });
  }

  test("an alias of a key that is PendingDeletion moves to another key and can be deleted", async () => {
    const [old, next] = [await at.key(), await at.key()];
    const [first, second] = [`alias/${fresh("state")}`, `alias/${fresh("state")}`];
    await at.root.kms.createAlias({ AliasName: first, TargetKeyId: old.id });
    await at.root.kms.createAlias({ AliasName: second, TargetKeyId: old.id });
    await at.root.kms.scheduleKeyDeletion({ KeyId: old.id });
    await at.root.kms.updateAlias({ AliasName: first, TargetKeyId: next.id });
    await at.root.kms.deleteAlias({ AliasName: second });
  });
}

const invalidState = { code: "KMSInvalidStateException", status: 400 };
const refusals: Record<Exclude<Answer, "answers">, (arn: string) => Refusal> = {
  disabled: (arn) => ({ code: "DisabledException", status: 400, message: `${arn} is disabled.` }),
  pending: (arn) => ({ ...invalidState, message: `${arn} is pending deletion.` }),
  "not pending": (arn) => ({ ...invalidState, message: `${arn} is not pending deletion.` }),
};
