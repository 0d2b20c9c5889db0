import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { userCaller } from "../../service/testing/test-deployment.ts";
import { refused } from "../testing/refusal.ts";
import { type S3Deployment, s3Deployment } from "../testing/s3-deployment.ts";

const Bucket = "bucket";
const ETAG_OF_X = '"9dd4e461268c8034f5c8564e155c67a6"';

async function filled(names: readonly string[]): Promise<S3Deployment> {
  const at = await s3Deployment();
  await at.bucket(Bucket);
  for (const name of names) await at.put(Bucket, name, "x");
  return at;
}

const several = (at: S3Deployment, Objects: readonly object[], more: object = {}) =>
  at.call("DeleteObjects", { Bucket, Delete: { Objects: Objects as never, ...more } });

describe("the deletion of an object", () => {
  test("takes it away, and is no error where there is none", async () => {
    const at = await filled([]);
    const before = await at.recordKeys();
    await at.put(Bucket, "a", "x");
    assert.deepEqual(await at.call("DeleteObject", { Bucket, Key: "a" }), {});
    assert.deepEqual(await at.call("DeleteObject", { Bucket, Key: "a" }), {});
    await refused(at.call("GetObject", { Bucket, Key: "a" }), { code: "NoSuchKey" });
    assert.deepEqual(await at.recordKeys(), before);
  });

  test("of a body on the blob store leaves the blob to the collector", async () => {
    const at = await filled([]);
    await at.put(Bucket, "large", Buffer.alloc(100_000, 1));
    const [session] = await at.blobs.sessions(undefined, 10);
    assert.ok(session !== undefined);
    await at.call("DeleteObject", { Bucket, Key: "large" });
    assert.equal((await at.blobs.list(session, undefined, 10)).length, 1);
  });

  test("may depend on the object's ETag", async () => {
    const at = await filled(["a", "b"]);
    const conditional = (Key: string, IfMatch: string) =>
      at.call("DeleteObject", { Bucket, Key, IfMatch });
    await refused(conditional("a", '"0123"'), {
      code: "PreconditionFailed",
      status: 412,
      members: { Condition: "If-Match" },
    });
    await refused(conditional("none", "*"), { code: "NoSuchKey", status: 404 });
    await conditional("a", ETAG_OF_X);
    await conditional("b", "*");
    assert.deepEqual(await at.names(Bucket), []);
  });

  test("knows one version, and needs the permission on versions for it", async () => {
    const at = await filled(["a"]);
    const user = userCaller("deleter");
    const Resource = "arn:aws:s3:::bucket/*";
    at.allow(user, { Effect: "Allow", Action: "s3:DeleteObject", Resource });
    const versioned = { Bucket, Key: "a", VersionId: "null" };
    await refused(at.call("DeleteObject", versioned, { caller: user }), { code: "AccessDenied" });
    await refused(at.call("DeleteObject", { ...versioned, VersionId: "nonsense" }), {
      code: "InvalidArgument",
      status: 400,
      message: "Invalid version id specified",
      members: { ArgumentName: "versionId", ArgumentValue: "nonsense" },
    });
    assert.deepEqual(await at.call("DeleteObject", versioned), { VersionId: "null" });
    assert.deepEqual(await at.names(Bucket), []);
  });

  test("refuses what is not built", async () => {
    const at = await filled(["a"]);
    const ask = (more: object) => at.call("DeleteObject", { Bucket, Key: "a", ...more });
    await refused(ask({ IfMatchLastModifiedTime: new Date(0), IfMatchSize: 1 }), {
      code: "NotImplemented",
      status: 501,
      members: { Header: "x-amz-if-match-last-modified-time" },
    });
    await refused(ask({ IfMatchSize: 1 }), {
      code: "NotImplemented",
      members: { Header: "x-amz-if-match-size" },
    });
    for (const BypassGovernanceRetention of [true, false]) {
      await refused(ask({ BypassGovernanceRetention }), {
        code: "InvalidArgument",
        message:
          "x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.",
      });
    }
    await refused(at.call("DeleteObject", { Bucket, Key: "k".repeat(1025) }), {
      code: "KeyTooLongError",
    });
    assert.deepEqual(await at.names(Bucket), ["a"]);
  });
});

describe("the deletion of several objects", () => {
  test("answers every name in the order asked, there or not, once or twice", async () => {
    const at = await filled(["a", "b", "c"]);
    const Objects = [{ Key: "c" }, { Key: "never" }, { Key: "a" }, { Key: "a" }];
    assert.deepEqual(await several(at, Objects), { Deleted: Objects });
    assert.deepEqual(await at.names(Bucket), ["b"]);
  });

  test("tells only of failures when it is to be quiet", async () => {
    const at = await filled(["a", "b"]);
    const Objects = [{ Key: "a" }, { Key: "b", ETag: '"0123"' }];
    assert.deepEqual(await several(at, Objects, { Quiet: true }), {
      Errors: [
        {
          Key: "b",
          Code: "PreconditionFailed",
          Message: "At least one of the pre-conditions you specified did not hold",
        },
      ],
    });
    assert.deepEqual(await several(at, [{ Key: "b" }], { Quiet: true }), {});
  });

  test("decides each name by itself", async () => {
    const at = await filled(["mine", "yours"]);
    const user = userCaller("partly");
    at.allow(user, {
      Effect: "Allow",
      Action: "s3:DeleteObject",
      Resource: "arn:aws:s3:::bucket/mine",
    });
    const Objects = [{ Key: "mine" }, { Key: "yours" }];
    const answer = await at.call(
      "DeleteObjects",
      { Bucket, Delete: { Objects } },
      { caller: user },
    );
    assert.deepEqual(answer, {
      Deleted: [{ Key: "mine" }],
      Errors: [
        {
          Key: "yours",
          Code: "AccessDenied",
          Message: `User: ${user.arn} is not authorized to perform: s3:DeleteObject on resource: "arn:aws:s3:::bucket/yours" because no identity-based policy allows the s3:DeleteObject action`,
        },
      ],
    });
    assert.deepEqual(await at.names(Bucket), ["yours"]);
  });

  test("says of a version that cannot be that there is none", async () => {
    const at = await filled(["a", "b"]);
    const answer = await several(at, [
      { Key: "a", VersionId: "nonsense" },
      { Key: "b", VersionId: "null" },
      { Key: "a", Size: 1 },
    ]);
    assert.deepEqual(answer, {
      Deleted: [{ Key: "b", VersionId: "null" }],
      Errors: [
        {
          Key: "a",
          VersionId: "nonsense",
          Code: "NoSuchVersion",
          Message: "The specified version does not exist.",
        },
        {
          Key: "a",
          Code: "NotImplemented",
          Message: "A header you provided implies functionality that is not implemented",
        },
      ],
    });
  });

  test("takes from one to a thousand names", async () => {
    const at = await filled(["a"]);
    const malformed = { code: "MalformedXML", status: 400 };
    const names = Array.from({ length: 1001 }, (_, n) => ({ Key: `k${n}` }));
    await refused(several(at, names), malformed);
    await refused(several(at, []), malformed);
    const answer = await several(at, [...names.slice(2), { Key: "a" }]);
    assert.equal((answer["Deleted"] as object[]).length, 1000);
    assert.deepEqual(await at.names(Bucket), []);
  });

  test("needs a bucket", async () => {
    const at = await s3Deployment();
    await refused(several(at, [{ Key: "a" }]), { code: "NoSuchBucket" });
  });
});
