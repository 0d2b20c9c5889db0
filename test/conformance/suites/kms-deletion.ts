import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Deployment } from "../../support/deployment.ts";
import { refused } from "../../support/refusal.ts";

const dayMs = 86_400_000;

export function kmsDeletion(at: Deployment): void {
  describe("KMS key deletion", () => {
    for (const window of [undefined, 7, 30]) {
      test(`a window of ${window ?? "no"} days is kept to the day`, async () => {
        const { id, arn } = await at.key();
        const before = Date.now();
        const {
          $metadata: _,
          DeletionDate,
          ...answer
        } = await at.root.kms.scheduleKeyDeletion({
          KeyId: id,
          ...(window === undefined ? {} : { PendingWindowInDays: window }),
        });
        const days = window ?? 30;
        assert.deepEqual(answer, {
          KeyId: arn,
          KeyState: "PendingDeletion",
          PendingWindowInDays: days,
        });
        const due = Number(DeletionDate);
        assert.ok(due >= before - 1000 + days * dayMs && due < before + 60_000 + days * dayMs);
        const { KeyMetadata } = await at.root.kms.describeKey({ KeyId: id });
        assert.equal(KeyMetadata?.KeyState, "PendingDeletion");
        assert.equal(KeyMetadata.Enabled, false);
        assert.equal(Number(KeyMetadata.DeletionDate), due);
      });
    }

    test("a cancelled deletion leaves the key disabled, and it can be enabled and used", async () => {
      const { id, arn } = await at.key();
      const Plaintext = Buffer.from("kept");
      const { CiphertextBlob } = await at.root.kms.encrypt({ KeyId: id, Plaintext });
      await at.root.kms.scheduleKeyDeletion({ KeyId: id, PendingWindowInDays: 7 });
      assert.equal((await at.root.kms.cancelKeyDeletion({ KeyId: id })).KeyId, arn);
      const { KeyMetadata } = await at.root.kms.describeKey({ KeyId: id });
      assert.equal(KeyMetadata?.KeyState, "Disabled");
      assert.equal(KeyMetadata.DeletionDate, undefined);
      await at.root.kms.enableKey({ KeyId: id });
      const decrypted = await at.root.kms.decrypt({ CiphertextBlob });
      assert.deepEqual(Buffer.from(decrypted.Plaintext ?? []), Plaintext);
    });

    test("a key that is not pending deletion has none to cancel", async () => {
      const { id, arn } = await at.key();
      await refused(at.root.kms.cancelKeyDeletion({ KeyId: id }), {
        code: "KMSInvalidStateException",
        status: 400,
        message: `${arn} is not pending deletion.`,
      });
    });

    const windows: [number, string][] = [
      [1, "PendingWindowInDays must be between 7 and 30"],
      [6, "PendingWindowInDays must be between 7 and 30"],
      [31, "PendingWindowInDays must be between 7 and 30"],
      [365, "PendingWindowInDays must be between 7 and 30"],
      [
        0,
        "1 validation error detected: Value '0' at 'pendingWindowInDays' failed to satisfy constraint: Member must have value greater than or equal to 1",
      ],
      [
        366,
        "1 validation error detected: Value '366' at 'pendingWindowInDays' failed to satisfy constraint: Member must have value less than or equal to 365",
      ],
    ];
    for (const [PendingWindowInDays, message] of windows) {
      test(`a window of ${PendingWindowInDays} days is refused`, async () => {
        const { id: KeyId } = await at.key();
        await refused(at.root.kms.scheduleKeyDeletion({ KeyId, PendingWindowInDays }), {
          code: "ValidationException",
          status: 400,
          message,
        });
        const { KeyMetadata } = await at.root.kms.describeKey({ KeyId });
        assert.equal(KeyMetadata?.KeyState, "Enabled");
      });
    }
  });
}
