import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DAY_MS } from "../base/index.ts";
import {
  Change,
  epochDueSpace,
  kmsAliasSpace,
  kmsDueSpace,
  kmsKeyPolicySpace,
  kmsKeySpace,
  kmsMaterialSpace,
  kmsRotationSpace,
} from "../records/index.ts";
import { ACCOUNT, REGION } from "../service/testing/test-deployment.ts";
import { destroyDueKeys, rotateDueKeys } from "./jobs.ts";
import { codeOf, kmsDeployment, type KmsDeployment } from "./testing/kms-deployment.ts";

const Plaintext = Buffer.from("text");

interface Rotations {
  readonly Rotations: readonly { readonly RotationType: string; readonly RotationDate: Date }[];
}

describe("automatic rotation", () => {
  test("happens when its day has come, once, and is recorded", async () => {
    const { call, newKey, clock, jobContext, records } = await kmsDeployment();
    const { id: KeyId, arn } = await newKey();
    const other = await newKey();
    await call("EnableKeyRotation", { KeyId, RotationPeriodInDays: 90 });
    const sealed = await call("Encrypt", { KeyId, Plaintext });
    clock.advance(90 * DAY_MS - 1);
    assert.equal(await rotateDueKeys(jobContext()), 0);
    clock.advance(1);
    const before = await materialOf(call, KeyId);
    assert.equal(await rotateDueKeys(jobContext()), 1);
    assert.equal(await rotateDueKeys(jobContext()), 0);
    const after = await materialOf(call, KeyId);
    assert.notEqual(after, before);
    const opened = await call("Decrypt", { CiphertextBlob: sealed["CiphertextBlob"] });
    assert.deepEqual(opened["Plaintext"], Plaintext);
    const { Rotations } = await call<Rotations>("ListKeyRotations", { KeyId });
    assert.deepEqual(
      Rotations.map(({ RotationType, RotationDate }) => [RotationType, RotationDate]),
      [["AUTOMATIC", clock.now()]],
    );
    const status = await call("GetKeyRotationStatus", { KeyId });
    const next = new Date(clock.now().getTime() + 90 * DAY_MS);
    assert.deepEqual(status["NextRotationDate"], next);
    const events = (await records()).filter(({ eventName }) => eventName === "RotateKey");
    assert.partialDeepStrictEqual(events, [
      {
        eventType: "AwsServiceEvent",
        serviceEventDetails: {
          rotationType: "AUTOMATIC",
          keyOrigin: "AWS_KMS",
          previousKeyMaterialId: before,
          currentKeyMaterialId: after,
          keyId: arn,
        },
      },
    ]);
    const untouched = await call<Rotations>("ListKeyRotations", { KeyId: other.id });
    assert.deepEqual(untouched.Rotations, []);
  });

  test("waits for a disabled key, and is made up for when it is enabled", async () => {
    const { call, newKey, clock, jobContext } = await kmsDeployment();
    const { id: KeyId } = await newKey();
    await call("EnableKeyRotation", { KeyId });
    await call("DisableKey", { KeyId });
    clock.advance(400 * DAY_MS);
    assert.equal(await rotateDueKeys(jobContext()), 0);
    await call("EnableKey", { KeyId });
    assert.equal(await rotateDueKeys(jobContext()), 1);
  });

  test("is close: no rotation on demand twenty minutes before", async () => {
    const { call, newKey, clock } = await kmsDeployment();
    const { id: KeyId } = await newKey();
    await call("EnableKeyRotation", { KeyId, RotationPeriodInDays: 90 });
    clock.advance(90 * DAY_MS - 19 * 60_000);
    assert.equal(await codeOf(call("RotateKeyOnDemand", { KeyId })), "ConflictException");
  });
});

describe("the end of a key's window", () => {
  test("destroys all there is of the key, and asks for a change of epoch with it", async () => {
    const deployment = await kmsDeployment({ keysMax: 2 });
    const { call, newKey, clock, jobContext, services, store, records } = deployment;
    const { id: KeyId, arn } = await newKey();
    const kept = await newKey();
    await call("CreateAlias", { AliasName: "alias/app", TargetKeyId: KeyId });
    await call("TagResource", { KeyId, Tags: [{ TagKey: "a", TagValue: "b" }] });
    await call("RotateKeyOnDemand", { KeyId });
    await call("EnableKeyRotation", { KeyId });
    const { CiphertextBlob } = await call("Encrypt", { KeyId, Plaintext });
    await call("ScheduleKeyDeletion", { KeyId, PendingWindowInDays: 7 });
    clock.advance(7 * DAY_MS - 1);
    assert.equal(await destroyDueKeys(jobContext(), services), 0);
    assert.equal(await store.get(epochDueSpace, "current"), undefined);
    clock.advance(1);
    assert.equal(await destroyDueKeys(jobContext(), services), 1);
    assert.equal(await destroyDueKeys(jobContext(), services), 0);

    assert.equal(services.materials.size, 0);
    const due = await store.get(epochDueSpace, "current");
    assert.deepEqual(due?.value, { since: clock.now().getTime() });
    for (const space of [
      kmsKeySpace,
      kmsKeyPolicySpace,
      kmsMaterialSpace,
      kmsRotationSpace,
      kmsAliasSpace,
      kmsDueSpace,
    ]) {
      const left = await Array.fromAsync(store.all(space as never, space.under()));
      assert.ok(!left.some(({ key }) => key.includes(KeyId)), space.name);
    }
    await assert.rejects(call("DescribeKey", { KeyId }), {
      message: `Key '${arn}' does not exist`,
    });
    assert.equal(await codeOf(call("DescribeKey", { KeyId: "alias/app" })), "NotFoundException");
    assert.equal(await codeOf(call("Decrypt", { CiphertextBlob })), "AccessDeniedException");
    assert.equal(await codeOf(call("DescribeKey", { KeyId: kept.id })), "ok");
    const events = (await records()).filter(({ eventName }) => eventName === "DeleteKey");
    assert.partialDeepStrictEqual(events, [
      { eventType: "AwsServiceEvent", resources: [{ ARN: arn, type: "AWS::KMS::Key" }] },
    ]);
    // Its place in the quota is free again.
    assert.equal(await codeOf(call("CreateKey", {})), "ok");
    assert.equal(await codeOf(call("CreateKey", {})), "LimitExceededException");
  });

  test("spares a key whose deletion was cancelled", async () => {
    const { call, newKey, clock, jobContext, services } = await kmsDeployment();
    const { id: KeyId } = await newKey();
    await call("ScheduleKeyDeletion", { KeyId, PendingWindowInDays: 7 });
    await call("CancelKeyDeletion", { KeyId });
    clock.advance(30 * DAY_MS);
    assert.equal(await destroyDueKeys(jobContext(), services), 0);
    assert.equal(await codeOf(call("EnableKey", { KeyId })), "ok");
  });

  test("a key that was changed under the job's hands is left as it then is", async () => {
    const { call, newKey, clock, jobContext, services, store } = await kmsDeployment();
    const { id: KeyId } = await newKey();
    await call("ScheduleKeyDeletion", { KeyId, PendingWindowInDays: 7 });
    clock.advance(7 * DAY_MS);
    const context = jobContext();
    const cancelling = {
      ...context,
      commit: async (...parameters: Parameters<typeof context.commit>) => {
        await call("CancelKeyDeletion", { KeyId });
        return context.commit(...parameters);
      },
    };
    assert.equal(await destroyDueKeys(cancelling, services), 0);
    assert.equal(await codeOf(call("EnableKey", { KeyId })), "ok");
    assert.equal(await store.get(epochDueSpace, "current"), undefined);
  });

  test("a row of the index that is not the key's own destroys nothing", async () => {
    const { call, newKey, clock, jobContext, services, store, session } = await kmsDeployment();
    const { id: KeyId } = await newKey();
    await call("ScheduleKeyDeletion", { KeyId, PendingWindowInDays: 30 });
    const early = BigInt(clock.now().getTime() + DAY_MS);
    const row = ["delete", early, ACCOUNT, REGION, KeyId] as const;
    await store.commit(new Change().put(kmsDueSpace, [...row], {}), session);
    clock.advance(7 * DAY_MS);
    assert.equal(await destroyDueKeys(jobContext(), services), 0);
    assert.equal(await codeOf(call("CancelKeyDeletion", { KeyId })), "ok");
  });

  test("what was not committed is due again", async () => {
    const { call, newKey, clock, jobContext, services } = await kmsDeployment();
    const { id: KeyId } = await newKey();
    await call("ScheduleKeyDeletion", { KeyId, PendingWindowInDays: 7 });
    clock.advance(7 * DAY_MS);
    assert.equal(
      await destroyDueKeys(
        jobContext(() => true),
        services,
      ),
      0,
    );
    assert.equal(await destroyDueKeys(jobContext(), services), 1);
  });

  test("one key that cannot be dealt with does not hold up the others", async () => {
    const { call, newKey, clock, jobContext, services } = await kmsDeployment();
    for (const { id: KeyId } of [await newKey(), await newKey()]) {
      await call("ScheduleKeyDeletion", { KeyId, PendingWindowInDays: 7 });
    }
    clock.advance(7 * DAY_MS);
    let commits = 0;
    const context = jobContext(() => {
      commits += 1;
      if (commits === 1) throw new Error("the disk is in a bad mood");
      return false;
    });
    assert.equal(await destroyDueKeys(context, services), 1);
    assert.equal(await destroyDueKeys(jobContext(), services), 1);
  });
});

async function materialOf(call: KmsDeployment["call"], KeyId: string): Promise<string> {
  const { KeyMetadata } = await call<{ KeyMetadata: { CurrentKeyMaterialId: string } }>(
    "DescribeKey",
    { KeyId },
  );
  return KeyMetadata.CurrentKeyMaterialId;
}
