import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { userCaller } from "../../service/testing/test-deployment.ts";
import type { Input } from "../../wire/index.ts";
import { COPY_BYTES_MAX, COPY_QUEUED_BYTES_MAX } from "../limits.ts";
import { Change, type ObjectRecord, versionSpace } from "../../records/index.ts";
import { collect } from "../testing/collect.ts";
import { refused } from "../testing/refusal.ts";
import { type S3Deployment, s3Deployment } from "../testing/s3-deployment.ts";
import { assembled, begin, complete, pattern } from "../testing/uploads.ts";

type CopyInput = Partial<Input<"s3", "CopyObject">>;

const Bucket = "bucket";
const KMS = { ServerSideEncryption: "aws:kms", SSEKMSKeyId: "one" } as const;

let at: S3Deployment;
beforeEach(async () => {
  at = await s3Deployment();
  await at.bucket();
});

const copy = (more: CopyInput = {}) =>
  at.call("CopyObject", { Bucket, Key: "copy", CopySource: `${Bucket}/source`, ...more });
const bodyOf = async (Key: string) => (await at.call("GetObject", { Bucket, Key })).Body;

describe("a copy", () => {
  for (const size of [0, 1, 32_768, 32_769, 65_536, 65_537, COPY_QUEUED_BYTES_MAX + 1]) {
    test(`of ${size} bytes has them under every encryption`, async () => {
      const body = pattern(size);
      const modes = [{}, KMS, { ...KMS, SSEKMSKeyId: "two", BucketKeyEnabled: true }] as const;
      for (const from of modes) {
        await at.call("PutObject", { Bucket, Key: "source", ...from }, { body });
        for (const to of modes) {
          const reply = await copy(to);
          assert.equal(reply["SSEKMSKeyId"], "SSEKMSKeyId" in to ? to.SSEKMSKeyId : undefined);
          assert.ok((await bodyOf("copy"))?.equals(body));
        }
      }
    });
  }

  test("of an object of parts is one body, and lives on without them", async () => {
    const parts = [pattern(5 * 1024 ** 2, 1), pattern(70_000, 2)];
    await assembled(at, parts, { Key: "source" });
    await copy();
    await at.call("DeleteObject", { Bucket, Key: "source" });
    await collect(at);
    assert.ok((await bodyOf("copy"))?.equals(Buffer.concat(parts)));
    const { PartsCount } = await at.call("HeadObject", { Bucket, Key: "copy", PartNumber: 1 });
    assert.equal(PartsCount, undefined);
  });

  test("opens and seals under the keys of both sides, as the caller", async () => {
    await at.call("PutObject", { Bucket, Key: "source", ...KMS }, { body: "x" });
    at.dataKeys.calls.length = 0;
    await copy({ ...KMS, SSEKMSKeyId: "two" });
    assert.deepEqual(at.dataKeys.calls.toSorted(), ["decrypt one", "generate two"]);
    at.dataKeys.disabled.add("one");
    await refused(copy({ ServerSideEncryption: "AES256" }), { code: "KMS.DisabledException" });
  });

  test("reads the bytes once, however often its commit is tried", async () => {
    await at.put(Bucket, "source", pattern(COPY_QUEUED_BYTES_MAX + 1));
    let opened = 0;
    const open = at.blobs.open.bind(at.blobs);
    at.blobs.open = (name) => {
      opened += 1;
      return open(name);
    };
    const commit = at.kv.commit.bind(at.kv);
    let meanwhile = 3;
    at.kv.commit = async (changes) => {
      if (meanwhile > 0) {
        meanwhile -= 1;
        const left = meanwhile;
        meanwhile = 0;
        await at.put(Bucket, "copy", "meanwhile");
        meanwhile = left;
      }
      return commit(changes);
    };
    await copy();
    assert.equal(opened, 1);
    assert.ok((await bodyOf("copy"))?.equals(pattern(COPY_QUEUED_BYTES_MAX + 1)));
  });

  test("is refused when the source's key is disabled before the commit that succeeds", async () => {
    await at.call("PutObject", { Bucket, Key: "source", ...KMS }, { body: "x" });
    const { UploadId } = await at.call("CreateMultipartUpload", { Bucket, Key: "parts" });
    const source = { Bucket, CopySource: `${Bucket}/source` };
    const part = { ...source, Key: "parts", UploadId: String(UploadId), PartNumber: 1 };
    const commit = at.kv.commit.bind(at.kv);
    for (const run of [() => copy(), () => at.call("UploadPartCopy", part)]) {
      at.dataKeys.disabled.clear();
      at.kv.commit = (changes) => {
        at.kv.commit = commit;
        at.dataKeys.disabled.add("one");
        // As of a commit whose check has failed.
        return changes.puts.length > 1 ? Promise.resolve(undefined) : commit(changes);
      };
      await refused(run(), { code: "KMS.DisabledException" });
    }
    assert.deepEqual(await at.names(Bucket), ["source"]);
  });

  test("takes the source as it is read when it is replaced meanwhile", async () => {
    await at.put(Bucket, "source", "before");
    const get = at.kv.get.bind(at.kv);
    let written = false;
    at.kv.get = async (keys) => {
      if (!written && keys.some((key) => Buffer.from(key).includes("inline"))) {
        written = true;
        await at.call(
          "PutObject",
          { Bucket, Key: "source", ContentType: "a/b" },
          { body: "after" },
        );
      }
      return get(keys);
    };
    await copy();
    const { Body, ContentType } = await at.call("GetObject", { Bucket, Key: "copy" });
    assert.deepEqual([String(Body), ContentType], ["after", "a/b"]);
  });

  test("has at most 5 GiB", async () => {
    await at.put(Bucket, "source");
    for await (const { key, value } of at.store.all(versionSpace, versionSpace.under())) {
      const large = { ...value, size: COPY_BYTES_MAX + 1 } as ObjectRecord;
      const change = new Change();
      change.puts.push({ space: versionSpace, key, value: large });
      await at.store.commit(change, at.session);
    }
    await refused(copy(), {
      code: "InvalidRequest",
      status: 400,
      message:
        "The specified copy source is larger than the maximum allowable size for a copy source: 5368709120",
    });
  });

  const unknown: [CopyInput, string, string][] = [
    [{ MetadataDirective: "MOVE" as "COPY" }, "Unknown metadata directive.", "metadata"],
    [{ TaggingDirective: "MOVE" as "COPY" }, "Unknown tagging directive.", "tagging"],
  ];
  for (const [input, message, name] of unknown) {
    test(`refuses an unknown ${name} directive`, async () => {
      await at.put(Bucket, "source");
      const ArgumentName = `x-amz-${name}-directive`;
      const members = { ArgumentName, ArgumentValue: "MOVE" };
      await refused(copy(input), { code: "InvalidArgument", message, members });
    });
  }

  test("leaves the source's redirect behind and takes its own", async () => {
    await at.call(
      "PutObject",
      { Bucket, Key: "source", WebsiteRedirectLocation: "/there", CacheControl: "no-store" },
      { body: "x" },
    );
    await copy({ CacheControl: "ignored", Tagging: "ignored=1" });
    const plain = await at.call("HeadObject", { Bucket, Key: "copy" });
    assert.deepEqual(
      [plain["CacheControl"], plain["WebsiteRedirectLocation"]],
      ["no-store", undefined],
    );
    await copy({ WebsiteRedirectLocation: "/here" });
    const own = await at.call("HeadObject", { Bucket, Key: "copy" });
    assert.equal(own["WebsiteRedirectLocation"], "/here");
  });
});

describe("the source of a copy", () => {
  const sources: [string, string][] = [
    ["/bucket/source", "a leading slash"],
    ["bucket%2Fsource", "an escaped slash"],
    ["bucket/source?versionId=null", "its version"],
    ["bucket/so%75rce", "an escaped letter"],
  ];
  for (const [CopySource, name] of sources) {
    test(`may be named with ${name}`, async () => {
      await at.put(Bucket, "source", "x");
      await copy({ CopySource });
      assert.equal(String(await bodyOf("copy")), "x");
    });
  }

  test("may have a space, escaped either way, and a plus sign that is escaped", async () => {
    await at.put(Bucket, "a b", "space");
    await at.put(Bucket, "a+b", "plus");
    for (const CopySource of ["bucket/a b", "bucket/a+b", "bucket/a%20b"]) {
      await copy({ CopySource });
      assert.equal(String(await bodyOf("copy")), "space");
    }
    await copy({ CopySource: "bucket/a%2Bb" });
    assert.equal(String(await bodyOf("copy")), "plus");
  });

  const refusals: [string, string, object][] = [
    ["bucket", "InvalidArgument", { ArgumentName: "x-amz-copy-source", ArgumentValue: "bucket" }],
    ["bucket/", "InvalidArgument", { ArgumentName: "x-amz-copy-source" }],
    ["bucket/%zz", "InvalidArgument", { ArgumentName: "x-amz-copy-source" }],
    ["bucket/none", "NoSuchKey", { Key: "none" }],
    ["never-made/k", "NoSuchBucket", { BucketName: "never-made" }],
    ["bucket/source?versionId=nonsense", "InvalidArgument", { ArgumentName: "versionId" }],
  ];
  for (const [CopySource, code, members] of refusals) {
    test(`is refused as ${code}: ${CopySource}`, async () => {
      await at.put(Bucket, "source");
      await refused(copy({ CopySource }), { code, members: members as Record<string, string> });
    });
  }

  test("may be expected to be another account's", async () => {
    await at.put(Bucket, "source");
    await copy({ ExpectedSourceBucketOwner: "123456789012" });
    await refused(copy({ ExpectedSourceBucketOwner: "999888777666" }), { code: "AccessDenied" });
  });

  test("that is missing is shown to whoever may list the bucket only", async () => {
    const caller = userCaller("copier");
    const Resource = "arn:aws:s3:::bucket/*";
    at.allow(caller, { Effect: "Allow", Action: ["s3:GetObject", "s3:PutObject"], Resource });
    const input = { Bucket, Key: "copy", CopySource: "bucket/none" };
    await refused(at.call("CopyObject", input, { caller }), { code: "AccessDenied", status: 403 });
    at.allow(caller, { Effect: "Allow", Action: "s3:ListBucket", Resource: "arn:aws:s3:::bucket" });
    await refused(at.call("CopyObject", input, { caller }), { code: "NoSuchKey", status: 404 });
  });
});

describe("a part that is copied", () => {
  test("is exactly the range of its source, and has the upload's checksum", async () => {
    const body = pattern(200_000);
    await at.put(Bucket, "source", body);
    const upload = await begin(at, { ChecksumAlgorithm: "SHA256" });
    const input = { ...upload, PartNumber: 1, CopySource: "bucket/source" };
    const CopySourceRange = "bytes=65535-131072";
    const { CopyPartResult } = await at.call("UploadPartCopy", { ...input, CopySourceRange });
    const { ETag, ChecksumSHA256 } = CopyPartResult as { ETag: string; ChecksumSHA256: string };
    assert.match(ChecksumSHA256, /^[A-Za-z0-9+/]{43}=$/);
    const Parts = [{ PartNumber: 1, ETag, ChecksumSHA256 }];
    const MultipartUpload = { Parts };
    await at.call("CompleteMultipartUpload", { ...upload, MultipartUpload });
    assert.ok((await bodyOf("big"))?.equals(body.subarray(65_535, 131_073)));
  });

  test("may be a whole object, and of none it has no checksum to show", async () => {
    await at.put(Bucket, "source", "whole");
    const upload = await begin(at);
    const input = { ...upload, PartNumber: 1, CopySource: "bucket/source" };
    const { CopyPartResult } = await at.call("UploadPartCopy", input);
    assert.deepEqual(Object.keys(CopyPartResult as object).toSorted(), ["ETag", "LastModified"]);
    const { ETag } = CopyPartResult as { ETag: string };
    await complete(at, upload, [{ PartNumber: 1, ETag }]);
    assert.equal(String(await bodyOf("big")), "whole");
  });

  test("is refused where the upload or the source is not there", async () => {
    await at.put(Bucket, "source", "whole");
    const upload = await begin(at);
    const input = { ...upload, PartNumber: 1, CopySource: "bucket/source" };
    const elsewhere = { ...input, Key: "another" };
    await refused(at.call("UploadPartCopy", elsewhere), { code: "NoSuchUpload" });
    const missing = { ...input, CopySource: "bucket/none" };
    await refused(at.call("UploadPartCopy", missing), { code: "NoSuchKey" });
  });
});
