import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import { Readable } from "node:stream";
import { Upload } from "@aws-sdk/lib-storage";
import type { CompletedPart, CreateMultipartUploadCommandInput } from "@aws-sdk/client-s3";
import type { Deployment } from "../../support/deployment.ts";
import { inTurn, numbers } from "../../support/in-turn.ts";
import { md5, pattern, read } from "../../support/objects.ts";
import { refused } from "../../support/refusal.ts";

const MiB = 1024 * 1024;
const first = pattern(5 * MiB, 1);
const last = pattern(100_000, 2);
const noUpload = {
  code: "NoSuchUpload",
  status: 404,
  message:
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
};
const invalidPart =
  "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.";

/** The ETag of an object that was put together from parts of these ETags. */
function combined(etags: readonly (string | undefined)[]): string {
  const digests = etags.map((etag) => Buffer.from((etag ?? "").replaceAll('"', ""), "hex"));
  const digest = createHash("md5").update(Buffer.concat(digests)).digest("hex");
  return `"${digest}-${etags.length}"`;
}

export function s3Multipart(at: Deployment): void {
  const begin = async (more: Partial<CreateMultipartUploadCommandInput> = {}) => {
    const target = { Bucket: more.Bucket ?? (await at.bucket()), Key: more.Key ?? "big" };
    const { UploadId } = await at.root.s3.createMultipartUpload({ ...more, ...target });
    return { ...target, UploadId };
  };
  type Began = Awaited<ReturnType<typeof begin>>;
  const part = async (upload: Began, PartNumber: number, Body: Buffer | string) => {
    const { ETag } = await at.root.s3.uploadPart({ ...upload, PartNumber, Body });
    return { PartNumber, ETag };
  };
  const complete = (upload: Began, Parts: CompletedPart[]) =>
    at.root.s3.completeMultipartUpload({ ...upload, MultipartUpload: { Parts } });
  const twoParts = async (more: Partial<CreateMultipartUploadCommandInput> = {}) => {
    const upload = await begin(more);
    return { upload, parts: [await part(upload, 1, first), await part(upload, 2, last)] };
  };

  describe("S3 multipart uploads", () => {
    test("parts make one object, with its own kind of ETag", async () => {
      const { upload, parts } = await twoParts({ ContentType: "video/x", Metadata: { a: "b" } });
      const { Bucket, Key } = upload;
      assert.equal(parts[0]?.ETag, `"${md5(first)}"`);
      await refused(at.root.s3.headObject({ Bucket, Key }), { code: ["NotFound", "404"] });
      const done = await complete(upload, parts);
      const ETag = combined(parts.map((p) => p.ETag));
      assert.deepEqual([done.Bucket, done.Key, done.ETag], [Bucket, Key, ETag]);
      assert.match(done.Location ?? "", new RegExp(`${Bucket}.*${Key}`));
      const whole = Buffer.concat([first, last]);
      assert.ok((await read(at.root.s3, { Bucket, Key })).equals(whole));
      const head = await at.root.s3.headObject({ Bucket, Key });
      assert.partialDeepStrictEqual(head, {
        ETag,
        ContentLength: whole.length,
        ContentType: "video/x",
        Metadata: { a: "b" },
      });
      const { Contents } = await at.root.s3.listObjectsV2({ Bucket });
      assert.deepEqual([Contents?.[0]?.ETag, Contents?.[0]?.Size], [ETag, whole.length]);
    });

    test("ranges and parts of the object give exactly their bytes", async () => {
      const { upload, parts } = await twoParts();
      const { Bucket, Key } = upload;
      await complete(upload, parts);
      const whole = Buffer.concat([first, last]);
      const edge = first.length;
      await inTurn(
        [
          [edge - 3, edge + 2],
          [edge, edge],
          [0, 10],
          [whole.length - 5, whole.length - 1],
        ] as const,
        async ([from, to]) => {
          const bytes = await read(at.root.s3, { Bucket, Key, Range: `bytes=${from}-${to}` });
          assert.ok(bytes.equals(whole.subarray(from, to + 1)));
        },
      );
      const second = await at.root.s3.getObject({ Bucket, Key, PartNumber: 2 });
      assert.ok(Buffer.from((await second.Body?.transformToByteArray()) ?? []).equals(last));
      assert.equal(second.PartsCount, 2);
      assert.equal(second.ContentRange, `bytes ${edge}-${whole.length - 1}/${whole.length}`);
      await refused(at.root.s3.getObject({ Bucket, Key, PartNumber: 3 }), {
        code: "InvalidPartNumber",
        status: 416,
        extra: { ActualPartCount: "2", PartNumberRequested: "3" },
      });
    });

    test("a part uploaded again replaces the one before; parts not named are dropped", async () => {
      const upload = await begin();
      await part(upload, 1, pattern(5 * MiB, 7));
      await part(upload, 3, "dropped");
      const parts = [await part(upload, 1, first), await part(upload, 2, last)];
      await complete(upload, parts);
      const body = await read(at.root.s3, { Bucket: upload.Bucket, Key: upload.Key });
      assert.ok(body.equals(Buffer.concat([first, last])));
    });

    test("numbers of parts may have gaps", async () => {
      const upload = await begin();
      const parts = [await part(upload, 7, first), await part(upload, 10_000, last)];
      await complete(upload, parts);
      const { ContentLength } = await at.root.s3.headObject({
        Bucket: upload.Bucket,
        Key: upload.Key,
      });
      assert.equal(ContentLength, first.length + last.length);
    });

    test("completing again answers the same", async () => {
      const { upload, parts } = await twoParts();
      const done = await complete(upload, parts);
      const again = await complete(upload, parts);
      assert.equal(again.ETag, done.ETag);
    });

    for (const PartNumber of [0, 10_001]) {
      test(`part ${PartNumber} is refused`, async () => {
        const upload = await begin();
        await refused(at.root.s3.uploadPart({ ...upload, PartNumber, Body: "x" }), {
          code: "InvalidArgument",
          status: 400,
          message: "Part number must be an integer between 1 and 10000, inclusive",
          extra: { ArgumentName: "partNumber", ArgumentValue: String(PartNumber) },
        });
      });
    }

    test("parts before the last have at least 5 MiB", async () => {
      const upload = await begin();
      const parts = [await part(upload, 1, last), await part(upload, 2, last)];
      await refused(complete(upload, parts), {
        code: "EntityTooSmall",
        status: 400,
        message: "Your proposed upload is smaller than the minimum allowed size",
        extra: {
          ETag: md5(last),
          MinSizeAllowed: String(5 * MiB),
          PartNumber: "1",
          ProposedSize: String(last.length),
        },
      });
      const { Parts } = await at.root.s3.listParts(upload);
      assert.equal(Parts?.length, 2, "the upload goes on");
    });

    test("parts are named in ascending order, as they were uploaded", async () => {
      const { upload, parts } = await twoParts();
      await refused(complete(upload, parts.toReversed()), {
        code: "InvalidPartOrder",
        status: 400,
        message:
          "The list of parts was not in ascending order. Parts must be ordered by part number.",
      });
      const [one, two] = parts;
      await refused(
        complete(upload, [{ ...one }, { ...two, ETag: '"0123456789abcdef0123456789abcdef"' }]),
        {
          code: "InvalidPart",
          status: 400,
          message: invalidPart,
          extra: { PartNumber: "2", ETag: "0123456789abcdef0123456789abcdef" },
        },
      );
      await refused(complete(upload, [{ ...one }, { ...two, PartNumber: 3 }]), {
        code: "InvalidPart",
        status: 400,
        message: invalidPart,
        extra: { PartNumber: "3" },
      });
      await refused(complete(upload, []), {
        code: ["MalformedXML", "InvalidRequest"],
        status: 400,
      });
      await complete(upload, parts);
    });

    test("an upload that was aborted, completed or never begun is not found", async () => {
      const upload = await begin();
      await part(upload, 1, last);
      const { $metadata } = await at.root.s3.abortMultipartUpload(upload);
      assert.equal($metadata.httpStatusCode, 204);
      const never = { ...upload, UploadId: "nonsense" };
      const elsewhere = { ...(await begin({ Bucket: upload.Bucket })), Key: "another" };
      await inTurn([upload, never, elsewhere], async (gone) => {
        await refused(at.root.s3.uploadPart({ ...gone, PartNumber: 1, Body: "x" }), noUpload);
        await refused(at.root.s3.listParts(gone), noUpload);
        await refused(complete(gone, [{ PartNumber: 1, ETag: md5(last) }]), noUpload);
        await refused(at.root.s3.abortMultipartUpload(gone), noUpload);
      });
      await refused(at.root.s3.headObject({ Bucket: upload.Bucket, Key: upload.Key }), {
        code: ["NotFound", "404"],
      });
    });

    test("ListParts pages over parts in order", async () => {
      const upload = await begin();
      await inTurn([3, 1, 5, 2], (n) => part(upload, n, `part ${n}`));
      const page = await at.root.s3.listParts({ ...upload, MaxParts: 2 });
      assert.deepEqual(
        page.Parts?.map(({ PartNumber, Size, ETag }) => [PartNumber, Size, ETag]),
        [1, 2].map((n) => [n, 6, `"${md5(Buffer.from(`part ${n}`))}"`]),
      );
      assert.deepEqual(
        [page.IsTruncated, page.NextPartNumberMarker, page.MaxParts, page.StorageClass],
        [true, "2", 2, "STANDARD"],
      );
      assert.match(page.Owner?.ID ?? "", /^[0-9a-f]{64}$/);
      const rest = await at.root.s3.listParts({ ...upload, PartNumberMarker: "2" });
      assert.deepEqual(
        [rest.Parts?.map(({ PartNumber }) => PartNumber), rest.IsTruncated],
        [[3, 5], false],
      );
      const beyond = await at.root.s3.listParts({ ...upload, PartNumberMarker: "100" });
      assert.deepEqual(beyond.Parts ?? [], []);
    });

    test("ListMultipartUploads pages over uploads by name and time", async () => {
      const Bucket = await at.bucket();
      const uploads = await inTurn(["a", "b/1", "b/1", "b/2", "c"], (Key) =>
        begin({ Bucket, Key }),
      );
      const expected = uploads.map(({ Key, UploadId }) => `${Key} ${UploadId}`);
      const found: string[] = [];
      const page = async (KeyMarker?: string, UploadIdMarker?: string): Promise<void> => {
        const answer = await at.root.s3.listMultipartUploads({
          Bucket,
          MaxUploads: 2,
          KeyMarker,
          UploadIdMarker,
        });
        found.push(...(answer.Uploads ?? []).map(({ Key, UploadId }) => `${Key} ${UploadId}`));
        if (answer.IsTruncated) await page(answer.NextKeyMarker, answer.NextUploadIdMarker);
      };
      await page();
      assert.deepEqual(found, expected);
      const grouped = await at.root.s3.listMultipartUploads({ Bucket, Delimiter: "/" });
      assert.deepEqual(
        grouped.CommonPrefixes?.map(({ Prefix }) => Prefix),
        ["b/"],
      );
      assert.deepEqual(
        grouped.Uploads?.map(({ Key }) => Key),
        ["a", "c"],
      );
      const prefixed = await at.root.s3.listMultipartUploads({ Bucket, Prefix: "b/" });
      assert.equal(prefixed.Uploads?.length, 3);
      assert.ok(prefixed.Uploads[0]?.Initiated);
      await refused(
        at.root.s3.listMultipartUploads({ Bucket, KeyMarker: "a", UploadIdMarker: "nonsense" }),
        {
          code: "InvalidArgument",
          status: 400,
          message: "Invalid uploadId marker",
          extra: { ArgumentName: "upload-id-marker", ArgumentValue: "nonsense" },
        },
      );
    });

    test("parts can be copied from objects, whole or by range", async () => {
      const Bucket = await at.bucket();
      const Body = pattern(6 * MiB, 4);
      await at.root.s3.putObject({ Bucket, Key: "source", Body });
      const upload = await begin({ Bucket });
      const copied = async (PartNumber: number, CopySourceRange?: string) => {
        const { CopyPartResult } = await at.root.s3.uploadPartCopy({
          ...upload,
          PartNumber,
          CopySource: `${Bucket}/source`,
          CopySourceRange,
        });
        return { PartNumber, ETag: CopyPartResult?.ETag };
      };
      const parts = [
        await copied(1),
        await copied(2, `bytes=0-${5 * MiB - 1}`),
        await copied(3, "bytes=100-199"),
      ];
      assert.equal(parts[0]?.ETag, `"${md5(Body)}"`);
      await complete(upload, parts);
      const expected = Buffer.concat([Body, Body.subarray(0, 5 * MiB), Body.subarray(100, 200)]);
      assert.ok((await read(at.root.s3, { Bucket, Key: upload.Key })).equals(expected));
    });

    const form =
      "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy";
    const ranges: [string, string, string][] = [
      ["bytes=0-", "InvalidArgument", form],
      ["bytes=-5", "InvalidArgument", form],
      ["bytes=5-1", "InvalidArgument", form],
      ["bytes=0-1,3-4", "InvalidArgument", form],
      ["0-5", "InvalidArgument", form],
      [
        "bytes=0-10",
        "InvalidArgument",
        "Range specified is not valid for source object of size: 10",
      ],
      [
        "bytes=10-11",
        "InvalidRequest",
        "The specified copy range is invalid for the source object size",
      ],
    ];
    for (const [CopySourceRange, code, message] of ranges) {
      test(`the range ${CopySourceRange} of a source of ten bytes is refused`, async () => {
        const Bucket = await at.bucket();
        await at.root.s3.putObject({ Bucket, Key: "source", Body: "0123456789" });
        const upload = await begin({ Bucket });
        await refused(
          at.root.s3.uploadPartCopy({
            ...upload,
            PartNumber: 1,
            CopySource: `${Bucket}/source`,
            CopySourceRange,
          }),
          { code, status: 400, message },
        );
      });
    }

    test("completing can be conditional", async () => {
      const { upload, parts } = await twoParts();
      const { Bucket, Key } = upload;
      await at.root.s3.putObject({ Bucket, Key, Body: "in between" });
      const input = { ...upload, MultipartUpload: { Parts: parts } };
      await refused(at.root.s3.completeMultipartUpload({ ...input, IfNoneMatch: "*" }), {
        code: "PreconditionFailed",
        status: 412,
        extra: { Condition: "If-None-Match" },
      });
      await at.root.s3.deleteObject({ Bucket, Key });
      await refused(at.root.s3.completeMultipartUpload({ ...input, IfNoneMatch: "*" }), {
        code: "ConditionalRequestConflict",
        status: 409,
        message:
          "The conditional request cannot succeed due to a conflicting operation against this resource.",
      });
    });

    test("the SDK's own upload manager works, from a stream of unknown length", async () => {
      const Bucket = await at.bucket();
      const Body = pattern(12 * MiB, 8);
      const chunks = numbers(12).map((n) => Body.subarray(n * MiB, (n + 1) * MiB));
      const upload = new Upload({
        client: at.root.s3,
        params: { Bucket, Key: "managed", Body: Readable.from(chunks) },
        partSize: 5 * MiB,
        queueSize: 3,
      });
      await upload.done();
      assert.ok((await read(at.root.s3, { Bucket, Key: "managed" })).equals(Body));
    });

    test("a composite checksum is that of the parts' checksums", async () => {
      const upload = await begin({ ChecksumAlgorithm: "SHA256" });
      const uploaded = await inTurn([first, last], async (Body, index) => {
        const PartNumber = index + 1;
        const { ETag, ChecksumSHA256 } = await at.root.s3.uploadPart({
          ...upload,
          PartNumber,
          Body,
          ChecksumAlgorithm: "SHA256",
        });
        return { PartNumber, ETag, ChecksumSHA256 };
      });
      const digests = [first, last].map((bytes) => createHash("sha256").update(bytes).digest());
      const composite = createHash("sha256").update(Buffer.concat(digests)).digest("base64");
      const done = await complete(upload, uploaded);
      assert.deepEqual([done.ChecksumSHA256, done.ChecksumType], [`${composite}-2`, "COMPOSITE"]);
      const head = await at.root.s3.headObject({
        Bucket: upload.Bucket,
        Key: upload.Key,
        ChecksumMode: "ENABLED",
      });
      assert.equal(head.ChecksumSHA256, `${composite}-2`);
    });

    test("a full-object checksum is verified over all parts", async () => {
      const upload = await begin({ ChecksumAlgorithm: "CRC32", ChecksumType: "FULL_OBJECT" });
      const parts = await inTurn([first, last], async (Body, index) => {
        const PartNumber = index + 1;
        const { ETag, ChecksumCRC32 } = await at.root.s3.uploadPart({
          ...upload,
          PartNumber,
          Body,
          ChecksumAlgorithm: "CRC32",
        });
        return { PartNumber, ETag, ChecksumCRC32 };
      });
      const { crc32 } = await import("node:zlib");
      const value = Buffer.from(
        crc32(Buffer.concat([first, last]))
          .toString(16)
          .padStart(8, "0"),
        "hex",
      ).toString("base64");
      const input = {
        ...upload,
        MultipartUpload: { Parts: parts },
        ChecksumType: "FULL_OBJECT",
      } as const;
      await refused(at.root.s3.completeMultipartUpload({ ...input, ChecksumCRC32: "AAAAAA==" }), {
        code: "BadDigest",
        status: 400,
        message: "The crc32 you specified did not match the calculated checksum.",
      });
      const done = await at.root.s3.completeMultipartUpload({ ...input, ChecksumCRC32: value });
      assert.deepEqual([done.ChecksumCRC32, done.ChecksumType], [value, "FULL_OBJECT"]);
    });

    test("without an algorithm the object gets a CRC64NVME, and its parts none", async () => {
      const { upload, parts } = await twoParts();
      const listed = await at.root.s3.listParts(upload);
      assert.equal(listed.ChecksumAlgorithm, undefined);
      assert.equal(listed.Parts?.[0]?.ChecksumCRC32, undefined);
      await refused(complete(upload, [{ ...parts[0], ChecksumCRC32: "AAAAAA==" }]), {
        code: "InvalidPart",
        status: 400,
      });
      const done = await complete(upload, parts);
      assert.ok(done.ChecksumCRC64NVME);
      assert.equal(done.ChecksumType, "FULL_OBJECT");
      const head = await at.root.s3.headObject({
        Bucket: upload.Bucket,
        Key: upload.Key,
        ChecksumMode: "ENABLED",
      });
      assert.equal(head.ChecksumCRC64NVME, done.ChecksumCRC64NVME);
    });

    test("under KMS the checksum is shown on reading, not on completing", async () => {
      const { arn } = await at.key();
      const { upload, parts } = await twoParts({
        ServerSideEncryption: "aws:kms",
        SSEKMSKeyId: arn,
      });
      const done = await complete(upload, parts);
      assert.equal(done.ChecksumCRC64NVME, undefined);
      const { Bucket, Key } = upload;
      const got = await at.root.s3.getObject({ Bucket, Key, ChecksumMode: "ENABLED" });
      await got.Body?.transformToByteArray();
      assert.ok(got.ChecksumCRC64NVME);
      assert.equal(got.ChecksumType, "FULL_OBJECT");
    });

    const algorithms: [string, Partial<CreateMultipartUploadCommandInput>, string][] = [
      [
        "a type without an algorithm",
        { ChecksumType: "COMPOSITE" },
        "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.",
      ],
      [
        "COMPOSITE with CRC64NVME",
        { ChecksumType: "COMPOSITE", ChecksumAlgorithm: "CRC64NVME" },
        "The COMPOSITE checksum type cannot be used with the crc64nvme checksum algorithm.",
      ],
      [
        "FULL_OBJECT with SHA1",
        { ChecksumType: "FULL_OBJECT", ChecksumAlgorithm: "SHA1" },
        "The FULL_OBJECT checksum type cannot be used with the sha1 checksum algorithm.",
      ],
    ];
    for (const [name, input, message] of algorithms) {
      test(`${name} is refused`, async () => {
        await refused(begin(input), { code: "InvalidRequest", status: 400, message });
      });
    }

    test("an upload with an algorithm is held to it to the end", async () => {
      const upload = await begin({ ChecksumAlgorithm: "SHA256" });
      const wrong = { ...upload, PartNumber: 1, Body: first, ChecksumAlgorithm: "CRC32" } as const;
      await refused(at.root.s3.uploadPart(wrong), {
        code: "InvalidRequest",
        status: 400,
        message:
          "Checksum Type mismatch occurred, expected checksum Type: sha256, actual checksum Type: crc32",
      });
      const { ETag, ChecksumSHA256 } = await at.root.s3.uploadPart({
        ...wrong,
        ChecksumAlgorithm: "SHA256",
      });
      await refused(complete(upload, [{ PartNumber: 1, ETag }]), {
        code: "InvalidRequest",
        status: 400,
        message:
          "The upload was created using a sha256 checksum. The complete request must include the checksum for each part. It was missing for part 1 in the request.",
      });
      const input = {
        ...upload,
        MultipartUpload: { Parts: [{ PartNumber: 1, ETag, ChecksumSHA256 }] },
      };
      await refused(at.root.s3.completeMultipartUpload({ ...input, ChecksumType: "FULL_OBJECT" }), {
        code: "InvalidRequest",
        status: 400,
        message:
          "The upload was created using the COMPOSITE checksum mode. The complete request must use the same checksum mode.",
      });
      await refused(at.root.s3.completeMultipartUpload({ ...input, MpuObjectSize: 5 }), {
        code: "InvalidRequest",
        status: 400,
        message: `The provided 'x-amz-mp-object-size' header value 5 does not match what was computed: ${first.length}`,
      });
      await at.root.s3.completeMultipartUpload({ ...input, MpuObjectSize: first.length });
      const attributes = await at.root.s3.getObjectAttributes({
        Bucket: upload.Bucket,
        Key: upload.Key,
        ObjectAttributes: ["Checksum", "ObjectParts", "ObjectSize"],
      });
      const digest = createHash("sha256").update(first).digest();
      const composite = createHash("sha256").update(digest).digest("base64");
      assert.equal(attributes.Checksum?.ChecksumSHA256, composite, "no number of parts behind it");
      assert.equal(attributes.ObjectParts?.TotalPartsCount, 1);
      assert.equal(attributes.ObjectParts.Parts?.[0]?.ChecksumSHA256, digest.toString("base64"));
    });

    test("an object of parts is copied whole, and as a part of another", async () => {
      const { arn } = await at.key();
      const { upload, parts } = await twoParts({
        ServerSideEncryption: "aws:kms",
        SSEKMSKeyId: arn,
      });
      await complete(upload, parts);
      const whole = Buffer.concat([first, last]);
      const { Bucket } = upload;
      const CopySource = `${Bucket}/${upload.Key}`;
      const copied = await at.root.s3.copyObject({ Bucket, Key: "copy", CopySource });
      assert.equal(copied.CopyObjectResult?.ETag, `"${md5(whole)}"`);
      assert.ok((await read(at.root.s3, { Bucket, Key: "copy" })).equals(whole));
      const next = await begin({ Bucket, Key: "next" });
      const { CopyPartResult } = await at.root.s3.uploadPartCopy({
        ...next,
        PartNumber: 1,
        CopySource,
        CopySourceRange: `bytes=${first.length - 10}-${first.length + 9}`,
      });
      await complete(next, [{ PartNumber: 1, ETag: CopyPartResult?.ETag }]);
      const middle = whole.subarray(first.length - 10, first.length + 10);
      assert.ok((await read(at.root.s3, { Bucket, Key: "next" })).equals(middle));
    });
  });
}
