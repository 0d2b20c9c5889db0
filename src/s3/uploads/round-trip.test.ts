import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import fc from "fast-check";
import type { BlobReader } from "../../storage/index.ts";
import { requestInfo, rootCaller } from "../../service/testing/test-deployment.ts";
import { PART_BYTES_MIN } from "../limits.ts";
import { refused } from "../testing/refusal.ts";
import { type S3Deployment, s3Deployment } from "../testing/s3-deployment.ts";
import { assembled, begin, complete, part, pattern } from "../testing/uploads.ts";

const KMS = { ServerSideEncryption: "aws:kms", SSEKMSKeyId: "key" } as const;
const bodies = [pattern(PART_BYTES_MIN + 3, 1), pattern(PART_BYTES_MIN, 2), pattern(40_000, 3)];
const whole = Buffer.concat(bodies);
/** Where parts, segments and pieces of reading begin and end. */
const edges = [
  0,
  1,
  65_536,
  1024 ** 2,
  PART_BYTES_MIN + 3,
  2 * PART_BYTES_MIN + 3,
  whole.length - 1,
];
const place = fc.oneof(
  fc.nat(whole.length - 1),
  fc
    .tuple(fc.constantFrom(...edges), fc.integer({ min: -2, max: 2 }))
    .map(([edge, by]) => Math.min(whole.length - 1, Math.max(0, edge + by))),
);

/** Counts how many blobs are open at once, and that each is closed. */
function countReaders(at: S3Deployment): { open: number; most: number } {
  const count = { open: 0, most: 0 };
  const open = at.blobs.open.bind(at.blobs);
  at.blobs.open = async (name) => {
    const reader = await open(name);
    if (!reader) return undefined;
    count.open += 1;
    count.most = Math.max(count.most, count.open);
    const close = reader.close.bind(reader);
    const counted: BlobReader = Object.create(reader, {
      close: {
        value: () => {
          count.open -= 1;
          return close();
        },
      },
      read: { value: reader.read.bind(reader) },
      bytes: { value: reader.bytes },
    }) as BlobReader;
    return counted;
  };
  return count;
}

describe("an object made of parts", () => {
  let at: S3Deployment;
  before(async () => {
    at = await s3Deployment();
    await at.bucket();
    await assembled(at, bodies);
    await assembled(at, bodies, { Key: "kms", ...KMS });
  });

  for (const Key of ["big", "kms"]) {
    test(`is read as its parts one after another (${Key})`, async () => {
      const { Body, ContentLength } = await at.call("GetObject", { Bucket: "bucket", Key });
      assert.equal(ContentLength, whole.length);
      assert.ok(Body?.equals(whole));
    });

    test(`gives every range exactly (${Key})`, async () => {
      await fc.assert(
        fc.asyncProperty(place, place, async (one, other) => {
          const [from, to] = [Math.min(one, other), Math.max(one, other)];
          const Range = `bytes=${from}-${to}`;
          const { Body } = await at.call("GetObject", { Bucket: "bucket", Key, Range });
          assert.ok(Body?.equals(whole.subarray(from, to + 1)), Range);
        }),
        { numRuns: 40 },
      );
    });
  }

  test("gives each part by its number, and its headers without its bytes", async () => {
    let start = 0;
    for (const [index, body] of bodies.entries()) {
      const input = { Bucket: "bucket", Key: "big", PartNumber: index + 1 };
      const { Body, ...reply } = await at.call("GetObject", input);
      assert.ok(Body?.equals(body));
      const range = `bytes ${start}-${start + body.length - 1}/${whole.length}`;
      assert.equal(reply["ContentRange"], range);
      assert.equal(reply["PartsCount"], bodies.length);
      assert.deepEqual(await at.call("HeadObject", input), reply);
      start += body.length;
    }
    const input = { Bucket: "bucket", Key: "big", PartNumber: bodies.length + 1 };
    const beyond = {
      code: "InvalidPartNumber",
      status: 416,
      members: { ActualPartCount: "3", PartNumberRequested: "4" },
    };
    await refused(at.call("GetObject", input), beyond);
    await refused(at.call("HeadObject", input), beyond);
  });

  test("is read with one blob open at a time, and none is left open", async () => {
    const own = await s3Deployment();
    await own.bucket();
    await assembled(own, bodies);
    const count = countReaders(own);
    await own.call("GetObject", { Bucket: "bucket", Key: "big" });
    assert.deepEqual(count, { open: 0, most: 1 });

    const operation = own.operations.get("GetObject");
    const answer = await own.dispatcher.run(operation as never, {
      caller: rootCaller(),
      request: requestInfo(own.clock),
      input: { Bucket: "bucket", Key: "big" } as never,
    });
    assert.equal(count.open, 1, "the first part is opened before the reply begins");
    const { Body } = answer.output as { Body: AsyncIterable<Uint8Array> };
    for await (const piece of Body) {
      assert.ok(piece.length > 0);
      break;
    }
    await answer.release();
    assert.equal(count.open, 0);
  });

  test("may end with an empty part", async () => {
    const { Key } = await assembled(at, [bodies[1] ?? "", ""], { Key: "empty end" });
    const { Body } = await at.call("GetObject", { Bucket: "bucket", Key });
    assert.ok(Body?.equals(bodies[1] ?? Buffer.alloc(0)));
    const end = await at.call("GetObject", { Bucket: "bucket", Key, PartNumber: 2 });
    assert.deepEqual([end["ContentLength"], end["ContentRange"]], [0, undefined]);
    assert.deepEqual(end.Body, Buffer.alloc(0));
  });

  for (const size of [0, 1, 32_767, 32_768, 32_769, 65_535, 65_536, 65_537, 131_072]) {
    test(`of one part of ${size} bytes is that part`, async () => {
      const body = pattern(size);
      const { Key } = await assembled(at, [body], { Key: `one-${size}` });
      const { Body } = await at.call("GetObject", { Bucket: "bucket", Key });
      assert.ok(Body?.equals(body));
    });
  }
});

describe("the key of an upload", () => {
  test("is asked for at its beginning, for each part, at its end, and by readers", async () => {
    const at = await s3Deployment();
    await at.bucket();
    const upload = await begin(at, KMS);
    const one = await part(at, upload, 1, "x");
    await complete(at, upload, [one]);
    await at.call("GetObject", { Bucket: "bucket", Key: "big" });
    assert.deepEqual(
      at.dataKeys.calls.filter((call, index, all) => call !== all[index - 1]),
      ["generate key", "decrypt key"],
    );
    assert.ok(at.dataKeys.calls.length >= 4);
  });

  test("that is disabled refuses parts and completion, and the upload goes on after it", async () => {
    const at = await s3Deployment();
    await at.bucket();
    const upload = await begin(at, KMS);
    const one = await part(at, upload, 1, "x");
    at.dataKeys.disabled.add("key");
    const disabled = { code: "KMS.DisabledException", status: 400, message: "key is disabled." };
    await refused(part(at, upload, 2, "y"), disabled);
    await refused(complete(at, upload, [one]), disabled);
    at.dataKeys.disabled.clear();
    const two = await part(at, upload, 1, "again");
    await complete(at, upload, [two]);
    await at.call("HeadObject", { Bucket: "bucket", Key: "big" });
    at.dataKeys.disabled.add("key");
    await at.call("HeadObject", { Bucket: "bucket", Key: "big" });
    await refused(at.call("GetObject", { Bucket: "bucket", Key: "big" }), disabled);
  });
});
