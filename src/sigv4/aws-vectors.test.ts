/**
 * The examples that AWS publishes with their signatures: Amazon S3 API Reference ("Authenticating
 * requests"), S3 User Guide (version 2), IAM User Guide (another service). Frozen.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { sha256Hex } from "../crypto/index.ts";
import { ChunkChain, EMPTY_SHA256 } from "./chunk-chain.ts";
import { payloadOf } from "./payload.ts";
import { parseFormSignature, verifyFormSignature } from "./post-form.ts";
import { checkPolicy, parsePolicy } from "./post-policy.ts";
import type { SignedRequest } from "./request.ts";
import { parseSignature } from "./signature.ts";
import { type Credential, SigningKeys } from "./signing-keys.ts";
import { type Verified, verifySignature } from "./verify.ts";

const S3_SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const S3_NOW = new Date("2013-05-24T00:00:00Z");
const credential = (secret: string): Credential => ({
  version: "1",
  secretAccessKey: () => secret,
});

function verifyS3(request: SignedRequest, now = S3_NOW, bucket?: string): Verified {
  const signature = parseSignature(request);
  assert.ok(signature);
  return verifySignature(signature, request, credential(S3_SECRET), {
    service: "s3",
    region: "us-east-1",
    now,
    payloadHash: payloadOf(request, signature).text,
    signingKeys: new SigningKeys(),
    bucket,
  });
}

function byHeader(
  request: Partial<SignedRequest>,
  { signed, signature }: { signed: string; signature: string },
): SignedRequest {
  return {
    method: "GET",
    path: "/",
    query: "",
    ...request,
    headers: {
      host: "examplebucket.s3.amazonaws.com",
      "x-amz-content-sha256": EMPTY_SHA256,
      "x-amz-date": "20130524T000000Z",
      ...request.headers,
      authorization: `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=${signed},Signature=${signature}`,
    },
  };
}

describe("S3's examples by header", () => {
  const cases: Record<string, SignedRequest> = {
    "GET Object": byHeader(
      { path: "/test.txt", headers: { range: "bytes=0-9" } },
      {
        signed: "host;range;x-amz-content-sha256;x-amz-date",
        signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
      },
    ),
    "PUT Object": byHeader(
      {
        method: "PUT",
        path: "/test%24file.text",
        headers: {
          date: "Fri, 24 May 2013 00:00:00 GMT",
          "x-amz-storage-class": "REDUCED_REDUNDANCY",
          "x-amz-content-sha256": sha256Hex("Welcome to Amazon S3."),
        },
      },
      {
        signed: "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
        signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
      },
    ),
    "GET Bucket Lifecycle": byHeader(
      { query: "lifecycle" },
      {
        signed: "host;x-amz-content-sha256;x-amz-date",
        signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
      },
    ),
    "GET Bucket": byHeader(
      { query: "prefix=J&max-keys=2" },
      {
        signed: "host;x-amz-content-sha256;x-amz-date",
        signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
      },
    ),
  };
  for (const [name, request] of Object.entries(cases)) {
    test(name, () => {
      assert.equal(verifyS3(request).authType, "REST-HEADER");
    });
  }
});

const chunkedUpload = (headers: Record<string, string>, signed: string, signature: string) =>
  byHeader(
    {
      method: "PUT",
      path: "/examplebucket/chunkObject.txt",
      headers: {
        host: "s3.amazonaws.com",
        "content-encoding": "aws-chunked",
        "x-amz-decoded-content-length": "66560",
        "x-amz-storage-class": "REDUCED_REDUNDANCY",
        ...headers,
      },
    },
    { signed, signature },
  );

test("S3's example of chunks", () => {
  const request = chunkedUpload(
    {
      "content-length": "66824",
      "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    },
    "content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class",
    "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
  );
  const { chunkSeed } = verifyS3(request);
  assert.ok(chunkSeed);
  const chain = new ChunkChain(chunkSeed);
  chain.verifyChunk(
    sha256Hex("a".repeat(65536)),
    "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
  );
  chain.verifyChunk(
    sha256Hex("a".repeat(1024)),
    "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
  );
  chain.verifyChunk(
    EMPTY_SHA256,
    "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
  );
});

test("S3's example of chunks with a trailer", () => {
  const request = chunkedUpload(
    {
      "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
      "x-amz-trailer": "x-amz-checksum-crc32c",
    },
    "content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class;x-amz-trailer",
    "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
  );
  const { chunkSeed } = verifyS3(request);
  assert.ok(chunkSeed);
  const chain = new ChunkChain(chunkSeed);
  chain.verifyChunk(
    sha256Hex("a".repeat(65536)),
    "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
  );
  chain.verifyChunk(
    sha256Hex("a".repeat(1024)),
    "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
  );
  chain.verifyChunk(
    EMPTY_SHA256,
    "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
  );
  chain.verifyTrailers(
    "x-amz-checksum-crc32c:sOO8/Q==\n",
    "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435",
  );
});

test("S3's example of a presigned URL", () => {
  const verified = verifyS3({
    method: "GET",
    path: "/test.txt",
    query:
      "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
    headers: { host: "examplebucket.s3.amazonaws.com" },
  });
  assert.equal(verified.authType, "REST-QUERY-STRING");
});

test("S3's example of a presigned URL of version 2", () => {
  const verified = verifyS3(
    {
      method: "GET",
      path: "/photos/puppy.jpg",
      query:
        "AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D&Expires=1175139620",
      headers: { host: "johnsmith.s3.amazonaws.com" },
    },
    new Date("2007-03-28T00:00:00Z"),
    "johnsmith",
  );
  assert.equal(verified.signatureVersion, "AWS");
});

test("S3's example of a form", () => {
  const policy = Buffer.from(
    [
      '{ "expiration": "2015-12-30T12:00:00.000Z",',
      '  "conditions": [',
      '    {"bucket": "sigv4examplebucket"},',
      '    ["starts-with", "$key", "user/user1/"],',
      '    {"acl": "public-read"},',
      '    {"success_action_redirect": "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html"},',
      '    ["starts-with", "$Content-Type", "image/"],',
      '    {"x-amz-meta-uuid": "14365123651274"},',
      '    {"x-amz-server-side-encryption": "AES256"},',
      '    ["starts-with", "$x-amz-meta-tag", ""],',
      "",
      '    {"x-amz-credential": "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"},',
      '    {"x-amz-algorithm": "AWS4-HMAC-SHA256"},',
      '    {"x-amz-date": "20151229T000000Z" }',
      "  ]",
      "}",
    ].join("\r\n"),
  ).toString("base64");
  const fields = new Map([
    ["key", "user/user1/photo.png"],
    ["acl", "public-read"],
    [
      "success_action_redirect",
      "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html",
    ],
    ["content-type", "image/jpeg"],
    ["x-amz-meta-uuid", "14365123651274"],
    ["x-amz-server-side-encryption", "AES256"],
    ["x-amz-credential", "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"],
    ["x-amz-algorithm", "AWS4-HMAC-SHA256"],
    ["x-amz-date", "20151229T000000Z"],
    ["x-amz-meta-tag", ""],
    ["policy", policy],
    ["x-amz-signature", "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e"],
  ]);
  const signature = parseFormSignature(fields);
  assert.ok(signature);
  const now = new Date("2015-12-29T01:00:00Z");
  const signingKeys = new SigningKeys();
  const verified = verifyFormSignature(signature, fields, credential(S3_SECRET), {
    region: "us-east-1",
    now,
    signingKeys,
  });
  assert.equal(verified.authType, "POST");
  assert.equal(verified.signatureAgeMs, 3_600_000);
  checkPolicy(parsePolicy(policy), fields, { now, bucket: "sigv4examplebucket" });
});

test("the IAM User Guide's example", () => {
  const request: SignedRequest = {
    method: "GET",
    path: "/",
    query: "Action=ListUsers&Version=2010-05-08",
    headers: {
      host: "iam.amazonaws.com",
      "content-type": "application/x-www-form-urlencoded; charset=utf-8",
      "x-amz-date": "20150830T123600Z",
      authorization:
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
    },
  };
  const signature = parseSignature(request);
  assert.ok(signature);
  const secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
  const verified = verifySignature(signature, request, credential(secret), {
    service: "iam",
    now: new Date("2015-08-30T12:36:00Z"),
    payloadHash: sha256Hex(""),
    signingKeys: new SigningKeys(),
  });
  assert.equal(verified.accessKeyId, "AKIDEXAMPLE");
});
