import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Readable } from "node:stream";
import type { PutObjectCommandInput } from "@aws-sdk/client-s3";
import type { Deployment } from "../../support/deployment.ts";
import { atOnce, inTurn, numbers } from "../../support/in-turn.ts";
import { md5, pattern, read } from "../../support/objects.ts";
import { refused } from "../../support/refusal.ts";
import { ask, targetOf } from "../../support/signature.ts";
import { element } from "../../support/wire.ts";

const KiB = 1024;

export function s3Objects(at: Deployment): void {
  const put = async (more: Partial<PutObjectCommandInput> = {}) => {
    const input = { Bucket: await at.bucket(), Key: "k", Body: "0123456789", ...more };
    return { ...(await at.root.s3.putObject(input)), Bucket: input.Bucket, Key: input.Key ?? "" };
  };
  const request = (method: string, path: string, more: Parameters<typeof ask>[1] | object = {}) =>
    ask(
      at.endpoint,
      { method, target: targetOf(path), ...more },
      { credentials: at.endpoint.root },
    );

  describe("S3 objects", () => {
    const sizes = [
      0,
      1,
      4 * KiB,
      32 * KiB - 1,
      32 * KiB,
      32 * KiB + 1,
      64 * KiB - 1,
      64 * KiB,
      64 * KiB + 1,
      128 * KiB,
      1024 * KiB + 7,
      9 * 1024 * KiB,
    ];
    for (const size of sizes) {
      test(`${size} bytes are read back as they were written`, async () => {
        const Body = pattern(size, size);
        const { Bucket, Key, ETag, ServerSideEncryption } = await put({ Body });
        assert.equal(ETag, `"${md5(Body)}"`);
        assert.equal(ServerSideEncryption, "AES256");
        assert.ok((await read(at.root.s3, { Bucket, Key })).equals(Body));
        const head = await at.root.s3.headObject({ Bucket, Key });
        assert.equal(head.ContentLength, size);
        assert.equal(head.ETag, ETag);
        assert.equal(head.AcceptRanges, "bytes");
        assert.ok(Math.abs(Number(head.LastModified) - Date.now()) < 60_000);
      });
    }

    test("a written object stands in the place of the one before, at once", async () => {
      const { Bucket, Key } = await put();
      await at.root.s3.putObject({ Bucket, Key, Body: "new", Metadata: { a: "b" } });
      assert.equal(String(await read(at.root.s3, { Bucket, Key })), "new");
      const head = await at.root.s3.headObject({ Bucket, Key });
      assert.deepEqual([head.ContentLength, head.Metadata], [3, { a: "b" }]);
    });

    test("a deleted object is gone, and deleting it again says the same", async () => {
      const { Bucket, Key } = await put();
      await inTurn(numbers(2), async () => {
        const { $metadata } = await at.root.s3.deleteObject({ Bucket, Key });
        assert.equal($metadata.httpStatusCode, 204);
      });
      await refused(at.root.s3.getObject({ Bucket, Key }), {
        code: "NoSuchKey",
        status: 404,
        message: "The specified key does not exist.",
        extra: { Key },
      });
      await refused(at.root.s3.headObject({ Bucket, Key }), {
        code: ["NotFound", "404"],
        status: 404,
      });
    });

    test("system headers are kept and given back", async () => {
      const Expires = new Date(Date.UTC(2030, 0, 2, 3, 4, 5));
      const given = {
        ContentType: "text/plain; charset=utf-8",
        ContentDisposition: 'attachment; filename="a.txt"',
        ContentEncoding: "gzip",
        ContentLanguage: "de-DE",
        CacheControl: "max-age=60",
      };
      const { Bucket, Key } = await put({ ...given, Expires });
      const head = await at.root.s3.headObject({ Bucket, Key });
      assert.partialDeepStrictEqual(head, given);
      assert.equal(head.ExpiresString, Expires.toUTCString());
    });

    test("an object without a type is a binary/octet-stream", async () => {
      const Bucket = await at.bucket();
      await request("PUT", `/${Bucket}/k`, { body: "x" });
      const head = await at.root.s3.headObject({ Bucket, Key: "k" });
      assert.equal(head.ContentType, "binary/octet-stream");
    });

    test("a signed request may ask for other headers in the answer", async () => {
      const { Bucket, Key } = await put({ ContentType: "text/plain" });
      const answered = await at.root.s3.getObject({
        Bucket,
        Key,
        ResponseContentType: "application/json",
        ResponseContentDisposition: "inline",
        ResponseCacheControl: "no-store",
        ResponseContentEncoding: "identity",
        ResponseContentLanguage: "fr",
      });
      await answered.Body?.transformToString();
      assert.partialDeepStrictEqual(answered, {
        ContentType: "application/json",
        ContentDisposition: "inline",
        CacheControl: "no-store",
        ContentEncoding: "identity",
        ContentLanguage: "fr",
      });
    });

    test("user metadata keeps its values; names are in lower case", async () => {
      const Metadata = { plain: "value", UPPER: "Mixed Case", "with-dash": "a, b; c=d", empty: "" };
      const { Bucket, Key } = await put({ Metadata });
      const lower = { plain: "value", upper: "Mixed Case", "with-dash": "a, b; c=d", empty: "" };
      assert.deepEqual((await at.root.s3.headObject({ Bucket, Key })).Metadata, lower);
      const answered = await at.root.s3.getObject({ Bucket, Key });
      await answered.Body?.transformToString();
      assert.deepEqual(answered.Metadata, lower);
    });

    test("user metadata has 2 KB of names and values", async () => {
      const sized = (bytes: number) => ({ a: "v".repeat(bytes - 1) });
      await put({ Metadata: sized(2048) });
      await refused(put({ Metadata: sized(2049) }), {
        code: "MetadataTooLarge",
        status: 400,
        message: "Your metadata headers exceed the maximum allowed metadata size",
      });
    });

    const oddKeys = [
      "with space",
      "with+plus",
      "a//b",
      "/leading",
      "trailing/",
      "dots/../and/./more",
      "..",
      ".",
      "ünïcödé/日本語/🔐",
      "e\u0301 and \u00e9",
      "percent%20literal",
      "q?u=e&r#y",
      "quotes'\"<>&",
      "back\\slash",
      "tab\tline\nbreak",
      "star*tilde~(parens)!",
      "a:b;c,d=e@f$g",
      "k".repeat(1024),
    ];
    test("odd names are kept, to the byte", async () => {
      const Bucket = await at.bucket();
      await atOnce(oddKeys, 4, async (Key) => {
        await at.root.s3.putObject({ Bucket, Key, Body: `body of ${Key}` });
      });
      await atOnce(oddKeys, 4, async (Key) => {
        assert.equal(String(await read(at.root.s3, { Bucket, Key })), `body of ${Key}`, Key);
        assert.equal(
          (await at.root.s3.headObject({ Bucket, Key })).ContentLength ?? 0,
          Buffer.byteLength(`body of ${Key}`),
        );
      });
      const listed = await at.root.s3.listObjectsV2({ Bucket, EncodingType: "url" });
      assert.equal(listed.KeyCount, oddKeys.length);
      await atOnce(oddKeys, 4, (Key) => at.root.s3.deleteObject({ Bucket, Key }));
      assert.equal((await at.root.s3.listObjectsV2({ Bucket })).KeyCount, 0);
    });

    test("a name has 1024 bytes of UTF-8 at most", async () => {
      const Bucket = await at.bucket();
      const Key = "ü".repeat(513);
      await refused(at.root.s3.putObject({ Bucket, Key, Body: "x" }), {
        code: "KeyTooLongError",
        status: 400,
        message: "Your key is too long",
        extra: { Size: "1026", MaxSizeAllowed: "1024" },
      });
    });

    const ranges: [string, number, string | undefined][] = [
      ["bytes=0-8", 206, "012345678"],
      ["bytes=1-", 206, "123456789"],
      ["bytes=-2", 206, "89"],
      ["bytes=-15", 206, "0123456789"],
      ["bytes=0-100", 206, "0123456789"],
      ["bytes=9-9", 206, "9"],
      ["bytes=1-0", 200, "0123456789"],
      ["bytes=-1-", 200, "0123456789"],
      ["bytes=0--1", 200, "0123456789"],
      ["bytes=-", 200, "0123456789"],
      ["bytes=0-1,3-4", 200, "0123456789"],
      ["octets=0-1", 200, "0123456789"],
      ["nonsense", 200, "0123456789"],
      ["bytes=10-", 416, undefined],
      ["bytes=10-20", 416, undefined],
      ["bytes=-0", 416, undefined],
    ];
    for (const [range, status, expected] of ranges) {
      test(`the range ${range} of ten bytes answers ${status}`, async () => {
        const { Bucket, Key } = await put();
        const reply = await request("GET", `/${Bucket}/${Key}`, { headers: { range } });
        assert.equal(reply.status, status);
        if (expected === undefined) {
          assert.equal(element(reply.text, "Code"), "InvalidRange");
          assert.equal(element(reply.text, "Message"), "The requested range is not satisfiable");
          assert.equal(element(reply.text, "ActualObjectSize"), "10");
          assert.equal(element(reply.text, "RangeRequested"), range);
          return;
        }
        assert.equal(reply.text, expected);
        assert.equal(reply.headers["content-length"], String(expected.length));
        const first = "0123456789".indexOf(expected);
        assert.equal(
          reply.headers["content-range"],
          status === 206 ? `bytes ${first}-${first + expected.length - 1}/10` : undefined,
        );
        const head = await request("HEAD", `/${Bucket}/${Key}`, { headers: { range } });
        assert.deepEqual(
          [head.status, head.headers["content-range"]],
          [status, reply.headers["content-range"]],
        );
      });
    }

    test("ranges across segments give exactly their bytes", async () => {
      const Body = pattern(300 * KiB + 11, 3);
      const { Bucket, Key } = await put({ Body });
      const edges = [0, 1, 64 * KiB - 1, 64 * KiB, 64 * KiB + 1, 128 * KiB, 300 * KiB + 10];
      const pairs = edges.flatMap((from) =>
        edges.filter((to) => to >= from).map((to) => [from, to]),
      );
      await atOnce(pairs, 4, async ([from = 0, to = 0]) => {
        const part = await read(at.root.s3, { Bucket, Key, Range: `bytes=${from}-${to}` });
        assert.ok(part.equals(Body.subarray(from, to + 1)), `${from}-${to}`);
      });
    });

    test("part one of an object that has no parts is all of it", async () => {
      const { Bucket, Key } = await put();
      const answered = await at.root.s3.getObject({ Bucket, Key, PartNumber: 1 });
      assert.equal(await answered.Body?.transformToString(), "0123456789");
      assert.equal(answered.$metadata.httpStatusCode, 206);
      assert.equal(answered.ContentRange, "bytes 0-9/10");
      assert.equal(answered.PartsCount, undefined);
      await refused(at.root.s3.getObject({ Bucket, Key, PartNumber: 2 }), {
        code: "InvalidPartNumber",
        status: 416,
        message: "The requested partnumber is not satisfiable",
        extra: { ActualPartCount: "1", PartNumberRequested: "2" },
      });
      await refused(at.root.s3.getObject({ Bucket, Key, PartNumber: 1, Range: "bytes=0-1" }), {
        code: "InvalidRequest",
        status: 400,
        message: "Cannot specify both Range header and partNumber query parameter",
      });
    });

    test("a body of unknown length is taken when its length is said", async () => {
      const Body = pattern(300 * KiB, 9);
      const chunks = numbers(30).map((n) => Body.subarray(n * 10 * KiB, (n + 1) * 10 * KiB));
      const { Bucket, Key } = await put({
        Body: Readable.from(chunks),
        ContentLength: Body.length,
      });
      assert.ok((await read(at.root.s3, { Bucket, Key })).equals(Body));
    });

    test("a wrong Content-MD5 is refused and nothing is written", async () => {
      const Bucket = await at.bucket();
      const object = { Bucket, Key: "k", Body: "content" };
      const right = Buffer.from(md5(Buffer.from("content")), "hex").toString("base64");
      const wrong = Buffer.from(md5(Buffer.from("other")), "hex").toString("base64");
      await refused(at.root.s3.putObject({ ...object, ContentMD5: wrong }), {
        code: "BadDigest",
        status: 400,
        message: "The Content-MD5 you specified did not match what we received.",
        extra: { CalculatedDigest: right },
      });
      await refused(at.root.s3.putObject({ ...object, ContentMD5: "nonsense" }), {
        code: "InvalidDigest",
        status: 400,
        message: "The Content-MD5 you specified was invalid.",
        extra: { "Content-MD5": "nonsense" },
      });
      assert.equal((await at.root.s3.listObjectsV2({ Bucket })).KeyCount, 0);
      await at.root.s3.putObject({ ...object, ContentMD5: right });
    });

    test("an unknown storage class is refused", async () => {
      const Bucket = await at.bucket();
      const reply = await request("PUT", `/${Bucket}/k`, {
        body: "x",
        headers: { "x-amz-storage-class": "ATTIC" },
      });
      assert.equal(reply.status, 400);
      assert.equal(element(reply.text, "Code"), "InvalidStorageClass");
      assert.equal(element(reply.text, "StorageClassRequested"), "ATTIC");
    });

    test("version id null is the object of a bucket that never had versions", async () => {
      const { Bucket, Key } = await put();
      const answered = await at.root.s3.getObject({ Bucket, Key, VersionId: "null" });
      await answered.Body?.transformToString();
      assert.equal(answered.VersionId, undefined);
      await refused(at.root.s3.getObject({ Bucket, Key, VersionId: "nonsense" }), {
        code: "InvalidArgument",
        status: 400,
        message: "Invalid version id specified",
        extra: { ArgumentName: "versionId", ArgumentValue: "nonsense" },
      });
    });

    test("GetObjectAttributes answers what is asked for", async () => {
      const Body = "0123456789";
      const { Bucket, Key } = await put({ Body, ChecksumAlgorithm: "SHA256" });
      const answered = await at.root.s3.getObjectAttributes({
        Bucket,
        Key,
        ObjectAttributes: ["ETag", "Checksum", "StorageClass", "ObjectSize"],
      });
      assert.equal(answered.ETag, md5(Buffer.from(Body)));
      assert.equal(answered.ObjectSize, 10);
      assert.equal(answered.StorageClass, "STANDARD");
      assert.equal(
        answered.Checksum?.ChecksumSHA256,
        "hNiYd/DUBB77a/kaFvAkjy/Vc+avBcGflr7bn4gveII=",
      );
      const one = await at.root.s3.getObjectAttributes({
        Bucket,
        Key,
        ObjectAttributes: ["ObjectSize"],
      });
      assert.deepEqual([one.ObjectSize, one.ETag, one.StorageClass], [10, undefined, undefined]);
    });

    test("sixty-four writers of one name all succeed, and one of them is what is read", async () => {
      const Bucket = await at.bucket();
      const bodies = numbers(64).map((n) => `writer ${n}`);
      await atOnce(bodies, 64, (Body) => at.root.s3.putObject({ Bucket, Key: "k", Body }));
      const last = String(await read(at.root.s3, { Bucket, Key: "k" }));
      assert.ok(bodies.includes(last));
      const { Contents } = await at.root.s3.listObjectsV2({ Bucket });
      assert.equal(Contents?.length, 1);
      assert.equal(Contents[0]?.ETag, `"${md5(Buffer.from(last))}"`);
    });

    test("what one reader reads while others write is one whole object", async () => {
      const Bucket = await at.bucket();
      const lengths = [10 * KiB, 40 * KiB, 200 * KiB];
      const write = (n: number) =>
        at.root.s3.putObject({
          Bucket,
          Key: "k",
          Body: Buffer.alloc(lengths[n % 3] ?? 0, n % 256),
        });
      await write(0);
      const reads = async () => {
        const body = await read(at.root.s3, { Bucket, Key: "k" });
        assert.ok(lengths.includes(body.length));
        assert.equal(new Set(body).size, 1, "bytes of one writer only");
      };
      await atOnce(numbers(120), 12, async (n) => {
        await (n % 2 === 0 ? write(n) : reads());
      });
    });
  });
}
