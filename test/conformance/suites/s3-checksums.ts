import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import { crc32 } from "node:zlib";
import type { ChecksumAlgorithm } from "@aws-sdk/client-s3";
import type { Deployment } from "../../support/deployment.ts";
import { fresh } from "../../support/names.ts";
import { md5, pattern } from "../../support/objects.ts";
import { ask, signChunked } from "../../support/signature.ts";
import { element, send } from "../../support/wire.ts";

const KiB = 1024;
const numbers = Buffer.from("123456789");

/** Each algorithm's value for the nine digits, from the algorithm's own specification. */
const known: Record<string, string> = {
  crc32: hex("cbf43926"),
  crc32c: hex("e3069283"),
  crc64nvme: hex("ae8b14860a799888"),
  sha1: createHash("sha1").update(numbers).digest("base64"),
  sha256: createHash("sha256").update(numbers).digest("base64"),
  sha512: createHash("sha512").update(numbers).digest("base64"),
  md5: createHash("md5").update(numbers).digest("base64"),
  xxhash64: hex("8cb841db40e6ae83"),
  xxhash3: hex("72dcb18b67a17dff"),
  xxhash128: hex("33119477ede5dcd5e9716427681d5860"),
};

function hex(text: string): string {
  return Buffer.from(text, "hex").toString("base64");
}

function crc32Of(bytes: Uint8Array): string {
  return hex(crc32(bytes).toString(16).padStart(8, "0"));
}

const incorrect = (algorithm: string) =>
  `The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`;

export function s3Checksums(at: Deployment): void {
  const put = (target: string, body: Buffer, headers: Record<string, string>) =>
    ask(at.endpoint, { method: "PUT", target, body, headers }, { credentials: at.endpoint.root });
  const get = (target: string, headers: Record<string, string> = {}) =>
    ask(
      at.endpoint,
      { method: "GET", target, headers: { "x-amz-checksum-mode": "ENABLED", ...headers } },
      { credentials: at.endpoint.root },
    );

  describe("S3 checksums", () => {
    for (const [algorithm, value] of Object.entries(known)) {
      const header = `x-amz-checksum-${algorithm}`;

      test(`${algorithm} is verified, kept and shown when asked for`, async () => {
        const target = `/${await at.bucket()}/k`;
        const written = await put(target, numbers, { [header]: value });
        assert.equal(written.status, 200, written.text);
        assert.equal(written.headers[header], value);
        assert.equal(written.headers["x-amz-checksum-type"], "FULL_OBJECT");
        const shown = await get(target);
        assert.equal(shown.headers[header], value);
        assert.equal(shown.headers["x-amz-checksum-type"], "FULL_OBJECT");
        const quiet = await get(target, { "x-amz-checksum-mode": "" });
        assert.equal(quiet.headers[header], undefined);
        const part = await get(target, { range: "bytes=0-3" });
        assert.deepEqual([part.status, part.headers[header]], [206, undefined]);
        const whole = await get(target, { range: "bytes=0-8" });
        assert.deepEqual([whole.status, whole.headers[header]], [206, value]);
      });

      test(`a wrong ${algorithm} is refused and nothing is written`, async () => {
        const Bucket = await at.bucket();
        const wrong = Buffer.from(value, "base64");
        wrong[0] = (wrong[0] ?? 0) ^ 1;
        const reply = await put(`/${Bucket}/k`, numbers, { [header]: wrong.toString("base64") });
        assert.equal(reply.status, 400);
        assert.equal(element(reply.text, "Code"), "BadDigest");
        assert.equal(element(reply.text, "Message"), incorrect(algorithm));
        assert.equal((await at.root.s3.listObjectsV2({ Bucket })).KeyCount, 0);
      });

      test(`a ${algorithm} that is none is refused`, async () => {
        const target = `/${await at.bucket()}/k`;
        const reply = await put(target, numbers, { [header]: "bm9uZSE=" });
        assert.equal(reply.status, 400);
        assert.equal(element(reply.text, "Code"), "InvalidRequest");
        assert.equal(element(reply.text, "Message"), `Value for ${header} header is invalid.`);
      });
    }

    for (const algorithm of ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const) {
      test(`the SDK's own ${algorithm} is accepted and checked by the SDK on reading`, async () => {
        const input = { Bucket: await at.bucket(), Key: "k" };
        const ChecksumAlgorithm: ChecksumAlgorithm = algorithm;
        const written = await at.root.s3.putObject({ ...input, Body: numbers, ChecksumAlgorithm });
        assert.equal(written[`Checksum${algorithm}`], known[algorithm.toLowerCase()]);
        const answered = await at.root.s3.getObject({ ...input, ChecksumMode: "ENABLED" });
        assert.equal(await answered.Body?.transformToString(), "123456789");
        assert.equal(answered[`Checksum${algorithm}`], known[algorithm.toLowerCase()]);
      });
    }

    test("without a checksum S3 makes a CRC64NVME", async () => {
      const target = `/${await at.bucket()}/k`;
      const written = await put(target, numbers, {});
      assert.equal(written.headers["x-amz-checksum-crc64nvme"], known["crc64nvme"]);
      assert.equal((await get(target)).headers["x-amz-checksum-crc64nvme"], known["crc64nvme"]);
    });

    test("x-amz-checksum-algorithm alone decides nothing on PutObject", async () => {
      const target = `/${await at.bucket()}/k`;
      const written = await put(target, numbers, { "x-amz-checksum-algorithm": "ROT13" });
      assert.equal(written.status, 200, written.text);
      assert.equal(written.headers["x-amz-checksum-crc64nvme"], known["crc64nvme"]);
    });

    test("two checksums are one too many", async () => {
      const reply = await put(`/${await at.bucket()}/k`, numbers, {
        "x-amz-checksum-crc32": known["crc32"] ?? "",
        "x-amz-checksum-sha1": known["sha1"] ?? "",
      });
      assert.equal(reply.status, 400);
      assert.equal(element(reply.text, "Code"), "InvalidRequest");
      assert.equal(
        element(reply.text, "Message"),
        "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
      );
    });

    test("an algorithm that is announced has to come", async () => {
      const reply = await put(`/${await at.bucket()}/k`, numbers, {
        "x-amz-sdk-checksum-algorithm": "CRC32",
      });
      assert.equal(reply.status, 400);
      assert.equal(element(reply.text, "Code"), "InvalidRequest");
      assert.equal(
        element(reply.text, "Message"),
        "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.",
      );
    });
  });

  describe("S3 chunked uploads", () => {
    const body = pattern(100 * KiB + 5, 1);
    const how = () => ({ credentials: at.endpoint.root });
    const crc = crc32Of(body);

    for (const chunkBytes of [8 * KiB, 64 * KiB, 1024 * KiB]) {
      test(`signed chunks of ${chunkBytes} bytes make one object`, async () => {
        const Bucket = await at.bucket();
        const request = { method: "PUT", target: `/${Bucket}/k`, body };
        const reply = await send(
          at.endpoint,
          signChunked(at.endpoint, request, how(), { chunkBytes }),
        );
        assert.equal(reply.status, 200, reply.text);
        assert.equal(reply.headers["etag"], `"${md5(body)}"`);
        const stored = await get(`/${Bucket}/k`);
        assert.ok(stored.body.equals(body));
        assert.equal(stored.headers["content-encoding"], undefined);
      });
    }

    test("a signed trailer's checksum is verified and kept", async () => {
      const target = `/${await at.bucket()}/k`;
      const chunking = { chunkBytes: 64 * KiB, trailer: ["x-amz-checksum-crc32", crc] } as const;
      const request = { method: "PUT", target, body };
      const reply = await send(at.endpoint, signChunked(at.endpoint, request, how(), chunking));
      assert.equal(reply.status, 200, reply.text);
      assert.equal(reply.headers["x-amz-checksum-crc32"], crc);
      assert.equal((await get(target)).headers["x-amz-checksum-crc32"], crc);
      const wrong = {
        ...chunking,
        trailer: ["x-amz-checksum-crc32", known["crc32"] ?? ""],
      } as const;
      const refusal = await send(at.endpoint, signChunked(at.endpoint, request, how(), wrong));
      assert.deepEqual([refusal.status, element(refusal.text, "Code")], [400, "BadDigest"]);
    });

    const spoilt: [string, (chunks: Buffer[]) => Buffer[]][] = [
      ["two chunks change places", ([a, b, ...rest]) => [b, a, ...rest].flatMap((c) => c ?? [])],
      ["a chunk is replayed", ([a, b, ...rest]) => [a, a, b, ...rest].flatMap((c) => c ?? [])],
      [
        "a byte of a chunk is another",
        ([a = Buffer.alloc(0), ...rest]) => {
          const copy = Buffer.from(a);
          copy[1000] = (copy[1000] ?? 0) ^ 1;
          return [copy, ...rest];
        },
      ],
      [
        "a chunk of another upload takes its place",
        ([, b, ...rest]) => [b, b, ...rest].flatMap((c) => c ?? []),
      ],
    ];
    for (const [name, spoil] of spoilt) {
      test(`${name}: refused, and nothing is written`, async () => {
        const Bucket = await at.bucket();
        const request = { method: "PUT", target: `/${Bucket}/k`, body };
        const chunking = { chunkBytes: 16 * KiB, spoil };
        const reply = await send(at.endpoint, signChunked(at.endpoint, request, how(), chunking));
        assert.equal(reply.status, 403, reply.text);
        assert.equal(element(reply.text, "Code"), "SignatureDoesNotMatch");
        assert.equal((await at.root.s3.listObjectsV2({ Bucket })).KeyCount, 0);
      });
    }

    test("a last chunk that never comes leaves the body incomplete", async () => {
      const Bucket = await at.bucket();
      const request = { method: "PUT", target: `/${Bucket}/k`, body };
      const chunking = { chunkBytes: 16 * KiB, spoil: (chunks: Buffer[]) => chunks.slice(0, -1) };
      const reply = await send(at.endpoint, signChunked(at.endpoint, request, how(), chunking));
      assert.deepEqual([reply.status, element(reply.text, "Code")], [400, "IncompleteBody"]);
      assert.equal((await at.root.s3.listObjectsV2({ Bucket })).KeyCount, 0);
    });

    test("chunks before the last have at least 8192 bytes", async () => {
      const request = { method: "PUT", target: `/${await at.bucket()}/k`, body };
      const reply = await send(
        at.endpoint,
        signChunked(at.endpoint, request, how(), { chunkBytes: 4 * KiB }),
      );
      assert.deepEqual([reply.status, element(reply.text, "Code")], [403, "InvalidChunkSizeError"]);
      assert.equal(
        element(reply.text, "Message"),
        "Only the last chunk is allowed to have a size less than 8192 bytes",
      );
    });

    const unsigned = (chunks: readonly Buffer[], trailer: string) =>
      Buffer.concat([
        ...chunks.flatMap((chunk) => [
          Buffer.from(`${chunk.length.toString(16)}\r\n`),
          chunk,
          Buffer.from("\r\n"),
        ]),
        Buffer.from(`0\r\n${trailer}\r\n\r\n`),
      ]);
    const sendUnsigned = (target: string, sent: Buffer, more: Record<string, string> = {}) =>
      ask(
        at.endpoint,
        {
          method: "PUT",
          target,
          body: sent,
          headers: {
            "content-encoding": "aws-chunked",
            "x-amz-decoded-content-length": String(body.length),
            "x-amz-trailer": "x-amz-checksum-crc32",
            ...more,
          },
        },
        { ...how(), payload: "STREAMING-UNSIGNED-PAYLOAD-TRAILER" },
      );
    const halves = [body.subarray(0, 64 * KiB), body.subarray(64 * KiB)];

    test("unsigned chunks with a checksum behind them make an object", async () => {
      const target = `/${await at.bucket()}/k`;
      const sent = unsigned(halves, `x-amz-checksum-crc32:${crc}`);
      const reply = await sendUnsigned(target, sent, { "content-encoding": "aws-chunked,gzip" });
      assert.equal(reply.status, 200, reply.text);
      const stored = await get(target);
      assert.ok(stored.body.equals(body));
      assert.equal(stored.headers["x-amz-checksum-crc32"], crc);
      assert.equal(stored.headers["content-encoding"], "gzip");
    });

    const trailers: [string, string, string][] = [
      ["a wrong checksum", `x-amz-checksum-crc32:${known["crc32"]}`, "BadDigest"],
      ["a checksum that is none", "x-amz-checksum-crc32:nonsense", "InvalidRequest"],
      [
        "another name than announced",
        `x-amz-checksum-sha1:${known["sha1"]}`,
        "MalformedTrailerError",
      ],
    ];
    for (const [name, trailer, code] of trailers) {
      test(`${name} in the trailer: ${code}`, async () => {
        const Bucket = await at.bucket();
        const reply = await sendUnsigned(`/${Bucket}/k`, unsigned(halves, trailer));
        assert.deepEqual([reply.status, element(reply.text, "Code")], [400, code], reply.text);
        assert.equal((await at.root.s3.listObjectsV2({ Bucket })).KeyCount, 0);
      });
    }

    test("a trailer of an unknown name is refused", async () => {
      const reply = await sendUnsigned(
        `/${await at.bucket()}/${fresh("k")}`,
        unsigned(halves, "x-amz-checksum-rot13:AAAA"),
        { "x-amz-trailer": "x-amz-checksum-rot13" },
      );
      assert.deepEqual([reply.status, element(reply.text, "Code")], [400, "InvalidRequest"]);
      assert.equal(
        element(reply.text, "Message"),
        "The value specified in the x-amz-trailer header is not supported",
      );
    });

    test("more or fewer bytes than announced are refused", async () => {
      const Bucket = await at.bucket();
      const sent = unsigned(halves, `x-amz-checksum-crc32:${crc}`);
      const fewer = await sendUnsigned(`/${Bucket}/k`, sent, {
        "x-amz-decoded-content-length": String(body.length + 1),
      });
      assert.equal(fewer.status, 400, fewer.text);
      const more = await sendUnsigned(`/${Bucket}/k`, sent, {
        "x-amz-decoded-content-length": String(body.length - 1),
      });
      assert.equal(more.status, 400, more.text);
      assert.equal((await at.root.s3.listObjectsV2({ Bucket })).KeyCount, 0);
    });

    test("the decoded length has to be said", async () => {
      const sent = unsigned(halves, `x-amz-checksum-crc32:${crc}`);
      const reply = await ask(
        at.endpoint,
        {
          method: "PUT",
          target: `/${await at.bucket()}/k`,
          body: sent,
          headers: {
            "content-encoding": "aws-chunked",
            "x-amz-trailer": "x-amz-checksum-crc32",
          },
        },
        { ...how(), payload: "STREAMING-UNSIGNED-PAYLOAD-TRAILER" },
      );
      assert.deepEqual([reply.status, element(reply.text, "Code")], [411, "MissingContentLength"]);
    });
  });
}
