import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { operation, type Scope } from "../service/index.ts";
import {
  ACCOUNT,
  REGION,
  rootCaller,
  testDeployment,
  userCaller,
} from "../service/testing/test-deployment.ts";
import { createDataKeys } from "./data-keys.ts";
import { createKmsServices } from "./operation.ts";
import { createKey } from "./operations/create-key.ts";

const context = { "aws:s3:arn": "arn:aws:s3:::bucket/key" };

async function deployment() {
  const tested = await testDeployment();
  const services = createKmsServices({ clock: tested.clock });
  const dataKeys = createDataKeys(services);
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
    await tested.run(call as never, {}, { caller });
    return result as T;
  };
  const newKey = async () => {
    const { KeyMetadata } = await tested.run<{ KeyMetadata: { Arn: string } }>(
      createKey(services) as never,
      {},
    );
    return KeyMetadata.Arn;
  };
  return { ...tested, services, dataKeys, inS3, newKey };
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
    const { dataKeys, inS3, events } = await deployment();
    const first = await inS3((scope) => dataKeys.managedS3Key(scope));
    assert.match(first, new RegExp(`^arn:aws:kms:${REGION}:${ACCOUNT}:key/`));
    assert.equal(await inS3((scope) => dataKeys.managedS3Key(scope)), first);
    const names = (await events()).map(({ eventName }) => eventName);
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
    const { dataKeys, inS3, newKey, events } = await deployment();
    const keyId = await newKey();
    const use = (scope: Scope) => dataKeys.use(scope, { keyId, action: "Decrypt", context });
    const { materialId } = await inS3(use);
    assert.match(materialId, /^[0-9a-f]{64}$/);
    assert.ok(!(await events()).some(({ eventName }) => eventName === "Decrypt"));
    await assert.rejects(inS3(use, userCaller("mallory")), { code: "AccessDeniedException" });
    const refused = (await events()).filter(({ eventName }) => eventName === "Decrypt");
    assert.deepEqual(
      refused.map(({ errorCode }) => errorCode),
      ["AccessDeniedException"],
    );
  });
});
