import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { CHECKSUM_ALGORITHMS, createChecksum, md5, sha256, sha256Hex } from "../../crypto/index.ts";
import type { Payload } from "../../sigv4/index.ts";
import { type BodyWishes, planBody } from "./body-plan.ts";
import { BodyVerifier, verifyBody } from "./body-verifier.ts";
import { encodeChunks, SEED } from "./testing/encode-chunks.ts";

type Headers = Record<string, string>;

const BODY = Buffer.from("Welcome to Amazon S3.");
const UNSIGNED: Payload = { kind: "unsigned", text: "UNSIGNED-PAYLOAD" };
const hashed = (body: Uint8Array): Payload => ({ kind: "sha256", text: sha256Hex(body) });
const TRAILING: Payload = {
  kind: "unsigned-chunks-with-trailer",
  text: "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
};
const checksumOf = (algorithm: (typeof CHECKSUM_ALGORITHMS)[number], body: Uint8Array) => {
  const checksum = createChecksum(algorithm);
  checksum.update(body);
  return checksum.digest();
};
const crc32 = checksumOf("CRC32", BODY).toString("base64");

/** Reads a body both ways, whole and byte by byte; they must agree. */
function read(headers: Headers, payload: Payload, raw: Uint8Array, wishes?: BodyWishes) {
  const plan = planBody(headers, { payload, chunkSeed: SEED }, wishes);
  const pieces: Uint8Array[] = [];
  const streamed = outcome(() => {
    const verifier = new BodyVerifier(plan, (data) => pieces.push(data));
    for (let i = 0; i < raw.length; i++) verifier.push(raw.subarray(i, i + 1));
    return verifier.end();
  });
  const whole = outcome(() => verifyBody(plan, raw));
  if ("error" in whole) {
    assert.deepEqual(streamed, whole);
    throw whole.error;
  }
  assert.deepEqual(streamed, { value: whole.value.report });
  assert.ok(Buffer.concat(pieces).equals(whole.value.body));
  return whole.value.report;
}

function outcome<T>(action: () => T): { value: T } | { error: Error } {
  try {
    return { value: action() };
  } catch (error) {
    assert.ok(error instanceof Error);
    return { error };
  }
}

test("nothing is computed that nobody asked for", () => {
  assert.deepEqual(read({}, UNSIGNED, BODY), {
    bytes: BODY.length,
    md5: undefined,
    checksum: undefined,
  });
});

test("the operation has the MD5 and its default checksum where it wishes", () => {
  const wishes = { md5: "computed", defaultChecksum: "CRC64NVME" } as const;
  assert.deepEqual(read({}, UNSIGNED, BODY, wishes), {
    bytes: BODY.length,
    md5: md5(BODY),
    checksum: { algorithm: "CRC64NVME", value: checksumOf("CRC64NVME", BODY), from: "default" },
  });
});

test("a declared checksum takes the default's place", () => {
  const report = read({ "x-amz-checksum-crc32": crc32 }, UNSIGNED, BODY, {
    defaultChecksum: "CRC64NVME",
  });
  assert.deepEqual(report.checksum, {
    algorithm: "CRC32",
    value: checksumOf("CRC32", BODY),
    from: "header",
  });
});

describe("every algorithm", () => {
  for (const algorithm of CHECKSUM_ALGORITHMS) {
    const header = `x-amz-checksum-${algorithm.toLowerCase()}`;
    const value = checksumOf(algorithm, BODY).toString("base64");
    const wrong = checksumOf(algorithm, Buffer.from("x")).toString("base64");
    const mismatch = {
      code: "BadDigest",
      status: 400,
      message: `The ${algorithm} you specified did not match the calculated checksum.`,
    };
    const trailer = (text: string) => ({
      headers: { "x-amz-trailer": header, "x-amz-decoded-content-length": String(BODY.length) },
      raw: Buffer.concat(encodeChunks([BODY], { trailer: `${header}:${text}` })),
    });
    test(`${algorithm} in a header`, () => {
      assert.equal(read({ [header]: value }, UNSIGNED, BODY).checksum?.algorithm, algorithm);
      assert.throws(() => read({ [header]: wrong }, UNSIGNED, BODY), mismatch);
      const message = `Value for ${header} header is invalid.`;
      for (const broken of ["", "?", value.slice(0, -4), `${value}AAAA`, `${value} `]) {
        assert.throws(() => read({ [header]: broken }, UNSIGNED, BODY), {
          code: "InvalidRequest",
          message,
        });
      }
    });
    test(`${algorithm} in a trailer`, () => {
      const right = trailer(value);
      assert.equal(read(right.headers, TRAILING, right.raw).checksum?.from, "trailer");
      const other = trailer(wrong);
      assert.throws(() => read(other.headers, TRAILING, other.raw), mismatch);
      const broken = trailer("AAA");
      assert.throws(() => read(broken.headers, TRAILING, broken.raw), {
        code: "InvalidRequest",
        message: `Value for ${header} trailing header is invalid.`,
      });
    });
  }
});

test("signed chunks with a signed trailer are read as one body", () => {
  const body = Buffer.alloc(20_000, "a");
  const value = checksumOf("CRC32C", body).toString("base64");
  const trailer = `x-amz-checksum-crc32c:${value}`;
  const chunks = [body.subarray(0, 8192), body.subarray(8192, 16_384), body.subarray(16_384)];
  const raw = Buffer.concat(encodeChunks(chunks, { seed: SEED, trailer }));
  const headers = {
    "x-amz-trailer": "x-amz-checksum-crc32c",
    "x-amz-sdk-checksum-algorithm": "CRC32C",
    "x-amz-decoded-content-length": "20000",
    "content-length": String(raw.length),
  };
  const payload: Payload = {
    kind: "signed-chunks-with-trailer",
    text: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
  };
  const report = read(headers, payload, raw, { md5: "computed" });
  assert.equal(report.bytes, 20_000);
  assert.deepEqual(report.md5, md5(body));
  assert.equal(report.checksum?.value.toString("base64"), value);
});

test("a body is held to its SHA-256", () => {
  assert.equal(read({}, hashed(BODY), BODY).bytes, BODY.length);
  const capitals: Payload = { kind: "sha256", text: sha256Hex(BODY).toUpperCase() };
  assert.equal(read({}, capitals, BODY).bytes, BODY.length);
  assert.throws(() => read({}, hashed(BODY), Buffer.from("x")), {
    code: "XAmzContentSHA256Mismatch",
    status: 400,
    message: "The provided 'x-amz-content-sha256' header does not match what was computed.",
    members: {
      ClientComputedContentSHA256: sha256Hex(BODY),
      S3ComputedContentSHA256: sha256Hex("x"),
    },
  });
});

test("one SHA-256 serves the signature and the checksum", () => {
  const headers = { "x-amz-checksum-sha256": sha256(BODY).toString("base64") };
  assert.deepEqual(read(headers, hashed(BODY), BODY).checksum?.value, sha256(BODY));
});

test("a body is held to its Content-MD5", () => {
  const headers = { "content-md5": md5(BODY).toString("base64") };
  assert.deepEqual(read(headers, UNSIGNED, BODY).md5, md5(BODY));
  const expected = {
    code: "BadDigest",
    status: 400,
    message: "The Content-MD5 you specified did not match what we received.",
  };
  const calculated = { CalculatedDigest: md5("x").toString("base64") };
  assert.throws(() => read(headers, UNSIGNED, Buffer.from("x")), {
    ...expected,
    members: { ...calculated, ExpectedDigest: md5(BODY).toString("base64") },
  });
  assert.throws(() => read(headers, UNSIGNED, Buffer.from("x"), { expectedDigest: "hex" }), {
    ...expected,
    members: { ...calculated, ExpectedDigest: md5(BODY).toString("hex") },
  });
});

test("a body is as long as its headers say", () => {
  assert.equal(read({ "content-length": "21" }, UNSIGNED, BODY).bytes, 21);
  for (const length of ["22", "0"]) {
    // What is known of a body that is too long depends on how much of it has come.
    const plan = planBody({ "content-length": length }, { payload: UNSIGNED });
    assert.throws(() => verifyBody(plan, BODY), {
      code: "IncompleteBody",
      status: 400,
      message:
        "You did not provide the number of bytes specified by the Content-Length HTTP header",
      members: { NumberBytesExpected: length, NumberBytesProvided: "21" },
    });
    const verifier = new BodyVerifier(plan, () => {});
    assert.throws(() => (verifier.push(BODY), verifier.end()), { code: "IncompleteBody" });
  }
  for (const length of ["-1", "x", "", "1e1"]) {
    assert.throws(() => planBody({ "content-length": length }, { payload: UNSIGNED }), {
      code: "MissingContentLength",
      status: 411,
    });
  }
});

describe("headers that contradict themselves are refused before the body", () => {
  const multiple =
    "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.";
  const unsupported =
    "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, MD5, SHA1, SHA256, SHA512, XXHASH128, XXHASH3, XXHASH64]";
  const malformed =
    "The request contained trailing data that was not well-formed or did not conform to our published schema.";
  const length = { "x-amz-decoded-content-length": "21" };
  const cases: [name: string, headers: Headers, payload: Payload, code: string, message: string][] =
    [
      [
        "two checksums",
        { "x-amz-checksum-crc32": crc32, "x-amz-checksum-crc32c": crc32 },
        UNSIGNED,
        "InvalidRequest",
        multiple,
      ],
      [
        "one in a header and one in a trailer",
        { ...length, "x-amz-checksum-crc32": crc32, "x-amz-trailer": "x-amz-checksum-crc32" },
        TRAILING,
        "InvalidRequest",
        multiple,
      ],
      [
        "two in trailers",
        { ...length, "x-amz-trailer": "x-amz-checksum-crc32,x-amz-checksum-sha1" },
        TRAILING,
        "InvalidRequest",
        multiple,
      ],
      [
        "an unknown checksum",
        { "x-amz-checksum-crc16": "AAA=" },
        UNSIGNED,
        "InvalidRequest",
        unsupported,
      ],
      [
        "a trailer that is no checksum",
        { ...length, "x-amz-trailer": "expires" },
        TRAILING,
        "InvalidRequest",
        "The value specified in the x-amz-trailer header is not supported",
      ],
      [
        "an algorithm that nothing follows up",
        { "x-amz-sdk-checksum-algorithm": "CRC32" },
        UNSIGNED,
        "InvalidRequest",
        "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.",
      ],
      [
        "an algorithm that is another",
        { "x-amz-sdk-checksum-algorithm": "SHA1", "x-amz-checksum-crc32": crc32 },
        UNSIGNED,
        "InvalidRequest",
        "Value for x-amz-sdk-checksum-algorithm header is invalid.",
      ],
      [
        "a trailer that cannot come",
        { "x-amz-trailer": "x-amz-checksum-crc32" },
        UNSIGNED,
        "MalformedTrailerError",
        malformed,
      ],
      [
        "no decoded length",
        {},
        TRAILING,
        "MissingContentLength",
        "You must provide the Content-Length HTTP header.",
      ],
      [
        "a decoded length that is none",
        { "x-amz-decoded-content-length": "1e3" },
        TRAILING,
        "MissingContentLength",
        "You must provide the Content-Length HTTP header.",
      ],
      [
        "a Content-MD5 that is none",
        { "content-md5": "abc" },
        UNSIGNED,
        "InvalidDigest",
        "The Content-MD5 you specified was invalid.",
      ],
      [
        "a Content-MD5 that is too short",
        { "content-md5": "AAAA" },
        UNSIGNED,
        "InvalidDigest",
        "The Content-MD5 you specified was invalid.",
      ],
    ];
  for (const [name, headers, payload, code, message] of cases) {
    test(name, () => {
      assert.throws(() => planBody(headers, { payload, chunkSeed: SEED }), { code, message });
    });
  }
  test("signed chunks without a signature to begin with", () => {
    const payload: Payload = { kind: "signed-chunks", text: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" };
    assert.throws(() => planBody(length, { payload }), { code: "InvalidRequest" });
  });
});

test("a trailer that was announced has to come, and no other", () => {
  const length = { "x-amz-decoded-content-length": String(BODY.length) };
  const none = Buffer.concat(encodeChunks([BODY]));
  const announced = { ...length, "x-amz-trailer": "x-amz-checksum-crc32" };
  assert.throws(() => read(announced, TRAILING, none), { code: "MalformedTrailerError" });
  const other = Buffer.concat(encodeChunks([BODY], { trailer: `x-amz-checksum-sha1:${crc32}` }));
  assert.throws(() => read(announced, TRAILING, other), { code: "MalformedTrailerError" });
  assert.throws(() => read(length, TRAILING, other), { code: "MalformedTrailerError" });
  assert.equal(read(length, TRAILING, none).checksum, undefined);
});

test("the checksum of the object that a request completes is not its body's", () => {
  const headers = { "x-amz-checksum-crc32": "AAAAAA==-3", "x-amz-checksum-type": "COMPOSITE" };
  const report = read(headers, UNSIGNED, BODY, { checksumHeaders: "of-the-object" });
  assert.equal(report.checksum, undefined);
});

test("x-amz-checksum-algorithm, -mode and -type are no checksums", () => {
  const headers = {
    "x-amz-checksum-algorithm": "NONSENSE",
    "x-amz-checksum-mode": "ENABLED",
    "x-amz-checksum-type": "FULL_OBJECT",
  };
  assert.equal(read(headers, UNSIGNED, BODY).checksum, undefined);
});

test("one byte changed anywhere is found by each check", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.nat(), (body, at) => {
      const changed = Uint8Array.from(body);
      changed[at % body.length] = (changed[at % body.length] ?? 0) ^ 0x40;
      assert.throws(() => read({}, hashed(body), changed), { code: "XAmzContentSHA256Mismatch" });
      const checks: Headers[] = [
        { "content-md5": md5(body).toString("base64") },
        { "x-amz-checksum-crc64nvme": checksumOf("CRC64NVME", body).toString("base64") },
      ];
      for (const headers of checks) {
        assert.throws(() => read(headers, UNSIGNED, changed), { code: "BadDigest" });
      }
    }),
    { numRuns: 30 },
  );
});

test("a body in one piece is not copied", () => {
  const raw = Buffer.concat(encodeChunks([BODY]));
  const headers = { "x-amz-decoded-content-length": String(BODY.length) };
  const plan = planBody(headers, { payload: TRAILING });
  assert.equal(verifyBody(plan, raw).body.buffer, raw.buffer);
  const plain = planBody({}, { payload: UNSIGNED });
  assert.equal(verifyBody(plain, BODY).body, BODY);
});
