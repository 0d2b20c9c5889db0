import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Change, space, StorageFullError } from "../records/index.ts";
import { ServiceError } from "../wire/index.ts";
import { operation, type Target } from "./operation.ts";
import type { Scope } from "./scope.ts";
import {
  ACCOUNT,
  PARTNER,
  requestInfo,
  roleCaller,
  rootCaller,
  testDeployment,
  userCaller,
} from "./testing/test-deployment.ts";

interface Counter {
  readonly count: number;
}
const counters = space<[name: string], Counter>("test-counter");
const settings = space<[name: string], { readonly limit: number }>("test-setting");

const target = (action: string, extra: Partial<Target> = {}): Target => ({
  action,
  arn: `arn:aws:kms:us-east-1:${ACCOUNT}:key/1`,
  accountId: ACCOUNT,
  resourceKind: "none",
  ...extra,
});

/** Reads a counter and writes it one higher, so that rivals must run again. */
const increment = operation({
  service: "kms",
  name: "EnableKey",
  event: { category: "management", readOnly: false },
  targets: async () => [target("kms:EnableKey")],
  async handle({ KeyId }, _targets, scope) {
    const found = await scope.store.get(counters, KeyId);
    const count = (found?.value.count ?? 0) + 1;
    const change = new Change().put(counters, [KeyId], { count });
    if (found) change.expect(found);
    else change.expectAbsent(counters, KeyId);
    return { output: { count }, change };
  },
});

const read = operation({
  service: "kms",
  name: "DescribeKey",
  event: { category: "management", readOnly: true },
  targets: async () => [target("kms:DescribeKey")],
  handle: async () => ({ output: {} }),
});

describe("a unit of work", () => {
  test("is decided again and handled again while others change what it read", async () => {
    const deployment = await testDeployment();
    const rivals = Array.from({ length: 20 }, () => deployment.run(increment, { KeyId: "a" }));
    await Promise.all(rivals);
    assert.equal((await deployment.store.get(counters, "a"))?.value.count, 20);
    assert.equal((await deployment.events()).length, 20);
  });

  test("waits for its rivals of the same queue instead of failing its check", async () => {
    const deployment = await testDeployment();
    let handled = 0;
    const queued = operation({
      ...increment,
      queue: ({ KeyId }: { KeyId: string }) => KeyId,
      handle: (...call: Parameters<typeof increment.handle>) => {
        handled += 1;
        return increment.handle(...call);
      },
    });
    const rivals = Array.from({ length: 20 }, () => deployment.run(queued, { KeyId: "a" }));
    await Promise.all(rivals);
    assert.equal(handled, 20);
  });

  test("depends on the configuration that its run saw", async () => {
    const deployment = await testDeployment();
    let runs = 0;
    const careful = operation({
      ...increment,
      async handle(input: { KeyId: string }, _targets: readonly Target[], scope: Scope) {
        runs += 1;
        const limit = await scope.view.get(settings, "limit");
        if (runs === 1) {
          const meanwhile = new Change().put(settings, ["limit"], { limit: 7 });
          await deployment.store.commit(meanwhile, deployment.session);
        }
        const count = limit?.value.limit ?? 0;
        return { output: { count }, change: new Change().put(counters, [input.KeyId], { count }) };
      },
    });
    await deployment.run(careful, { KeyId: "a" });
    assert.equal(runs, 2);
    assert.equal((await deployment.store.get(counters, "a"))?.value.count, 7);
  });

  test("that never gets through answers that the service is busy, and leaves one event", async () => {
    const deployment = await testDeployment();
    const stuck = operation({
      ...increment,
      handle: async () => ({
        output: { count: 1 },
        change: new Change()
          .put(counters, ["a"], { count: 1 })
          .expect({ key: counters.key("b"), version: 1n }),
      }),
    });
    await assert.rejects(deployment.run(stuck, { KeyId: "a" }), { code: "ThrottlingException" });
    assert.deepEqual(await deployment.events(), [
      { eventName: "EnableKey", errorCode: "ThrottlingException" },
    ]);
    assert.equal(await deployment.store.get(counters, "a"), undefined);
  });

  test("carries its event in its own commit, at dense places", async () => {
    const deployment = await testDeployment();
    await deployment.run(increment, { KeyId: "a" });
    await deployment.run(read, {});
    await assert.rejects(deployment.run(read, {}, { caller: userCaller("nobody") }));
    const blocks = await deployment.blocks();
    assert.deepEqual(
      blocks.map(({ value }) => [value.unit !== undefined, value.events.length]),
      [
        [true, 1],
        [false, 1],
        [false, 1],
      ],
    );
  });

  test("that is refused before it has an input leaves its event, or is no answer", async () => {
    const deployment = await testDeployment();
    const { dispatcher } = deployment;
    const call = { caller: userCaller("u"), request: requestInfo(deployment.clock) };
    const error = new ServiceError("ValidationException", 400, "1 validation error detected");
    assert.equal(await dispatcher.refuse(read, call, error), error);
    const [block] = await deployment.blocks();
    assert.match(String(block?.value.events[0]?.json), /ValidationException/);
    deployment.store.kv.commit = () => Promise.reject(new StorageFullError("disk"));
    const answered = await dispatcher.refuse(read, call, error);
    assert.ok(answered instanceof ServiceError);
    assert.equal(answered.code, "KMSInternalException");
  });

  test("fails when its event cannot be made durable", async () => {
    const deployment = await testDeployment();
    deployment.store.kv.commit = () => Promise.reject(new StorageFullError("disk"));
    await assert.rejects(deployment.run(read, {}), { code: "KMSInternalException" });
    await assert.rejects(deployment.run(increment, { KeyId: "a" }), {
      code: "KMSInternalException",
    });
  });

  test("finds no room for its body: the service is unavailable, and says so in its event", async () => {
    const deployment = await testDeployment();
    const full = operation({
      ...read,
      handle: () => Promise.reject(new StorageFullError("reserve")),
    });
    await assert.rejects(deployment.run(full, {}), { code: "KMSInternalException", status: 500 });
    assert.deepEqual(await deployment.events(), [
      { eventName: "DescribeKey", errorCode: "KMSInternalException" },
    ]);
  });

  test("that was committed is not cleaned up when it cannot be shown", async () => {
    const deployment = await testDeployment();
    let cleaned = false;
    const hidden = operation({
      ...increment,
      async handle(input: { KeyId: string }, targets: readonly Target[], scope: Scope) {
        scope.abandon(() => void (cleaned = true));
        return increment.handle(input, targets, scope, undefined);
      },
      present: () => {
        throw new TypeError("a bug");
      },
    });
    await assert.rejects(deployment.run(hidden, { KeyId: "a" }), TypeError);
    assert.equal(cleaned, false);
  });

  test("records a bug as an internal failure, and throws it on", async () => {
    const deployment = await testDeployment();
    const broken = operation({ ...read, handle: () => Promise.reject(new TypeError("a bug")) });
    await assert.rejects(deployment.run(broken, {}), TypeError);
    assert.deepEqual(await deployment.events(), [
      { eventName: "DescribeKey", errorCode: "InternalFailure" },
    ]);
  });
});

describe("a decision", () => {
  test("comes before what does not exist", async () => {
    const deployment = await testDeployment();
    const error = new ServiceError("NotFoundException", 400, "no such key");
    const absent = operation({
      ...read,
      targets: async () => [target("kms:DescribeKey", { absent: { error } })],
    });
    await assert.rejects(deployment.run(absent, {}), { code: "NotFoundException" });
    await assert.rejects(deployment.run(absent, {}, { caller: userCaller("nobody") }), {
      code: "AccessDeniedException",
    });
  });

  test("hides what does not exist from who may not list it", async () => {
    const deployment = await testDeployment();
    const error = new ServiceError("NoSuchKey", 404, "The specified key does not exist.");
    const visibleWith = { action: "s3:ListBucket", arn: "arn:aws:s3:::b" };
    const arn = "arn:aws:s3:::b/k";
    const head = operation({
      service: "s3",
      name: "HeadObject",
      event: { category: "data", readOnly: true },
      targets: async () => [target("s3:GetObject", { arn, absent: { error, visibleWith } })],
      handle: async () => ({ output: {} }),
    });
    const [reader, lister] = [userCaller("reader"), userCaller("lister")];
    deployment.allow(reader, { Effect: "Allow", Action: "s3:GetObject", Resource: "*" });
    deployment.allow(lister, { Effect: "Allow", Action: "s3:*", Resource: "*" });
    await assert.rejects(deployment.run(head, {}, { caller: reader }), { code: "AccessDenied" });
    await assert.rejects(deployment.run(head, {}, { caller: lister }), { code: "NoSuchKey" });
  });

  test("sees the request's conditions", async () => {
    const deployment = await testDeployment();
    const caller = userCaller("careful");
    deployment.allow(caller, {
      Effect: "Allow",
      Action: "kms:*",
      Resource: "*",
      Condition: {
        Bool: { "aws:SecureTransport": "true", "aws:ViaAWSService": "false" },
        IpAddress: { "aws:SourceIp": "192.0.2.0/24" },
        StringEquals: { "aws:username": "careful", "aws:ResourceAccount": ACCOUNT },
        DateLessThan: { "aws:CurrentTime": "2026-01-02T00:00:00Z" },
      },
    });
    await deployment.run(read, {}, { caller });
    for (const request of [{ secure: false }, { sourceIp: "198.51.100.1" }]) {
      const refused = deployment.run(read, {}, { caller, request });
      await assert.rejects(refused, { code: "AccessDeniedException" });
    }
    deployment.clock.advance(48 * 3600 * 1000);
    await assert.rejects(deployment.run(read, {}, { caller }), { code: "AccessDeniedException" });
  });

  test("needs both accounts", async () => {
    const deployment = await testDeployment();
    const caller = roleCaller("Partner", PARTNER);
    deployment.allow(caller, { Effect: "Allow", Action: "*", Resource: "*" });
    await assert.rejects(deployment.run(read, {}, { caller }), { code: "AccessDeniedException" });
    await assert.rejects(deployment.run(read, {}, { caller: rootCaller(PARTNER) }), {
      code: "AccessDeniedException",
    });
  });
});

describe("a nested call", () => {
  const calls = { targets: 0, handle: 0 };
  const generate = operation({
    service: "kms",
    name: "GenerateDataKey",
    event: { category: "management", readOnly: true },
    async targets() {
      calls.targets += 1;
      return [target("kms:GenerateDataKey")];
    },
    async handle({ KeyId }) {
      calls.handle += 1;
      return { output: { KeyId } };
    },
  });
  const put = (handle: (scope: Scope, run: number) => Promise<Change | undefined>) => {
    let run = 0;
    return operation({
      service: "s3",
      name: "PutObject",
      event: { category: "data", readOnly: false },
      targets: async () => [target("s3:PutObject", { arn: "arn:aws:s3:::b/k" })],
      async handle(_input, _targets, scope) {
        run += 1;
        const change = await handle(scope, run);
        return { output: {}, ...(change && { change }) };
      },
    });
  };
  const reset = () => Object.assign(calls, { targets: 0, handle: 0 });

  test("is decided for the caller, through the service that asks", async () => {
    const deployment = await testDeployment();
    const caller = userCaller("app");
    const nested = put(async (scope) => {
      await scope.call(generate, { KeyId: "1" });
      return undefined;
    });
    deployment.allow(caller, { Effect: "Allow", Action: "s3:*", Resource: "*" });
    await assert.rejects(deployment.run(nested, {}, { caller }), { code: "AccessDeniedException" });
    assert.deepEqual((await deployment.events()).at(-1), {
      eventName: "GenerateDataKey",
      errorCode: "AccessDeniedException",
    });
    deployment.allow(caller, {
      Effect: "Allow",
      Action: "kms:*",
      Resource: "*",
      Condition: { Bool: { "aws:ViaAWSService": "true" } },
    });
    await deployment.run(nested, {}, { caller });
    assert.deepEqual((await deployment.events()).at(-1), { eventName: "GenerateDataKey" });
  });

  test("is made and recorded once in a request, and decided in every run", async () => {
    reset();
    const deployment = await testDeployment();
    const nested = put(async (scope, run) => {
      await scope.call(generate, { KeyId: "1" });
      await scope.call(generate, { KeyId: "1" });
      const change = new Change().put(counters, ["n"], { count: run });
      return run < 3 ? change.expect({ key: counters.key("x"), version: 9n }) : change;
    });
    await deployment.run(nested, {});
    assert.deepEqual(calls, { targets: 6, handle: 1 });
    assert.equal((await deployment.events()).length, 1);
    assert.equal((await deployment.store.get(counters, "n"))?.value.count, 3);
  });

  test("that was made keeps its event when a later run refuses it", async () => {
    reset();
    const deployment = await testDeployment();
    const caller = userCaller("app");
    const own = { Effect: "Allow", Action: ["s3:*", "kms:*"], Resource: "*" };
    deployment.allow(caller, own);
    const nested = put(async (scope) => {
      await scope.call(generate, { KeyId: "1" });
      deployment.allow(caller, { Effect: "Deny", Action: "kms:*", Resource: "*" });
      const change = new Change().put(counters, ["r"], { count: 1 });
      return change.expect({ key: counters.key("x"), version: 9n });
    });
    await assert.rejects(deployment.run(nested, {}, { caller }), { code: "AccessDeniedException" });
    assert.deepEqual(await deployment.events(), [
      { eventName: "GenerateDataKey" },
      { eventName: "GenerateDataKey", errorCode: "AccessDeniedException" },
    ]);
  });

  test("is another call when its input differs", async () => {
    reset();
    const deployment = await testDeployment();
    const nested = put(async (scope) => {
      await scope.call(generate, { KeyId: "1", EncryptionContext: { a: "b" } });
      await scope.call(generate, { KeyId: "1", EncryptionContext: { a: "c" } });
      return undefined;
    });
    await deployment.run(nested, {});
    assert.equal(calls.handle, 2);
    assert.equal((await deployment.events()).length, 2);
  });

  test("that is made apart is durable before the work around it goes on", async () => {
    const deployment = await testDeployment();
    let eventsMeanwhile = 0;
    const nested = put(async (scope) => {
      await scope.callApart(generate, { KeyId: "1" });
      eventsMeanwhile = (await deployment.events()).length;
      throw new ServiceError("PreconditionFailed", 412, "no");
    });
    await assert.rejects(deployment.run(nested, {}), { code: "PreconditionFailed" });
    assert.equal(eventsMeanwhile, 1);
    assert.equal((await deployment.events()).length, 1);
  });

  test("leaves its event when the work around it fails", async () => {
    const deployment = await testDeployment();
    const nested = put(async (scope) => {
      await scope.call(generate, { KeyId: "1" });
      throw new ServiceError("PreconditionFailed", 412, "no");
    });
    await assert.rejects(deployment.run(nested, {}), { code: "PreconditionFailed" });
    assert.deepEqual(await deployment.events(), [{ eventName: "GenerateDataKey" }]);
  });
});

describe("a batch", () => {
  test("decides and commits each item by itself", async () => {
    const deployment = await testDeployment();
    const caller = userCaller("half");
    const removeOne = operation({
      service: "s3",
      name: "DeleteObject",
      event: { category: "part", readOnly: false },
      targets: async ({ Key }) => [target("s3:DeleteObject", { arn: `arn:aws:s3:::b/${Key}` })],
      handle: async ({ Key }) => ({
        output: {},
        change: new Change().put(counters, [Key], { count: 1 }),
      }),
    });
    const batch = operation({
      service: "s3",
      name: "DeleteObjects",
      event: { category: "data", readOnly: false },
      targets: async () => [],
      async handle({ Bucket, Delete }, _targets, scope) {
        const inputs = (Delete?.Objects ?? []).map(({ Key }) => ({ Bucket, Key }));
        const results = await scope.each(removeOne, inputs);
        return { output: { Errors: results.map(({ error }) => ({ Code: error?.code ?? "" })) } };
      },
    });
    deployment.allow(caller, {
      Effect: "Allow",
      Action: "s3:DeleteObject",
      Resource: "arn:aws:s3:::b/mine*",
    });
    const Objects = [{ Key: "mine1" }, { Key: "other" }, { Key: "mine2" }];
    const input = { Bucket: "b", Delete: { Objects } };
    const output = await deployment.run<object>(batch, input, { caller });
    assert.deepEqual(output, { Errors: [{ Code: "" }, { Code: "AccessDenied" }, { Code: "" }] });
    assert.ok(await deployment.store.get(counters, "mine2"));
    assert.equal(await deployment.store.get(counters, "other"), undefined);
  });
});

test("what a request holds is released last come, first released, also when it fails", async () => {
  const deployment = await testDeployment();
  const released: string[] = [];
  const holding = operation({
    ...read,
    async handle(_input: object, _targets: readonly Target[], scope: Scope) {
      scope.defer(() => void released.push("first"));
      scope.defer(() => void released.push("second"));
      throw new ServiceError("X", 400, "x");
    },
  });
  await assert.rejects(deployment.run(holding, {}));
  assert.deepEqual(released, ["second", "first"]);
});
