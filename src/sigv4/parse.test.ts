import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { EMPTY_SHA256 } from "./chunk-chain.ts";
import type { SigningFailureKind } from "./failure.ts";
import { payloadOf } from "./payload.ts";
import { foldHeaders, type SignedRequest } from "./request.ts";
import { presign, signRequest } from "./sign.ts";
import { parseSignature } from "./signature.ts";
import { PUT, refusedAs, SIGNER, verified } from "./testing/requests.ts";

const { headers } = signRequest(PUT, SIGNER, EMPTY_SHA256);
const authorization = headers["authorization"] ?? "";
const withHeader = (name: string, value: string | undefined): SignedRequest => {
  const { [name]: _, ...others } = headers;
  return { ...PUT, headers: value === undefined ? others : { ...others, [name]: value } };
};
const URL_QUERY = presign(PUT, SIGNER, { expiresSeconds: 900 });
const withQuery = (from: string | RegExp, to: string): SignedRequest => ({
  ...PUT,
  query: URL_QUERY.replace(from, to),
});

test("a request without a signature is anonymous", () => {
  assert.equal(parseSignature(PUT), undefined);
  assert.equal(
    parseSignature({ ...PUT, query: "prefix=X-Amz-&Signatures=1&Expires=3" }),
    undefined,
  );
});

test("a signature by header tells who, when, where and over what", () => {
  assert.deepEqual(parseSignature({ ...PUT, headers }), {
    version: "AWS4-HMAC-SHA256",
    authType: "REST-HEADER",
    accessKeyId: "AKIAIOSFODNN7EXAMPLE",
    scope: {
      date: "20260101",
      region: "us-east-1",
      service: "s3",
      text: "20260101/us-east-1/s3/aws4_request",
    },
    timestamp: "20260101T120000Z",
    signedAtMs: Date.UTC(2026, 0, 1, 12),
    signedHeaders: "content-type;host;x-amz-content-sha256;x-amz-date;x-amz-meta-a",
    signature: authorization.slice(-64),
    securityToken: undefined,
    lifetimeSeconds: undefined,
  });
});

describe("the header's components may come in any order and with or without blanks", () => {
  const [credential = "", signed = "", signature = ""] = authorization.slice(17).split(", ");
  const spellings = [
    `AWS4-HMAC-SHA256 ${signature},${credential},${signed}`,
    `AWS4-HMAC-SHA256   ${credential} , ${signed} ,  ${signature} `,
  ];
  for (const spelling of spellings) {
    test(spelling, () => {
      assert.equal(verified(withHeader("authorization", spelling)).authType, "REST-HEADER");
    });
  }
});

test("a Date header stands in for X-Amz-Date", () => {
  const date = "Thu, 01 Jan 2026 12:00:00 GMT";
  const parsed = parseSignature({
    ...PUT,
    headers: { ...withHeader("x-amz-date", undefined).headers, date },
  });
  assert.equal(parsed?.version === "AWS4-HMAC-SHA256" && parsed.timestamp, "20260101T120000Z");
});

describe("a malformed signature by header is refused", () => {
  const auth = (from: string | RegExp, to: string) =>
    withHeader("authorization", authorization.replace(from, to));
  const long = "x".repeat(513);
  const cases: [name: string, request: SignedRequest, kind: SigningFailureKind][] = [
    ["empty", withHeader("authorization", ""), "authorization-unknown"],
    ["basic", withHeader("authorization", "Basic YTpi"), "authorization-unknown"],
    ["version 2", withHeader("authorization", "AWS AKIA:c2ln"), "mechanism-unsupported"],
    ["version 4a", auth("AWS4-HMAC", "AWS4-ECDSA-P256"), "mechanism-unsupported"],
    ["only the mechanism", withHeader("authorization", "AWS4-HMAC-SHA256"), "component-malformed"],
    ["without a credential", auth(/Credential=[^,]*, /, ""), "component-missing"],
    ["without signed headers", auth(/SignedHeaders=[^,]*, /, ""), "component-missing"],
    ["without a signature", auth(/, Signature=.*/, ""), "component-missing"],
    ["with an empty signature", auth(/Signature=.*/, "Signature="), "component-missing"],
    ["with a component more", auth(/$/, ", X=1"), "component-malformed"],
    ["with a component twice", auth(/$/, `, Signature=${"0".repeat(64)}`), "component-malformed"],
    [
      "sent twice",
      withHeader("authorization", `${authorization},${authorization}`),
      "component-malformed",
    ],
    ["with headers in capitals", auth(";host", ";Host"), "component-malformed"],
    ["with an empty header", auth(";host", ";;host"), "component-malformed"],
    ["with too many headers", auth(";host", ";a".repeat(128)), "component-malformed"],
    ["with a short credential", auth("/us-east-1/s3", "/us-east-1"), "credential-malformed"],
    ["with a long credential", auth("/us-east-1/s3", "/us-east-1/s3/x"), "credential-malformed"],
    ["without an access key id", auth("AKIAIOSFODNN7EXAMPLE", ""), "credential-malformed"],
    ["with an access key id beyond reason", auth("AKIA", long), "credential-malformed"],
    ["without a region", auth("us-east-1", ""), "credential-malformed"],
    ["with another terminator", auth("aws4_request", "aws5_request"), "terminator-wrong"],
    ["with a date that is none", auth("20260101", "2026-1-1"), "credential-date-malformed"],
    ["with another day", auth("20260101", "20260102"), "credential-date-wrong"],
    ["without a date", withHeader("x-amz-date", undefined), "date-missing"],
    ["with a bad date", withHeader("x-amz-date", "20260132T120000Z"), "date-malformed"],
    ["with a date in words", withHeader("x-amz-date", "yesterday"), "date-malformed"],
    ["beside one in the query", { ...PUT, headers, query: URL_QUERY }, "several-mechanisms"],
    [
      "beside one of version 2 in the query",
      { ...PUT, headers, query: "AWSAccessKeyId=A&Signature=b&Expires=1" },
      "several-mechanisms",
    ],
  ];
  for (const [name, request, kind] of cases) {
    test(name, () => {
      assert.throws(() => parseSignature(request), refusedAs(kind));
    });
  }
});

describe("a malformed signature in a URL is refused", () => {
  const cases: [name: string, request: SignedRequest, kind: SigningFailureKind][] = [
    ["without an algorithm", withQuery(/X-Amz-Algorithm=[^&]*&/, ""), "parameter-missing"],
    ["without a credential", withQuery(/X-Amz-Credential=[^&]*&/, ""), "parameter-missing"],
    ["without a date", withQuery(/X-Amz-Date=[^&]*&/, ""), "parameter-missing"],
    ["without a life", withQuery(/X-Amz-Expires=[^&]*&/, ""), "parameter-missing"],
    ["without headers", withQuery(/X-Amz-SignedHeaders=[^&]*&/, ""), "parameter-missing"],
    ["without a signature", withQuery(/&X-Amz-Signature=.*/, ""), "parameter-missing"],
    ["with two lives", withQuery(/$/, "&X-Amz-Expires=604800"), "parameter-missing"],
    ["with another algorithm", withQuery("AWS4-HMAC", "AWS5-HMAC"), "algorithm-unsupported"],
    [
      "of version 4a",
      withQuery("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"),
      "mechanism-unsupported",
    ],
    ["with a credential encoded twice", withQuery(/%2F/g, "%252F"), "credential-malformed"],
    ["with another terminator", withQuery("aws4_request", "aws4"), "terminator-wrong"],
    ["with a bad date", withQuery("T120000Z", "T250000Z"), "date-malformed"],
    ["with another day", withQuery("Date=20260101", "Date=20260102"), "credential-date-wrong"],
    ["with a life in words", withQuery("Expires=900", "Expires=ever"), "expires-malformed"],
    ["with a life below nothing", withQuery("Expires=900", "Expires=-1"), "expires-malformed"],
    [
      "with a life of more than a week",
      withQuery("Expires=900", "Expires=604801"),
      "expires-malformed",
    ],
    ["with headers in capitals", withQuery("%3Bhost", "%3BHost"), "component-malformed"],
  ];
  for (const [name, request, kind] of cases) {
    test(name, () => {
      assert.throws(() => parseSignature(request), refusedAs(kind));
    });
  }
});

test("a life of a week is the longest", () => {
  const query = presign(PUT, SIGNER, { expiresSeconds: 604_800 });
  assert.equal(verified({ ...PUT, query }).authType, "REST-QUERY-STRING");
  assert.throws(() => presign(PUT, SIGNER, { expiresSeconds: 604_801 }), {
    name: "InvariantError",
    message: "a presigned URL lives from one second to a week",
  });
});

test("a request is signed with its host", () => {
  assert.throws(() => signRequest({ ...PUT, headers: {} }, SIGNER, EMPTY_SHA256), {
    name: "InvariantError",
    message: "a request is signed with its host",
  });
});

test("a request is signed as octets", () => {
  const wide = { ...PUT, headers: { ...PUT.headers, "x-amz-meta-a": "\u20ac" } };
  assert.throws(() => signRequest(wide, SIGNER, EMPTY_SHA256), {
    name: "InvariantError",
    message: "a request is signed as octets",
  });
});

test("headers sent twice are one header of the values joined, whatever their name", () => {
  const folded = foldHeaders([
    "X-Amz-Meta-A",
    "1",
    "Host",
    "a",
    "x-amz-meta-a",
    "2",
    "__proto__",
    "p",
  ]);
  assert.deepEqual(Object.entries(folded), [
    ["x-amz-meta-a", "1,2"],
    ["host", "a"],
    ["__proto__", "p"],
  ]);
});

test("octets that are no ASCII are signed as they were sent", () => {
  // What node:http makes of the UTF-8 of an "à": its second octet is a blank in other encodings.
  const value = Buffer.from("à", "utf8").toString("latin1");
  const request = { ...PUT, headers: { ...PUT.headers, "x-amz-meta-a": value } };
  const signed = signRequest(request, SIGNER, EMPTY_SHA256);
  assert.equal(verified({ ...PUT, headers: signed.headers }).authType, "REST-HEADER");
  const trimmed = { ...signed.headers, "x-amz-meta-a": value.trim() };
  assert.throws(() => verified({ ...PUT, headers: trimmed }), refusedAs("signature-mismatch"));
});

describe("what x-amz-content-sha256 says of the body", () => {
  const hash = "a".repeat(64);
  const signature = parseSignature({ ...PUT, headers });
  const cases: Record<string, string> = {
    [hash]: "sha256",
    "UNSIGNED-PAYLOAD": "unsigned",
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD": "signed-chunks",
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER": "signed-chunks-with-trailer",
    "STREAMING-UNSIGNED-PAYLOAD-TRAILER": "unsigned-chunks-with-trailer",
  };
  for (const [text, kind] of Object.entries(cases)) {
    test(text, () => {
      const payload = payloadOf(withHeader("x-amz-content-sha256", text), signature);
      assert.deepEqual(payload, { kind, text });
    });
  }
  const refused: [string | undefined, SigningFailureKind][] = [
    [undefined, "payload-hash-missing"],
    ["", "payload-hash-malformed"],
    ["unsigned-payload", "payload-hash-malformed"],
    ["constructor", "payload-hash-malformed"],
    [hash.slice(1), "payload-hash-malformed"],
    ["STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER", "mechanism-unsupported"],
  ];
  for (const [text, kind] of refused) {
    test(`${String(text)} is refused`, () => {
      const request = withHeader("x-amz-content-sha256", text);
      assert.throws(() => payloadOf(request, signature), refusedAs(kind));
    });
  }
  test("in a URL it stands in the query, or nothing is said", () => {
    const query = "X-Amz-Content-Sha256=UNSIGNED-PAYLOAD";
    assert.equal(payloadOf({ ...PUT, query }, undefined).kind, "unsigned");
    assert.equal(payloadOf(PUT, undefined).kind, "unsigned");
  });
  test("chunks cannot be signed by nobody", () => {
    const request = withHeader("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD");
    assert.throws(() => payloadOf(request, undefined), refusedAs("authentication-missing"));
  });
});
