import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bucketNameSpace, Change } from "../records/index.ts";
import { operation, type Scope } from "../service/index.ts";
import { ACCOUNT, REGION, rootCaller, userCaller } from "../service/testing/test-deployment.ts";
import { createDataKeys } from "./data-keys.ts";
import { kmsDeployment } from "./testing/kms-deployment.ts";

const context = { "aws:s3:arn": "arn:aws:s3:::bucket/key" };

async function deployment() {
  const tested = await kmsDeployment();
  const dataKeys = createDataKeys(tested.services);
  /** Runs `work` as the handler of an S3 call. */
  const inS3 = async <T>(work: (scope: Scope) => Promise<T>, caller = rootCaller()): Promise<T> => {
    let result: T | undefined;
    const call = operation({
      service: "s3",
      name: "HeadBucket",
      event: { category: "management", readOnly: true },
      targets: async () => [],
      async handle(_input, _targets, scope) {
        result = await work(scope);
        return { output: {} };
      },
    });
    await tested.run(call, {}, { caller });
    return result as T;
  };
  const newKey = async () => (await tested.newKey()).arn;
  const run: typeof tested.run = (...parameters) => tested.run(...parameters);
  return { ...tested, run, dataKeys, inS3, newKey };
}

describe("data keys for other services", () => {
  test("what was generated decrypts to the same key", async () => {
    const { dataKeys, inS3, newKey } = await deployment();
    const keyId = await newKey();
    await inS3(async (scope) => {
      const made = await dataKeys.generate(scope, { keyId, context, life: "request" });
      const { ciphertext } = made;
      const back = await dataKeys.decrypt(scope, { ciphertext, context, life: "request" });
      assert.deepEqual(back.key.expose(), made.key.expose());
      assert.equal(back.keyArn, keyId);
      assert.equal(back.materialId, made.materialId);
    });
  });

  test("a key for the request is wiped with it, a kept one is its caller's", async () => {
    const { dataKeys, inS3, newKey } = await deployment();
    const keyId = await newKey();
    const [request, kept] = await inS3(async (scope) => [
      await dataKeys.generate(scope, { keyId, context, life: "request" }),
      await dataKeys.generate(scope, { keyId, context, life: "kept" }),
    ]);
    assert.throws(() => request?.key.expose());
    assert.equal(kept?.key.expose().length, 32);
  });

  test("the AWS managed key is made once, at its first use", async () => {
    const { dataKeys, inS3, records } = await deployment();
    const first = await inS3((scope) => dataKeys.managedS3Key(scope));
    assert.match(first, new RegExp(`^arn:aws:kms:${REGION}:${ACCOUNT}:key/`));
    assert.equal(await inS3((scope) => dataKeys.managedS3Key(scope)), first);
    const names = (await records()).map(({ eventName }) => eventName);
    assert.equal(names.filter((name) => name === "CreateKey").length, 1);
  });

  test("a user without any KMS permission uses the AWS managed key through S3", async () => {
    const { dataKeys, inS3 } = await deployment();
    const made = await inS3(
      async (scope) => dataKeys.generate(scope, { keyId: "alias/aws/s3", context, life: "kept" }),
      userCaller("alice"),
    );
    assert.equal(made.key.length, 32);
  });

  test("a use is decided anew and leaves no event unless it is refused", async () => {
    const { dataKeys, inS3, newKey, records } = await deployment();
    const keyId = await newKey();
    const use = (scope: Scope) => dataKeys.use(scope, { keyId, action: "Decrypt", context });
    const { materialId } = await inS3(use);
    assert.match(materialId, /^[0-9a-f]{64}$/);
    assert.ok(!(await records()).some(({ eventName }) => eventName === "Decrypt"));
    await assert.rejects(inS3(use, userCaller("mallory")), { code: "AccessDeniedException" });
    const refused = (await records()).filter(({ eventName }) => eventName === "Decrypt");
    assert.deepEqual(
      refused.map(({ errorCode }) => errorCode),
      ["AccessDenied"],
    );
  });

  test("a disabled key is refused at the next use", async () => {
    const { dataKeys, inS3, newKey, call } = await deployment();
    const keyId = await newKey();
    const asked = { keyId, action: "GenerateDataKey", context } as const;
    await inS3((scope) => dataKeys.use(scope, asked));
    await call("DisableKey", { KeyId: keyId });
    const disabled = { code: "DisabledException", message: `${keyId} is disabled.` };
    await assert.rejects(
      inS3((scope) => dataKeys.use(scope, asked)),
      disabled,
    );
    const generate = (scope: Scope) => dataKeys.generate(scope, { keyId, context, life: "kept" });
    await assert.rejects(inS3(generate), disabled);
  });

  for (const way of ["generate", "use"] as const) {
    test(`a key that is disabled before the commit is refused to the next run: ${way}`, async () => {
      const { dataKeys, newKey, call, run } = await deployment();
      const keyId = await newKey();
      let runs = 0;
      const writing = operation({
        service: "s3",
        name: "CreateBucket",
        event: { category: "management", readOnly: false },
        targets: async () => [],
        async handle(_input, _targets, scope) {
          runs += 1;
          if (way === "use") await dataKeys.use(scope, { keyId, action: "Decrypt", context });
          else await dataKeys.generate(scope, { keyId, context, life: "request" });
          if (runs === 1) await call("DisableKey", { KeyId: keyId });
          const record = { bucketId: "id", accountId: ACCOUNT, region: REGION };
          return { output: {}, change: new Change().put(bucketNameSpace, ["bucket"], record) };
        },
      });
      await assert.rejects(run(writing, {}), { code: "DisabledException" });
      assert.equal(runs, 2);
    });
  }

  test("a rotation shows in the next use", async () => {
    const { dataKeys, inS3, newKey, call } = await deployment();
    const keyId = await newKey();
    const use = (scope: Scope) =>
      dataKeys.use(scope, { keyId, action: "GenerateDataKey", context });
    const before = await inS3(use);
    await call("RotateKeyOnDemand", { KeyId: keyId });
    const after = await inS3(use);
    assert.equal(after.keyArn, before.keyArn);
    assert.notEqual(after.materialId, before.materialId);
  });

  test("events say who asked and through which service", async () => {
    const { dataKeys, inS3, newKey, records } = await deployment();
    const keyId = await newKey();
    await inS3(async (scope) => {
      const { ciphertext } = await dataKeys.generate(scope, { keyId, context, life: "request" });
      await dataKeys.decrypt(scope, { ciphertext, context, life: "kept" });
    });
    const made = (await records()).filter(({ eventName }) =>
      ["GenerateDataKey", "Decrypt"].includes(String(eventName)),
    );
    const through = {
      userIdentity: { type: "Root", invokedBy: "fas.s3.amazonaws.com" },
      sourceIPAddress: "fas.s3.amazonaws.com",
    };
    assert.partialDeepStrictEqual(
      made.toSorted((a, b) => (String(a["eventName"]) < String(b["eventName"]) ? 1 : -1)),
      [
        {
          eventName: "GenerateDataKey",
          requestParameters: { keyId, keySpec: "AES_256" },
          ...through,
        },
        { eventName: "Decrypt", requestParameters: { encryptionContext: context }, ...through },
      ],
    );
  });

  test("kms:ViaService lets a caller use a key through S3 only", async () => {
    const { dataKeys, inS3, newKey, call, allow } = await deployment();
    const keyId = await newKey();
    const alice = userCaller("alice");
    allow(alice, {
      Effect: "Allow",
      Action: "kms:GenerateDataKey",
      Resource: "*",
      Condition: { StringEquals: { "kms:ViaService": `s3.${REGION}.amazonaws.com` } },
    });
    const generate = (scope: Scope) => dataKeys.generate(scope, { keyId, context, life: "kept" });
    assert.equal((await inS3(generate, alice)).key.length, 32);
    const direct = call("GenerateDataKey", { KeyId: keyId, KeySpec: "AES_256" }, { caller: alice });
    await assert.rejects(direct, { code: "AccessDeniedException" });
  });
});
