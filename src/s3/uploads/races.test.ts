import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Change, uploadSpace } from "../../records/index.ts";
import { ServiceError } from "../../wire/index.ts";
import { collect } from "../testing/collect.ts";
import { refused } from "../testing/refusal.ts";
import { type S3Deployment, s3Deployment } from "../testing/s3-deployment.ts";
import { makeUnsteady } from "../testing/unsteady-kv.ts";
import { type Began, begin, complete, type Named, part } from "../testing/uploads.ts";

const turns = fc.array(fc.nat(6), { minLength: 1, maxLength: 12 });
const RUNS = { numRuns: 30 };

interface Started {
  readonly at: S3Deployment;
  readonly upload: Began;
  readonly parts: readonly Named[];
  /** What the store held before any object. */
  readonly empty: readonly string[];
}

async function started(order: readonly number[]): Promise<Started> {
  const at = await s3Deployment();
  await at.bucket();
  // The S3-managed key and the like are made by the first write.
  await at.put("bucket", "other");
  await at.call("DeleteObject", { Bucket: "bucket", Key: "other" });
  const empty = await at.recordKeys();
  const upload = await begin(at);
  const parts = [await part(at, upload, 1, "early")];
  makeUnsteady(at.kv, order);
  return { at, upload, parts, empty };
}

/** The code that a call was refused with; undefined: it succeeded. */
async function outcome(call: Promise<unknown>): Promise<string | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    assert.ok(error instanceof ServiceError, String(error));
    return error.code;
  }
}

const read = async (at: S3Deployment): Promise<string> =>
  String((await at.call("GetObject", { Bucket: "bucket", Key: "big" })).Body);

/** Whatever happened: with the object gone and the trash out, nothing is left. */
async function leavesNothing({ at, empty }: Started): Promise<void> {
  await at.call("DeleteObject", { Bucket: "bucket", Key: "big" });
  await collect(at);
  assert.deepEqual(await at.recordKeys(), empty);
  for (const session of await at.blobs.sessions(undefined, 10)) {
    assert.deepEqual(await at.blobs.list(session, undefined, 10), []);
  }
}

function race(name: string, meet: (started: Started) => Promise<void>): void {
  test(name, async () => {
    await fc.assert(
      fc.asyncProperty(turns, async (order) => {
        const all = await started(order);
        await meet(all);
        await leavesNothing(all);
      }),
      RUNS,
    );
  });
}

describe("at once", () => {
  race("a part and a completion: the object is of the parts that it names", async (all) => {
    const { at, upload, parts } = all;
    const [late, completed] = await Promise.all([
      outcome(part(at, upload, 1, "late".repeat(20_000))),
      outcome(complete(at, upload, parts)),
    ]);
    if (completed === undefined) {
      assert.equal(await read(at), "early");
      assert.ok(["NoSuchUpload", "OperationAborted"].includes(late ?? ""));
    } else {
      assert.deepEqual([completed, late], ["InvalidPart", undefined]);
      assert.equal(await outcome(at.call("AbortMultipartUpload", upload)), undefined);
    }
  });

  race("two completions: both answer the one object", async ({ at, upload, parts }) => {
    const [one, two] = await Promise.all([
      complete(at, upload, parts),
      complete(at, upload, parts),
    ]);
    assert.deepEqual(one, two);
    assert.equal(await read(at), "early");
  });

  race("a completion and an abort: one of them", async ({ at, upload, parts }) => {
    const [aborted, completed] = await Promise.all([
      outcome(at.call("AbortMultipartUpload", upload)),
      outcome(complete(at, upload, parts)),
    ]);
    assert.notEqual(aborted, completed);
    assert.equal(aborted ?? completed, "NoSuchUpload");
    assert.equal((await at.names("bucket")).length, completed === undefined ? 1 : 0);
  });

  race(
    "a completion and a put: the object is one of them, whole",
    async ({ at, upload, parts }) => {
      const body = "put".repeat(20_000);
      await Promise.all([complete(at, upload, parts), at.put("bucket", "big", body)]);
      assert.ok(["early", body].includes(await read(at)));
    },
  );

  race("a completion and a deletion: nothing half", async ({ at, upload, parts }) => {
    await at.put("bucket", "big", "before");
    await Promise.all([
      complete(at, upload, parts),
      at.call("DeleteObject", { Bucket: "bucket", Key: "big" }),
    ]);
    const names = await at.names("bucket");
    if (names.length > 0) assert.equal(await read(at), "early");
  });

  race("completions that fail and one that does not", async ({ at, upload, parts }) => {
    const wrong = [{ PartNumber: 1, ETag: '"0123456789abcdef0123456789abcdef"' }];
    const [failed, completed] = await Promise.all([
      outcome(complete(at, upload, wrong)),
      outcome(complete(at, upload, parts)),
    ]);
    // Once the object is there, completing it again answers the same whatever is named.
    assert.equal(failed ?? "InvalidPart", "InvalidPart");
    assert.equal(completed, undefined);
    assert.equal(await read(at), "early");
  });
});

/** Lets something else happen between the decision of the next call and its commit. */
function beforeCommit({ at }: Started, meanwhile: () => Promise<unknown>): void {
  const commit = at.kv.commit.bind(at.kv);
  let waits = true;
  at.kv.commit = async (changes) => {
    if (waits) {
      waits = false;
      await meanwhile();
    }
    return commit(changes);
  };
}

describe("decided before", () => {
  test("a completion, an abort takes nothing from the object", async () => {
    const all = await started([0]);
    const { at, upload, parts } = all;
    beforeCommit(all, () => complete(at, upload, parts));
    await refused(at.call("AbortMultipartUpload", upload), { code: "NoSuchUpload" });
    await collect(at);
    assert.equal(await read(at), "early");
    await leavesNothing(all);
  });

  test("an abort, a part leaves nothing behind", async () => {
    const all = await started([0]);
    const { at, upload } = all;
    beforeCommit(all, () => at.call("AbortMultipartUpload", upload));
    await refused(part(at, upload, 2, "x".repeat(100_000)), { code: "NoSuchUpload" });
    await leavesNothing(all);
  });
});

describe("a completion that a crash broke off", () => {
  const broken = async () => {
    const all = await started([0]);
    const { at } = all;
    for await (const found of at.store.all(uploadSpace, uploadSpace.under())) {
      const change = new Change();
      change.puts.push({
        space: uploadSpace,
        key: found.key,
        value: { ...found.value, state: "completing" },
      });
      await at.store.commit(change, at.session);
    }
    return all;
  };

  test("takes no more parts, and is taken up by the next", async () => {
    const all = await broken();
    const { at, upload, parts } = all;
    await refused(part(at, upload, 2, "more"), {
      code: "OperationAborted",
      status: 409,
      message:
        "A conflicting conditional operation is currently in progress against this resource. Please try again.",
    });
    await complete(at, upload, parts);
    assert.equal(await read(at), "early");
    await leavesNothing(all);
  });

  test("is opened again by one that fails", async () => {
    const { at, upload } = await broken();
    const none = [{ PartNumber: 9, ETag: '"0123456789abcdef0123456789abcdef"' }];
    await refused(complete(at, upload, none), { code: "InvalidPart" });
    const two = await part(at, upload, 2, "more");
    await complete(at, upload, [two]);
    assert.equal(await read(at), "more");
  });

  test("is ended by an abort", async () => {
    const all = await broken();
    await all.at.call("AbortMultipartUpload", all.upload);
    await leavesNothing(all);
  });
});
