import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type AwsError, awsError } from "./aws-error.ts";
import type { SigningFailure } from "./failure.ts";

const serverTime = new Date("2026-01-01T12:00:00Z");

test("S3 shows what it signed, in text and in octets", () => {
  const failure: SigningFailure = {
    kind: "signature-mismatch",
    accessKeyId: "AKIA",
    stringToSign: "AWS4\n",
    signatureProvided: "00",
    canonicalRequest: "GET\u00e9",
  };
  assert.deepEqual(awsError(failure, "s3"), {
    code: "SignatureDoesNotMatch",
    status: 403,
    message:
      "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    members: {
      AWSAccessKeyId: "AKIA",
      StringToSign: "AWS4\n",
      SignatureProvided: "00",
      StringToSignBytes: "41 57 53 34 0a",
      CanonicalRequest: "GET\u00e9",
      CanonicalRequestBytes: "47 45 54 e9",
    },
  });
});

test("where AWS leaves the canonical request out, it is left out", () => {
  const { members } = awsError(
    { kind: "signature-mismatch", accessKeyId: "A", stringToSign: "s", signatureProvided: "0" },
    "s3",
  );
  assert.deepEqual(Object.keys(members), [
    "AWSAccessKeyId",
    "StringToSign",
    "SignatureProvided",
    "StringToSignBytes",
  ]);
});

describe("S3's words", () => {
  const cases: [SigningFailure, AwsError][] = [
    [
      { kind: "region-wrong", place: "header", region: "aws-global", expected: "us-east-1" },
      {
        code: "AuthorizationHeaderMalformed",
        status: 400,
        message:
          "The authorization header is malformed; the region 'aws-global' is wrong; expecting 'us-east-1'",
        members: { Region: "us-east-1" },
      },
    ],
    [
      { kind: "region-wrong", place: "query", region: "x", expected: "us-east-1" },
      {
        code: "AuthorizationQueryParametersError",
        status: 400,
        message:
          "Error parsing the X-Amz-Credential parameter; the region 'x' is wrong; expecting 'us-east-1'",
        members: { Region: "us-east-1" },
      },
    ],
    [
      {
        kind: "expired",
        expires: new Date("2026-01-01T11:00:00Z"),
        serverTime,
        lifetimeSeconds: 900,
      },
      {
        code: "AccessDenied",
        status: 403,
        message: "Request has expired",
        members: {
          "X-Amz-Expires": "900",
          Expires: "2026-01-01T11:00:00Z",
          ServerTime: "2026-01-01T12:00:00Z",
        },
      },
    ],
    [
      { kind: "clock-skewed", requestTime: new Date("2026-01-01T11:00:00Z"), serverTime },
      {
        code: "RequestTimeTooSkewed",
        status: 403,
        message: "The difference between the request time and the current time is too large.",
        members: {
          RequestTime: "20260101T110000Z",
          ServerTime: "2026-01-01T12:00:00Z",
          MaxAllowedSkewMilliseconds: "900000",
        },
      },
    ],
    [
      { kind: "headers-not-signed", names: ["x-amz-date", "x-amz-decoded-content-length"] },
      {
        code: "AccessDenied",
        status: 403,
        message: "There were headers present in the request which were not signed",
        members: { HeadersNotSigned: "x-amz-date, x-amz-decoded-content-length" },
      },
    ],
    [
      { kind: "several-mechanisms", authorization: "AWS4-HMAC-SHA256 x" },
      {
        code: "InvalidArgument",
        status: 400,
        message:
          "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified",
        members: { ArgumentName: "Authorization", ArgumentValue: "AWS4-HMAC-SHA256 x" },
      },
    ],
    [
      { kind: "form-field-missing", field: "X-Amz-Signature" },
      {
        code: "InvalidArgument",
        status: 400,
        message:
          "Bucket POST must contain a field named 'X-Amz-Signature'.  If it is specified, please check the order of the fields.",
        members: { ArgumentName: "X-Amz-Signature", ArgumentValue: "" },
      },
    ],
    [
      { kind: "token-expired", token: "t" },
      {
        code: "ExpiredToken",
        status: 400,
        message: "The provided token has expired.",
        members: { "Token-0": "t" },
      },
    ],
  ];
  for (const [failure, expected] of cases) {
    test(expected.message, () => assert.deepEqual(awsError(failure, "s3"), expected));
  }
});

describe("the other services' words, in JSON and in Query", () => {
  const cases: [
    failure: SigningFailure,
    json: string,
    query: string,
    status: number,
    text: string,
  ][] = [
    [
      { kind: "access-key-unknown", accessKeyId: "A" },
      "UnrecognizedClientException",
      "InvalidClientTokenId",
      403,
      "The security token included in the request is invalid.",
    ],
    [
      { kind: "token-expired", token: "t" },
      "ExpiredTokenException",
      "ExpiredToken",
      403,
      "The security token included in the request is expired",
    ],
    [
      { kind: "signature-mismatch", accessKeyId: "A", stringToSign: "", signatureProvided: "" },
      "InvalidSignatureException",
      "SignatureDoesNotMatch",
      403,
      "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
    ],
    [
      { kind: "clock-skewed", requestTime: new Date("2026-01-01T11:00:00Z"), serverTime },
      "InvalidSignatureException",
      "SignatureDoesNotMatch",
      403,
      "Signature expired: 20260101T110000Z is now earlier than 20260101T114500Z (20260101T120000Z - 15 min.)",
    ],
    [
      { kind: "clock-skewed", requestTime: new Date("2026-01-01T13:00:00Z"), serverTime },
      "InvalidSignatureException",
      "SignatureDoesNotMatch",
      403,
      "Signature not yet current: 20260101T130000Z is still later than 20260101T121500Z (20260101T120000Z + 15 min.)",
    ],
    [
      { kind: "service-wrong", place: "header", service: "s3", expected: "kms" },
      "InvalidSignatureException",
      "SignatureDoesNotMatch",
      403,
      "Credential should be scoped to correct service: 'kms'. ",
    ],
    [
      { kind: "component-missing", components: ["SignedHeaders", "Signature"] },
      "IncompleteSignatureException",
      "IncompleteSignature",
      400,
      "Authorization header requires 'SignedHeaders' parameter. Authorization header requires 'Signature' parameter.",
    ],
    [
      { kind: "headers-not-signed", names: ["host"] },
      "InvalidSignatureException",
      "SignatureDoesNotMatch",
      403,
      "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
    ],
  ];
  for (const [failure, json, query, status, message] of cases) {
    test(`${json} ${message}`, () => {
      assert.deepEqual(awsError(failure, "json"), {
        code: json,
        status: 400,
        message,
        members: {},
      });
      assert.deepEqual(awsError(failure, "query"), { code: query, status, message, members: {} });
    });
  }
  test("a request without authentication is told so in each protocol's own words", () => {
    const failure: SigningFailure = { kind: "authentication-missing" };
    const [json, query] = [awsError(failure, "json"), awsError(failure, "query")];
    assert.deepEqual(
      [json.code, json.message, query.code, query.message],
      [
        "MissingAuthenticationTokenException",
        "Missing Authentication Token",
        "MissingAuthenticationToken",
        "Request is missing Authentication Token",
      ],
    );
  });
});
