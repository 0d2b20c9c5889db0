import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { userCaller } from "../../service/testing/test-deployment.ts";
import { encodePageToken } from "../listing/page-token.ts";
import { refused } from "../testing/refusal.ts";
import { type Reply, type S3Deployment, s3Deployment } from "../testing/s3-deployment.ts";

const BOTH = ["ListObjects", "ListObjectsV2"] as const;

async function filled(names: readonly string[]): Promise<S3Deployment> {
  const at = await s3Deployment();
  const Bucket = await at.bucket();
  for (const name of names) await at.put(Bucket, name, name);
  return at;
}

const keysIn = ({ Contents = [] }: Reply) => (Contents as { Key: string }[]).map(({ Key }) => Key);

describe("a list of objects", () => {
  test("says what is known of each", async () => {
    const at = await filled(["a"]);
    const v2 = await at.call("ListObjectsV2", { Bucket: "bucket", FetchOwner: true });
    const content = {
      Key: "a",
      LastModified: new Date(Math.floor(at.clock.now().getTime() / 1000) * 1000),
      ETag: '"0cc175b9c0f1b6a831c399e269772661"',
      ChecksumAlgorithm: ["CRC64NVME"],
      ChecksumType: "FULL_OBJECT",
      Size: 1,
      StorageClass: "STANDARD",
    };
    const [first] = v2["Contents"] as { Owner: { ID: string } }[];
    assert.match(first?.Owner.ID ?? "", /^[0-9a-f]{64}$/);
    assert.deepEqual(v2, {
      Name: "bucket",
      Prefix: "",
      MaxKeys: 1000,
      KeyCount: 1,
      IsTruncated: false,
      Contents: [{ ...content, Owner: first?.Owner }],
    });
    assert.deepEqual(await at.call("ListObjects", { Bucket: "bucket" }), {
      Name: "bucket",
      Prefix: "",
      Marker: "",
      MaxKeys: 1000,
      IsTruncated: false,
      Contents: [{ ...content, Owner: first?.Owner }],
    });
    const { Contents } = await at.call("ListObjectsV2", { Bucket: "bucket" });
    assert.deepEqual(Contents, [content]);
  });

  test("of nothing has no contents and no prefixes", async () => {
    const at = await filled([]);
    const empty = { Name: "bucket", Prefix: "p", MaxKeys: 1000, IsTruncated: false };
    const query = { Bucket: "bucket", Prefix: "p" };
    assert.deepEqual(await at.call("ListObjectsV2", query), { ...empty, KeyCount: 0 });
    assert.deepEqual(await at.call("ListObjects", query), { ...empty, Marker: "" });
  });

  test("counts groups like names, and goes on after either", async () => {
    const at = await filled(["a", "b/1", "b/2", "c", "d/1"]);
    const query = { Bucket: "bucket", Delimiter: "/", MaxKeys: 2 };
    const first = await at.call("ListObjectsV2", query);
    assert.deepEqual([keysIn(first), first["CommonPrefixes"]], [["a"], [{ Prefix: "b/" }]]);
    assert.deepEqual([first["KeyCount"], first["IsTruncated"]], [2, true]);
    const ContinuationToken = String(first["NextContinuationToken"]);
    const more = { ...query, ContinuationToken, StartAfter: "z" };
    const second = await at.call("ListObjectsV2", more);
    assert.deepEqual([keysIn(second), second["CommonPrefixes"]], [["c"], [{ Prefix: "d/" }]]);
    assert.equal(second["ContinuationToken"], ContinuationToken);
    assert.equal(second["StartAfter"], undefined);
    assert.equal(second["NextContinuationToken"], undefined);

    const one = await at.call("ListObjects", query);
    assert.equal(one["NextMarker"], "b/");
    const two = await at.call("ListObjects", { ...query, Marker: "b/" });
    assert.deepEqual([keysIn(two), two["CommonPrefixes"]], [["c"], [{ Prefix: "d/" }]]);
    assert.deepEqual(
      [two["Marker"], two["NextMarker"], two["IsTruncated"]],
      ["b/", undefined, false],
    );
    const plain = await at.call("ListObjects", { Bucket: "bucket", MaxKeys: 2 });
    assert.deepEqual([plain["IsTruncated"], plain["NextMarker"]], [true, undefined]);
  });

  test("leaves out the group that its start lies in", async () => {
    const at = await filled(["a/1", "a/2", "b/1"]);
    for (const StartAfter of ["a/", "a/1", "a/zzz"]) {
      const answer = await at.call("ListObjectsV2", {
        Bucket: "bucket",
        Delimiter: "/",
        StartAfter,
      });
      assert.deepEqual(answer["CommonPrefixes"], [{ Prefix: "b/" }]);
      assert.equal(answer["StartAfter"], StartAfter);
    }
    const before = await at.call("ListObjectsV2", {
      Bucket: "bucket",
      Delimiter: "/",
      StartAfter: "a",
    });
    assert.deepEqual(before["CommonPrefixes"], [{ Prefix: "a/" }, { Prefix: "b/" }]);
  });

  test("shows names as they are, or URL-encoded when asked", async () => {
    const names = ["a b", "a+b", "a=b&c", "d\u{1}/x", "é"];
    const at = await filled(names);
    assert.deepEqual(keysIn(await at.call("ListObjectsV2", { Bucket: "bucket" })), names);
    const query = { Bucket: "bucket", EncodingType: "url" as const, Delimiter: "/" };
    const encoded = await at.call("ListObjectsV2", { ...query, Prefix: "", StartAfter: "a " });
    assert.deepEqual(keysIn(encoded), ["a+b", "a%2Bb", "a%3Db%26c", "%C3%A9"]);
    assert.deepEqual(encoded["CommonPrefixes"], [{ Prefix: "d%01/" }]);
    assert.deepEqual([encoded["EncodingType"], encoded["StartAfter"]], ["url", "a+"]);
    const marked = await at.call("ListObjects", { ...query, Marker: "a =", MaxKeys: 1 });
    assert.deepEqual([marked["Marker"], marked["NextMarker"]], ["a+%3D", "a+b"]);
  });

  for (const call of BOTH) {
    test(`${call} refuses arguments that cannot be`, async () => {
      const at = await filled([]);
      const Bucket = "bucket";
      for (const EncodingType of ["", "utf"]) {
        await refused(at.call(call, { Bucket, EncodingType: EncodingType as "url" }), {
          code: "InvalidArgument",
          status: 400,
          message: "Invalid Encoding Method specified in Request",
          members: { ArgumentName: "encoding-type", ArgumentValue: EncodingType },
        });
      }
      await refused(at.call(call, { Bucket, MaxKeys: -1 }), {
        code: "InvalidArgument",
        message: "Argument maxKeys must be an integer between 0 and 2147483647",
      });
      await refused(at.call(call, { Bucket, Prefix: "p".repeat(1025) }), {
        code: "KeyTooLongError",
      });
      const none = await at.call(call, { Bucket, MaxKeys: 0, Delimiter: "" });
      assert.deepEqual([none["IsTruncated"], none["Delimiter"]], [false, undefined]);
      assert.equal((await at.call(call, { Bucket, MaxKeys: 9999 }))["MaxKeys"], 1000);
    });

    test(`${call} is decided by prefix, delimiter and number as they were sent`, async () => {
      const at = await filled([]);
      const user = userCaller("lister");
      at.allow(user, {
        Effect: "Allow",
        Action: "s3:ListBucket",
        Resource: "arn:aws:s3:::bucket",
        Condition: {
          StringLike: { "s3:prefix": "home/*" },
          StringEquals: { "s3:delimiter": "/" },
          NumericLessThanEquals: { "s3:max-keys": "10" },
        },
      });
      const list = (input: object) =>
        at.call(call, { Bucket: "bucket", ...input }, { caller: user });
      const asked = { Prefix: "home/me", Delimiter: "/", MaxKeys: 10 };
      await list(asked);
      for (const other of [
        { ...asked, MaxKeys: 11 },
        { ...asked, Prefix: "other" },
        { Prefix: "home/me", Delimiter: "/" },
        { Prefix: "home/me", MaxKeys: 1 },
        { Delimiter: "/", MaxKeys: 1 },
      ]) {
        await refused(list(other), { code: "AccessDenied", status: 403 });
      }
    });
  }

  test("continues from no token but its own", async () => {
    const at = await filled([]);
    for (const ContinuationToken of ["", "nonsense"]) {
      await refused(at.call("ListObjectsV2", { Bucket: "bucket", ContinuationToken }), {
        code: "InvalidArgument",
        message: "The continuation token provided is incorrect",
        members: { ArgumentName: "continuation-token", ArgumentValue: ContinuationToken },
      });
    }
    const ContinuationToken = encodePageToken("k".repeat(2000));
    await refused(at.call("ListObjectsV2", { Bucket: "bucket", ContinuationToken }), {
      code: "KeyTooLongError",
    });
  });

  test("is recorded under the name of the first version", async () => {
    const at = await s3Deployment();
    const operation = at.operations.get("ListObjectsV2");
    assert.equal(operation?.event.name, "ListObjects");
    assert.deepEqual(
      operation?.details?.request?.({ Bucket: "bucket", Prefix: "p", MaxKeys: 5 }, []),
      { "list-type": "2", prefix: "p", "max-keys": "5", bucketName: "bucket" },
    );
  });
});
