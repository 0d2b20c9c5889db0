import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Deployment } from "../../support/deployment.ts";
import { inTurn, numbers, until } from "../../support/in-turn.ts";
import { refused } from "../../support/refusal.ts";

const dayMs = 86_400_000;

export function kmsRotation(at: Deployment): void {
  const material = async (KeyId: string) =>
    (await at.root.kms.describeKey({ KeyId })).KeyMetadata?.CurrentKeyMaterialId ?? "";
  const rotate = async (KeyId: string) => {
    const before = await material(KeyId);
    await at.root.kms.rotateKeyOnDemand({ KeyId });
    return until("the key has new material", async () => {
      const now = await material(KeyId);
      return now === before ? undefined : now;
    });
  };

  describe("KMS rotation", () => {
    test("a new key does not rotate", async () => {
      const { id: KeyId, arn } = await at.key();
      const { $metadata: _, ...status } = await at.root.kms.getKeyRotationStatus({ KeyId });
      assert.deepEqual(status, { KeyId: arn, KeyRotationEnabled: false });
    });

    for (const period of [undefined, 90, 2560]) {
      test(`rotation every ${period ?? "default"} days is shown with its next date`, async () => {
        const { id: KeyId, arn } = await at.key();
        await at.root.kms.enableKeyRotation({
          KeyId,
          ...(period === undefined ? {} : { RotationPeriodInDays: period }),
        });
        const status = await at.root.kms.getKeyRotationStatus({ KeyId });
        const { $metadata: _, NextRotationDate, ...rest } = status;
        const days = period ?? 365;
        assert.deepEqual(rest, {
          KeyId: arn,
          KeyRotationEnabled: true,
          RotationPeriodInDays: days,
        });
        assert.ok(Math.abs(Number(NextRotationDate) - Date.now() - days * dayMs) < 120_000);
      });
    }

    test("enabling again changes the period, disabling ends it", async () => {
      const { id: KeyId, arn } = await at.key();
      await at.root.kms.enableKeyRotation({ KeyId, RotationPeriodInDays: 180 });
      await at.root.kms.enableKeyRotation({ KeyId, RotationPeriodInDays: 200 });
      const enabled = await at.root.kms.getKeyRotationStatus({ KeyId });
      assert.equal(enabled.RotationPeriodInDays, 200);
      await at.root.kms.disableKeyRotation({ KeyId });
      const { $metadata: _, ...disabled } = await at.root.kms.getKeyRotationStatus({ KeyId });
      assert.deepEqual(disabled, { KeyId: arn, KeyRotationEnabled: false });
    });

    test("a disabled key keeps its rotation, a key pending deletion shows none until cancelled", async () => {
      const { id: KeyId } = await at.key();
      const enabled = async () =>
        (await at.root.kms.getKeyRotationStatus({ KeyId })).KeyRotationEnabled;
      await at.root.kms.enableKeyRotation({ KeyId });
      await at.root.kms.disableKey({ KeyId });
      assert.equal(await enabled(), true);
      await at.root.kms.scheduleKeyDeletion({ KeyId });
      assert.equal(await enabled(), false);
      await at.root.kms.cancelKeyDeletion({ KeyId });
      assert.equal(await enabled(), true);
    });

    const periods: [number, string][] = [
      [89, "greater than or equal to 90"],
      [2561, "less than or equal to 2560"],
    ];
    for (const [RotationPeriodInDays, constraint] of periods) {
      test(`a period of ${RotationPeriodInDays} days is refused`, async () => {
        const { id: KeyId } = await at.key();
        await refused(at.root.kms.enableKeyRotation({ KeyId, RotationPeriodInDays }), {
          code: "ValidationException",
          status: 400,
          message: `1 validation error detected: Value '${RotationPeriodInDays}' at 'rotationPeriodInDays' failed to satisfy constraint: Member must have value ${constraint}`,
        });
      });
    }

    test("rotation on demand makes new material and keeps the old", async () => {
      const { id: KeyId, arn } = await at.key();
      const first = await material(KeyId);
      const old = await at.root.kms.encrypt({ KeyId, Plaintext: Buffer.from("old") });
      const answer = await at.root.kms.rotateKeyOnDemand({ KeyId });
      assert.equal(answer.KeyId, arn);
      const second = await until("the key has new material", async () => {
        const now = await material(KeyId);
        return now === first ? undefined : now;
      });

      const made = await at.root.kms.generateDataKey({ KeyId, KeySpec: "AES_256" });
      assert.equal(made.KeyMaterialId, second);
      const opened = await at.root.kms.decrypt({ CiphertextBlob: old.CiphertextBlob });
      assert.equal(Buffer.from(opened.Plaintext ?? []).toString(), "old");
      assert.equal(opened.KeyMaterialId, first);

      const { Rotations, Truncated } = await at.root.kms.listKeyRotations({ KeyId });
      assert.equal(Truncated, false);
      const [{ RotationDate, ...rotation } = {}, ...rest] = Rotations ?? [];
      assert.deepEqual(rest, []);
      assert.ok(Math.abs(Number(RotationDate) - Date.now()) < 60_000);
      assert.deepEqual(rotation, {
        KeyId,
        KeyMaterialId: second,
        KeyMaterialState: "CURRENT",
        RotationType: "ON_DEMAND",
      });

      const every = await at.root.kms.listKeyRotations({
        KeyId,
        IncludeKeyMaterial: "ALL_KEY_MATERIAL",
      });
      const initial = every.Rotations?.find((entry) => entry.KeyMaterialId === first);
      assert.equal(every.Rotations?.length, 2);
      assert.equal(initial?.KeyMaterialState, "NON_CURRENT");
      assert.equal(initial.RotationType, undefined);
    });

    test("rotation on demand does not move the automatic schedule", async () => {
      const { id: KeyId } = await at.key();
      await at.root.kms.enableKeyRotation({ KeyId, RotationPeriodInDays: 100 });
      const before = await at.root.kms.getKeyRotationStatus({ KeyId });
      await rotate(KeyId);
      const after = await at.root.kms.getKeyRotationStatus({ KeyId });
      assert.deepEqual(after.NextRotationDate, before.NextRotationDate);
    });

    test("twenty-five rotations on demand are the limit, and every old ciphertext opens", async () => {
      const { id: KeyId, arn } = await at.key();
      const ciphertexts = await inTurn(numbers(25), async (round) => {
        const made = await at.root.kms.encrypt({ KeyId, Plaintext: Buffer.from(`round ${round}`) });
        await rotate(KeyId);
        return made.CiphertextBlob;
      });
      await refused(at.root.kms.rotateKeyOnDemand({ KeyId }), {
        code: "LimitExceededException",
        status: 400,
        message: `The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: ${arn}`,
      });
      await inTurn(ciphertexts, async (CiphertextBlob, round) => {
        const { Plaintext } = await at.root.kms.decrypt({ CiphertextBlob });
        assert.equal(Buffer.from(Plaintext ?? []).toString(), `round ${round}`);
      });
      const page = await at.root.kms.listKeyRotations({ KeyId, Limit: 20 });
      assert.equal(page.Rotations?.length, 20);
      assert.equal(page.Truncated, true);
      const next = await at.root.kms.listKeyRotations({
        KeyId,
        Limit: 20,
        Marker: page.NextMarker,
      });
      assert.equal(next.Rotations?.length, 5);
      assert.equal(next.Truncated, false);
    });
  });
}
