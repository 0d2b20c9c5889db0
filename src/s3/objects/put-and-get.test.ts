import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { md5 } from "../../crypto/index.ts";
import { Change, inlineSpace, type ObjectRecord, versionSpace } from "../../records/index.ts";
import { userCaller } from "../../service/testing/test-deployment.ts";
import type { Input } from "../../wire/index.ts";
import { refused } from "../testing/refusal.ts";
import { type S3Deployment, s3Deployment } from "../testing/s3-deployment.ts";
import { pattern } from "../testing/uploads.ts";

const Bucket = "bucket";
const KMS = { ServerSideEncryption: "aws:kms", SSEKMSKeyId: "key" } as const;

let at: S3Deployment;
beforeEach(async () => {
  at = await s3Deployment();
  await at.bucket();
});

const put = (
  Key: string,
  body: Uint8Array | string,
  more: Partial<Input<"s3", "PutObject">> = {},
) => at.call("PutObject", { Bucket, Key, ...more }, { body });
const get = (Key: string, more: Partial<Input<"s3", "GetObject">> = {}) =>
  at.call("GetObject", { Bucket, Key, ...more });

describe("an object's entity tag", () => {
  const body = "a body";
  const tag = `"${md5(Buffer.from(body)).toString("hex")}"`;

  test("is the body's MD5 under SSE-S3", async () => {
    assert.equal((await put("k", body))["ETag"], tag);
  });

  test("says nothing of the body under KMS, even of one that came with its MD5", async () => {
    const bodyHeaders = { "content-md5": md5(Buffer.from(body)).toString("base64") };
    const input = { Bucket, Key: "k", ...KMS };
    const first = (await at.call("PutObject", input, { body, bodyHeaders }))["ETag"];
    const second = (await at.call("PutObject", input, { body, bodyHeaders }))["ETag"];
    assert.match(String(first), /^"[0-9a-f]{32}"$/);
    assert.notEqual(first, tag);
    assert.notEqual(first, second);
    const upload = { Bucket, Key: "parts", ...KMS };
    const { UploadId } = await at.call("CreateMultipartUpload", upload);
    const part = { Bucket, Key: "parts", UploadId: String(UploadId), PartNumber: 1 };
    const { ETag } = await at.call("UploadPart", part, { body, bodyHeaders });
    assert.match(String(ETag), /^"[0-9a-f]{32}"$/);
    assert.notEqual(ETag, tag);
  });

  test("follows the encryption that the object gets in the end", async () => {
    const commit = at.kv.commit.bind(at.kv);
    let changed = false;
    at.kv.commit = async (changes) => {
      if (changed) return commit(changes);
      changed = true;
      const Rules = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms" } }] as const;
      await at.call("PutBucketEncryption", {
        Bucket,
        ServerSideEncryptionConfiguration: { Rules: [...Rules] },
      });
      return commit(changes);
    };
    const { ETag, ServerSideEncryption } = await put("k", body);
    assert.equal(ServerSideEncryption, "aws:kms");
    assert.notEqual(ETag, tag);
  });
});

describe("an object whose records were altered", () => {
  const small = "small";
  const large = pattern(200_000);
  const record = async (Key: string) => {
    for await (const found of at.store.all(versionSpace, versionSpace.under())) {
      if (found.value.kind === "object" && found.key.includes(Key)) {
        return { key: found.key, value: found.value };
      }
    }
    throw new Error(`there is no ${Key}`);
  };
  const replace = async (key: Buffer, value: ObjectRecord) => {
    const change = new Change();
    change.puts.push({ space: versionSpace, key, value });
    assert.ok(await at.store.commit(change, at.session));
  };
  beforeEach(async () => {
    await put("small-one", small);
    await put("small-two", "other");
    await put("large-one", large);
    await put("large-two", pattern(200_000, 9));
  });

  for (const size of ["small", "large"]) {
    const alterations: Record<string, (own: ObjectRecord, other: ObjectRecord) => ObjectRecord> = {
      "is that of another name": (_own, other) => other,
      "has another's body": (own, other) =>
        ({ ...own, body: { ...own.body, blob: (other.body as { blob: string }).blob } }) as never,
      "has another's envelope": (own, other) => ({
        ...own,
        body: { ...own.body, envelope: other.body.envelope },
      }),
      "says that it is shorter": (own) => ({ ...own, size: own.size - 1 }),
      "says that it is longer": (own) => ({ ...own, size: own.size + 1 }),
      "says another ETag": (own) => ({ ...own, etag: "0".repeat(32) }),
      "says another version": (own) => ({ ...own, versionId: "another" }),
      "has other segments": (own) => ({
        ...own,
        body: { ...own.body, segmentBytes: 4096 } as never,
      }),
    };
    for (const [name, alter] of Object.entries(alterations)) {
      test(`is not read when it ${name} (${size})`, async () => {
        const [own, other] = [await record(`${size}-one`), await record(`${size}-two`)];
        await replace(own.key, alter(own.value, other.value));
        await assert.rejects(get(`${size}-one`), { name: "AuthenticationError" });
        assert.ok((await get(`${size}-two`)).Body);
      });
    }

    test(`is not read in another bucket of the same name (${size})`, async () => {
      const Key = `${size}-one`;
      const { value } = await record(Key);
      for (const name of await at.names(Bucket)) {
        await at.call("DeleteObject", { Bucket, Key: name });
      }
      await at.call("DeleteBucket", { Bucket });
      await at.bucket();
      await put(Key, "new");
      await replace((await record(Key)).key, value);
      await assert.rejects(get(Key));
    });
  }

  test("gives nothing of an inline body with one bit changed", async () => {
    const { value } = await record("small-one");
    const { blob } = value.body as { blob: string };
    const found = await at.store.get(inlineSpace, blob);
    assert.ok(found);
    const bytes = Buffer.from(found.value);
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    await at.store.commit(new Change().put(inlineSpace, [blob], bytes), at.session);
    await assert.rejects(get("small-one"), { name: "AuthenticationError" });
  });
});

describe("a read", () => {
  test("of a version takes the permission on versions, and knows the one that there is", async () => {
    await put("k", "x");
    assert.equal(String((await get("k", { VersionId: "null" })).Body), "x");
    await refused(get("none", { VersionId: "null" }), { code: "NoSuchVersion", status: 404 });
    await refused(get("k", { VersionId: "nonsense" }), {
      code: "InvalidArgument",
      status: 400,
      message: "Invalid version id specified",
      members: { ArgumentName: "versionId", ArgumentValue: "nonsense" },
    });
    const caller = userCaller("reader");
    const Resource = "arn:aws:s3:::bucket/*";
    at.allow(caller, { Effect: "Allow", Action: "s3:GetObject", Resource });
    await at.call("GetObject", { Bucket, Key: "k" }, { caller });
    const versioned = { Bucket, Key: "k", VersionId: "null" };
    await refused(at.call("GetObject", versioned, { caller }), { code: "AccessDenied" });
  });

  test("finds the body of whoever wrote last when the one it saw goes meanwhile", async () => {
    await put("k", "before");
    const kvGet = at.kv.get.bind(at.kv);
    let written = false;
    at.kv.get = async (keys) => {
      if (!written && keys.some((key) => Buffer.from(key).includes("inline"))) {
        written = true;
        await put("k", "after");
      }
      return kvGet(keys);
    };
    assert.equal(String((await get("k")).Body), "after");
  });

  test("of a name that is replaced faster than it can be read is to come back later", async () => {
    await put("k", "0");
    const kvGet = at.kv.get.bind(at.kv);
    let writing = false;
    at.kv.get = async (keys) => {
      if (!writing && keys.some((key) => Buffer.from(key).includes("inline"))) {
        writing = true;
        await put("k", "again");
        writing = false;
      }
      return kvGet(keys);
    };
    await refused(get("k"), { code: "SlowDown", status: 503 });
  });

  test("of an object under no key of the customer's refuses such a key", async () => {
    await put("k", "x");
    await refused(get("k", { SSECustomerAlgorithm: "AES256" }), {
      code: "InvalidRequest",
      message: "The encryption parameters are not applicable to this object.",
    });
  });

  test("of part one of an empty object is all of it", async () => {
    await put("empty", "");
    const reply = await get("empty", { PartNumber: 1 });
    assert.deepEqual([reply["ContentLength"], reply["ContentRange"]], [0, undefined]);
    await refused(get("empty", { PartNumber: 2 }), { code: "InvalidPartNumber", status: 416 });
    await refused(get("empty", { PartNumber: 1, Range: "bytes=0-0" }), {
      code: "InvalidRequest",
      message: "Cannot specify both Range header and partNumber query parameter",
    });
  });
});
