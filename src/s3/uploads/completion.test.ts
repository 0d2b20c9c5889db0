import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { createChecksum } from "../../crypto/index.ts";
import { userCaller } from "../../service/testing/test-deployment.ts";
import type { Input } from "../../wire/index.ts";
import { PART_BYTES_MIN } from "../limits.ts";
import { collect } from "../testing/collect.ts";
import { type Refusal, refused } from "../testing/refusal.ts";
import { type S3Deployment, s3Deployment } from "../testing/s3-deployment.ts";
import { type Began, begin, complete, part, pattern } from "../testing/uploads.ts";

type CompleteInput = Partial<Input<"s3", "CompleteMultipartUpload">>;

const Bucket = "bucket";
const NONE = "0123456789abcdef0123456789abcdef";

let at: S3Deployment;
let upload: Began;
beforeEach(async () => {
  at = await s3Deployment();
  await at.bucket();
  upload = await begin(at);
});

const sum = (algorithm: "CRC32" | "SHA256" | "CRC64NVME", ...bytes: readonly Uint8Array[]) => {
  const checksum = createChecksum(algorithm);
  for (const each of bytes) checksum.update(each);
  return checksum.digest();
};
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

describe("a completion", () => {
  test("names at least one part, by number and tag, in ascending order", async () => {
    const one = await part(at, upload, 1, "x");
    const attempt = (MultipartUpload: object | undefined) =>
      at.call("CompleteMultipartUpload", {
        ...upload,
        ...(MultipartUpload && { MultipartUpload }),
      });
    await refused(attempt(undefined), {
      code: "InvalidRequest",
      message: "You must specify at least one part",
    });
    const malformed = { code: "MalformedXML", status: 400 };
    await refused(attempt({}), malformed);
    await refused(attempt({ Parts: [] }), malformed);
    await refused(attempt({ Parts: [{ PartNumber: 1 }] }), malformed);
    await refused(attempt({ Parts: [{ ETag: one.ETag }] }), malformed);
    await refused(attempt({ Parts: Array.from({ length: 10_001 }, () => one) }), malformed);
    await refused(attempt({ Parts: [one, one] }), {
      code: "InvalidPartOrder",
      status: 400,
      message:
        "The list of parts was not in ascending order. Parts must be ordered by part number.",
      members: { UploadId: upload.UploadId },
    });
    await refused(attempt({ Parts: [{ PartNumber: 0, ETag: one.ETag }] }), {
      code: "InvalidArgument",
      message: "Part number must be an integer between 1 and 10000, inclusive",
    });
  });

  test("of a part that is not there, or another, is refused with its name", async () => {
    const one = await part(at, upload, 1, "x");
    const message =
      "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.";
    const members = { UploadId: upload.UploadId, PartNumber: "2", ETag: NONE };
    const expected = { code: "InvalidPart", status: 400, message, members };
    const two = { PartNumber: 2, ETag: `"${NONE}"` };
    await refused(complete(at, upload, [two]), expected);
    await part(at, upload, 2, "y");
    await refused(complete(at, upload, [two]), expected);
    await part(at, upload, 3, "z");
    await refused(complete(at, upload, [two]), expected);
    await complete(at, upload, [one]);
  });

  test("needs 5 MiB of all parts but the last that it names", async () => {
    const one = await part(at, upload, 1, "x");
    const two = await part(at, upload, 2, "y");
    await refused(complete(at, upload, [one, two]), {
      code: "EntityTooSmall",
      status: 400,
      message: "Your proposed upload is smaller than the minimum allowed size",
      members: {
        ETag: one.ETag.replaceAll('"', ""),
        MinSizeAllowed: String(PART_BYTES_MIN),
        PartNumber: "1",
        ProposedSize: "1",
      },
    });
    await complete(at, upload, [two]);
    assert.equal(String((await at.call("GetObject", { Bucket, Key: "big" })).Body), "y");
  });

  test("leaves parts that it does not name to the collector, and no others", async () => {
    const empty = await at.recordKeys();
    await part(at, upload, 1, "not named");
    const two = await part(at, upload, 2, pattern(PART_BYTES_MIN));
    await part(at, upload, 3, pattern(100_000));
    const four = await part(at, upload, 4, "end");
    await complete(at, upload, [two, four]);
    await collect(at);
    const { Body } = await at.call("GetObject", { Bucket, Key: "big" });
    assert.ok(Body?.equals(Buffer.concat([pattern(PART_BYTES_MIN), Buffer.from("end")])));
    const spaces = (await at.recordKeys()).map((key) => key.split(" ")[0]);
    assert.equal(spaces.filter((space) => space === "part").length, 2);
    assert.equal(spaces.filter((space) => space === "ref").length, 1);
    await at.call("DeleteObject", { Bucket, Key: "big" });
    await collect(at);
    assert.equal(
      (await at.recordKeys()).length,
      empty.length - 2,
      "the upload and its use are gone",
    );
  });

  test("says where the object is, as the caller addresses the bucket", async () => {
    const odd = await begin(at, { Key: "a b/ü" });
    const one = await part(at, odd, 1, "x");
    const { Location } = await complete(at, odd, [one]);
    assert.equal(Location, "https://localhost/bucket/a%20b/%C3%BC");
    const { UploadId, MultipartUpload } = {
      UploadId: odd.UploadId,
      MultipartUpload: { Parts: [one] },
    };
    const again = await at.call(
      "CompleteMultipartUpload",
      { ...odd, UploadId, MultipartUpload },
      { request: { host: "bucket.localhost" } },
    );
    assert.equal(again["Location"], "https://bucket.localhost/a%20b/%C3%BC");
  });

  test("is not found after an abort, under another name or another bucket", async () => {
    const one = await part(at, upload, 1, "x");
    await at.bucket("second");
    const missing: Began[] = [
      { ...upload, Key: "another" },
      { ...upload, Bucket: "second" },
      { ...upload, UploadId: "nonsense" },
      { ...upload, UploadId: "x".repeat(4000) },
    ];
    const expected = (UploadId: string): Refusal => ({
      code: "NoSuchUpload",
      status: 404,
      message:
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
      members: { UploadId },
    });
    for (const gone of missing) {
      await refused(complete(at, gone, [one]), expected(gone.UploadId));
      await refused(part(at, gone, 1, "x"), expected(gone.UploadId));
      await refused(at.call("ListParts", gone), expected(gone.UploadId));
      await refused(at.call("AbortMultipartUpload", gone), expected(gone.UploadId));
    }
    await at.call("AbortMultipartUpload", upload);
    await refused(complete(at, upload, [one]), expected(upload.UploadId));
  });

  test("that is conditional fails once the name was written or deleted meanwhile", async () => {
    const one = await part(at, upload, 1, "x");
    const attempt = (more: CompleteInput) => complete(at, upload, [one], more);
    const conflict = (Condition: string): Refusal => ({
      code: "ConditionalRequestConflict",
      status: 409,
      message:
        "The conditional request cannot succeed due to a conflicting operation against this resource.",
      members: { Condition, Key: "big" },
    });
    const put = await at.put(Bucket, "big", "meanwhile");
    await refused(attempt({ IfNoneMatch: "*" }), { code: "PreconditionFailed", status: 412 });
    await refused(attempt({ IfMatch: `"${NONE}"` }), { code: "PreconditionFailed", status: 412 });
    await refused(attempt({ IfMatch: String(put["ETag"]) }), conflict("If-Match"));
    await at.call("DeleteObject", { Bucket, Key: "big" });
    await refused(attempt({ IfMatch: String(put["ETag"]) }), { code: "NoSuchKey", status: 404 });
    await refused(attempt({ IfNoneMatch: "*" }), conflict("If-None-Match"));
    await refused(attempt({ IfNoneMatch: `"${NONE}"` }), { code: "NotImplemented", status: 501 });
    await attempt({});
  });

  test("that is conditional succeeds where the name stands as it did", async () => {
    const put = await at.put(Bucket, "kept");
    const over = await begin(at, { Key: "kept" });
    const one = await part(at, over, 1, "over");
    await complete(at, over, [one], { IfMatch: String(put["ETag"]) });
    const fresh = await part(at, upload, 1, "new");
    await complete(at, upload, [fresh], { IfNoneMatch: "*" });
  });

  test("under If-Match takes the permission to read", async () => {
    const user = userCaller("writer");
    const Resource = "arn:aws:s3:::bucket/*";
    at.allow(user, { Effect: "Allow", Action: "s3:PutObject", Resource });
    const put = await at.put(Bucket, "big");
    const { UploadId } = await at.call(
      "CreateMultipartUpload",
      { Bucket, Key: "big" },
      { caller: user },
    );
    const own = { Bucket, Key: "big", UploadId: String(UploadId) };
    const one = await part(at, own, 1, "x", { caller: user });
    const MultipartUpload = { Parts: [one] };
    const IfMatch = String(put["ETag"]);
    await refused(
      at.call("CompleteMultipartUpload", { ...own, MultipartUpload, IfMatch }, { caller: user }),
      { code: "AccessDenied", status: 403 },
    );
    await at.call("CompleteMultipartUpload", { ...own, MultipartUpload }, { caller: user });
  });
});

describe("the checksum of an upload", () => {
  const first = pattern(PART_BYTES_MIN, 5);
  const second = Buffer.from("the end");

  const withParts = async (ChecksumAlgorithm: "CRC32" | "SHA256", ChecksumType?: "FULL_OBJECT") => {
    const more = { ChecksumAlgorithm, ...(ChecksumType && { ChecksumType }) };
    const begun = await begin(at, { Key: "summed", ...more });
    const header = `x-amz-checksum-${ChecksumAlgorithm.toLowerCase()}`;
    const parts = [];
    for (const [index, body] of [first, second].entries()) {
      const bodyHeaders = { [header]: base64(sum(ChecksumAlgorithm, body)) };
      parts.push(await part(at, begun, index + 1, body, { bodyHeaders }));
    }
    const attempt = (Parts: readonly object[], input: CompleteInput = {}) =>
      at.call("CompleteMultipartUpload", {
        Bucket,
        Key: "summed",
        UploadId: begun.UploadId,
        MultipartUpload: { Parts: Parts as never },
        ...input,
      });
    return { begun, parts, attempt };
  };
  const read = (ChecksumMode = "ENABLED" as const) =>
    at.call("HeadObject", { Bucket, Key: "summed", ChecksumMode });

  test("in full follows from those of its parts, and is held to what the client says", async () => {
    const { parts, attempt } = await withParts("CRC32", "FULL_OBJECT");
    const right = base64(sum("CRC32", first, second));
    const bad = {
      code: "BadDigest",
      status: 400,
      message: "The crc32 you specified did not match the calculated checksum.",
    };
    const ChecksumType = "FULL_OBJECT";
    await refused(attempt(parts, { ChecksumType, ChecksumCRC32: "AAAAAA==" }), bad);
    await refused(attempt(parts, { ChecksumCRC32: right }), bad);
    await refused(attempt(parts, { ChecksumType, ChecksumSHA256: right }), bad);
    await refused(attempt(parts, { ChecksumType: "COMPOSITE" }), {
      code: "InvalidRequest",
      message:
        "The upload was created using the FULL_OBJECT checksum mode. The complete request must use the same checksum mode.",
    });
    const size = first.length + second.length;
    await refused(attempt(parts, { MpuObjectSize: 5 }), {
      code: "InvalidRequest",
      message: `The provided 'x-amz-mp-object-size' header value 5 does not match what was computed: ${size}`,
    });
    const named = parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }));
    const input = { ChecksumType, ChecksumCRC32: right, MpuObjectSize: size } as const;
    const done = await attempt(named, input);
    assert.deepEqual([done["ChecksumCRC32"], done["ChecksumType"]], [right, ChecksumType]);
    assert.equal((await read())["ChecksumCRC32"], right);
  });

  test("composite is that of the parts' checksums, each of which is named", async () => {
    const { begun, parts, attempt } = await withParts("SHA256");
    const [one, two] = parts;
    assert.ok(one && two);
    const listed = await at.call("ListParts", begun);
    assert.deepEqual(
      (listed["Parts"] as { ChecksumSHA256: string }[]).map(({ ChecksumSHA256 }) => ChecksumSHA256),
      [base64(sum("SHA256", first)), base64(sum("SHA256", second))],
    );
    assert.deepEqual(
      [listed["ChecksumAlgorithm"], listed["ChecksumType"]],
      ["SHA256", "COMPOSITE"],
    );
    await refused(attempt([{ PartNumber: 1, ETag: one.ETag }, two]), {
      code: "InvalidRequest",
      message:
        "The upload was created using a sha256 checksum. The complete request must include the checksum for each part. It was missing for part 1 in the request.",
    });
    const wrong = base64(sum("SHA256", second));
    await refused(attempt([{ ...one, ChecksumSHA256: wrong }, two]), { code: "InvalidPart" });
    await refused(attempt([{ ...one, ChecksumCRC32: "AAAAAA==" }, two]), {
      code: "BadDigest",
      message: "The crc32 you specified for part 1 did not match what we received.",
    });
    const value = base64(sum("SHA256", sum("SHA256", first), sum("SHA256", second)));
    const done = await attempt(parts, { ChecksumSHA256: `${value}-2` });
    assert.deepEqual([done["ChecksumSHA256"], done["ChecksumType"]], [`${value}-2`, "COMPOSITE"]);
    assert.equal((await read())["ChecksumSHA256"], `${value}-2`);
    const ChecksumMode = "ENABLED";
    const input = { Bucket, Key: "summed", PartNumber: 2, ChecksumMode } as const;
    const ofPart = await at.call("GetObject", input);
    assert.equal(ofPart["ChecksumSHA256"], base64(sum("SHA256", second)));
    const attributes = await at.call("GetObjectAttributes", {
      Bucket,
      Key: "summed",
      ObjectAttributes: ["Checksum, ObjectParts" as "Checksum"],
      MaxParts: 1,
    });
    assert.deepEqual(attributes["Checksum"], { ChecksumSHA256: value, ChecksumType: "COMPOSITE" });
    assert.partialDeepStrictEqual(attributes["ObjectParts"], {
      TotalPartsCount: 2,
      IsTruncated: true,
      NextPartNumberMarker: "1",
      Parts: [{ PartNumber: 1, Size: first.length, ChecksumSHA256: base64(sum("SHA256", first)) }],
    });
  });

  test("is S3's own where none was chosen, shown at once but under KMS", async () => {
    const expected = base64(sum("CRC64NVME", second));
    const bodyHeaders = { "x-amz-checksum-crc32": base64(sum("CRC32", second)) };
    const one = await part(at, upload, 1, second, { bodyHeaders });
    assert.equal(one["ChecksumCRC32"], bodyHeaders["x-amz-checksum-crc32"]);
    await refused(
      at.call("CompleteMultipartUpload", {
        ...upload,
        MultipartUpload: { Parts: [{ ...one, ChecksumCRC32: one["ChecksumCRC32"] }] },
      }),
      { code: "InvalidPart" },
    );
    assert.equal((await complete(at, upload, [one]))["ChecksumCRC64NVME"], expected);

    const secret = { Key: "summed", ServerSideEncryption: "aws:kms", SSEKMSKeyId: "key" } as const;
    const hidden = await begin(at, secret);
    const part1 = await part(at, hidden, 1, second);
    assert.equal((await complete(at, hidden, [part1]))["ChecksumCRC64NVME"], undefined);
    assert.equal((await read())["ChecksumCRC64NVME"], expected);
  });

  test("of a part has to be of the upload's algorithm", async () => {
    const { begun } = await withParts("SHA256");
    const mismatch = (actual: string): Refusal => ({
      code: "InvalidRequest",
      message: `Checksum Type mismatch occurred, expected checksum Type: sha256, actual checksum Type: ${actual}`,
    });
    await refused(part(at, begun, 3, "x"), mismatch("null"));
    const bodyHeaders = { "x-amz-checksum-crc32": base64(sum("CRC32", Buffer.from("x"))) };
    await refused(part(at, begun, 3, "x", { bodyHeaders }), mismatch("crc32"));
  });

  const refusals: [Partial<Input<"s3", "CreateMultipartUpload">>, string][] = [
    [
      { ChecksumType: "COMPOSITE" },
      "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.",
    ],
    [
      { ChecksumAlgorithm: "ROT13" as "CRC32" },
      "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
    ],
    [
      { ChecksumAlgorithm: "CRC64NVME", ChecksumType: "COMPOSITE" },
      "The COMPOSITE checksum type cannot be used with the crc64nvme checksum algorithm.",
    ],
    [
      { ChecksumAlgorithm: "SHA1", ChecksumType: "FULL_OBJECT" },
      "The FULL_OBJECT checksum type cannot be used with the sha1 checksum algorithm.",
    ],
  ];
  for (const [input, message] of refusals) {
    test(`is refused: ${message}`, async () => {
      await refused(begin(at, input), { code: "InvalidRequest", status: 400, message });
    });
  }
});

describe("a part", () => {
  test("replaces the one of its number, whose body goes", async () => {
    await part(at, upload, 1, "inline");
    await part(at, upload, 1, pattern(100_000));
    const again = await part(at, upload, 1, pattern(50_000));
    await collect(at);
    const spaces = (await at.recordKeys()).map((key) => key.split(" ")[0]);
    assert.equal(spaces.filter((space) => space === "ref").length, 1);
    assert.equal(spaces.filter((space) => space === "inline").length, 0);
    await complete(at, upload, [again]);
    const { Body } = await at.call("GetObject", { Bucket, Key: "big" });
    assert.ok(Body?.equals(pattern(50_000)));
  });

  test("has a number from 1 to 10,000", async () => {
    for (const number of [0, -1, 10_001]) {
      await refused(part(at, upload, number, "x"), {
        code: "InvalidArgument",
        message: "Part number must be an integer between 1 and 10000, inclusive",
        members: { ArgumentName: "partNumber", ArgumentValue: String(number) },
      });
    }
    const highest = await part(at, upload, 10_000, "x");
    await complete(at, upload, [highest]);
  });

  test("is decided by the encryption that was asked for at the beginning", async () => {
    const Condition = { StringNotEquals: { "s3:x-amz-server-side-encryption": "aws:kms" } };
    const statement = {
      Effect: "Deny",
      Principal: "*",
      Action: "s3:PutObject",
      Resource: "arn:aws:s3:::bucket/*",
      Condition,
    };
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
    await at.call("PutBucketPolicy", { Bucket, Policy });
    await refused(part(at, upload, 1, "x"), { code: "AccessDenied" });
    await refused(begin(at), { code: "AccessDenied" });
    const secret = await begin(at, { ServerSideEncryption: "aws:kms", SSEKMSKeyId: "key" });
    const one = await part(at, secret, 1, "x");
    await complete(at, secret, [one]);
    await complete(at, secret, [one]);
  });
});
