/** S3's answers, "Error responses", Amazon S3 API Reference; the texts are those that AWS sends. */
import type { AwsError, ErrorTable } from "./aws-error.ts";
import { octets } from "./canonical-request.ts";
import type { SignaturePlace, SigningFailure } from "./failure.ts";
import { CLOCK_SKEW_MS } from "./limits.ts";
import { renderSeconds, renderTimestamp } from "./timestamp.ts";

export const EXPIRES_PROBLEMS = {
  "not-a-number": "X-Amz-Expires should be a number",
  negative: "X-Amz-Expires must be non-negative",
  "too-long":
    "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds",
} as const;

export const S3_ERRORS: ErrorTable<AwsError> = {
  "authentication-missing": () => denied("Access Denied"),
  "form-unsigned": () => denied("Access Denied"),
  "access-key-unknown": (failure) =>
    s3(
      "InvalidAccessKeyId",
      403,
      "The AWS Access Key Id you provided does not exist in our records.",
      { AWSAccessKeyId: failure.accessKeyId },
    ),
  "token-expired": (failure) =>
    s3("ExpiredToken", 400, "The provided token has expired.", {
      "Token-0": failure.token,
    }),
  "token-invalid": (failure) =>
    s3("InvalidToken", 400, "The provided token is malformed or otherwise invalid.", {
      "Token-0": failure.token,
    }),
  "mechanism-unsupported": () =>
    s3(
      "InvalidRequest",
      400,
      "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
    ),
  "authorization-unknown": (failure) =>
    s3Argument("Unsupported Authorization Type", "Authorization", failure.authorization),
  "several-mechanisms": (failure) =>
    s3Argument(
      "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified",
      "Authorization",
      failure.authorization,
    ),
  "component-missing": () =>
    malformed(
      "header",
      "the authorization header requires three components: Credential, SignedHeaders, and Signature.",
    ),
  "component-malformed": (failure) =>
    malformed("header", `the authorization component "${failure.component}" is malformed.`),
  "parameter-missing": () =>
    parameters(
      "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
    ),
  "algorithm-unsupported": () =>
    parameters('X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"'),
  "credential-malformed": (failure) =>
    malformed(
      failure.place,
      'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    ),
  "credential-date-malformed": (failure) =>
    malformed(
      failure.place,
      `incorrect date format "${failure.date}". This date in the credential must be in the format "yyyyMMdd".`,
    ),
  "credential-date-wrong": (failure) =>
    malformed(failure.place, "Invalid credential date. Date is not the same as X-Amz-Date."),
  "region-wrong": (failure) =>
    malformed(
      failure.place,
      `the region '${failure.region}' is wrong; expecting '${failure.expected}'`,
      { Region: failure.expected },
    ),
  "service-wrong": (failure) =>
    malformed(
      failure.place,
      `incorrect service "${failure.service}". This endpoint belongs to "${failure.expected}".`,
    ),
  "terminator-wrong": (failure) =>
    malformed(
      failure.place,
      `incorrect terminal "${failure.terminator}". This endpoint uses "aws4_request".`,
    ),
  "date-missing": () => denied("AWS authentication requires a valid Date or x-amz-date header"),
  "date-malformed": (failure) =>
    failure.place === "header"
      ? denied("AWS authentication requires a valid Date or x-amz-date header")
      : parameters(`X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"`),
  "expires-malformed": (failure) => parameters(EXPIRES_PROBLEMS[failure.problem]),
  "clock-skewed": (failure) =>
    s3(
      "RequestTimeTooSkewed",
      403,
      "The difference between the request time and the current time is too large.",
      {
        RequestTime: renderTimestamp(failure.requestTime.getTime()),
        ServerTime: renderSeconds(failure.serverTime),
        MaxAllowedSkewMilliseconds: String(CLOCK_SKEW_MS),
      },
    ),
  "not-yet-valid": () => denied("Request is not yet valid"),
  expired: (failure) =>
    denied("Request has expired", {
      ...(failure.lifetimeSeconds === undefined
        ? {}
        : { "X-Amz-Expires": String(failure.lifetimeSeconds) }),
      Expires: renderSeconds(failure.expires),
      ServerTime: renderSeconds(failure.serverTime),
    }),
  "version-2-parameter-missing": () =>
    denied(
      "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters",
    ),
  "headers-not-signed": (failure) =>
    denied("There were headers present in the request which were not signed", {
      HeadersNotSigned: failure.names.join(", "),
    }),
  "payload-hash-missing": () =>
    s3("InvalidRequest", 400, "Missing required header for this request: x-amz-content-sha256"),
  "payload-hash-malformed": (failure) =>
    s3Argument(
      "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 value.",
      "x-amz-content-sha256",
      failure.value,
    ),
  "signature-mismatch": (failure) =>
    s3(
      "SignatureDoesNotMatch",
      403,
      "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
      mismatchMembers(failure),
    ),
  "form-field-missing": (failure) =>
    s3Argument(
      `Bucket POST must contain a field named '${failure.field}'.  If it is specified, please check the order of the fields.`,
      failure.field,
      "",
    ),
  "policy-malformed": (failure) =>
    s3("InvalidPolicyDocument", 400, `Invalid Policy: ${failure.problem}`),
  "policy-refused": (failure) => denied(`Invalid according to Policy: ${failure.problem}`),
  "form-too-large": (failure) =>
    s3("EntityTooLarge", 400, "Your proposed upload exceeds the maximum allowed size", {
      ProposedSize: String(failure.bytes),
      MaxSizeAllowed: String(failure.bytesMax),
    }),
  "form-too-small": (failure) =>
    s3("EntityTooSmall", 400, "Your proposed upload is smaller than the minimum allowed size", {
      ProposedSize: String(failure.bytes),
      MinSizeAllowed: String(failure.bytesMin),
    }),
};

function mismatchMembers(
  failure: Extract<SigningFailure, { kind: "signature-mismatch" }>,
): Record<string, string> {
  const { accessKeyId, stringToSign, signatureProvided, canonicalRequest } = failure;
  return {
    AWSAccessKeyId: accessKeyId,
    StringToSign: stringToSign,
    SignatureProvided: signatureProvided,
    StringToSignBytes: hexOctets(stringToSign),
    ...(canonicalRequest === undefined
      ? {}
      : { CanonicalRequest: canonicalRequest, CanonicalRequestBytes: hexOctets(canonicalRequest) }),
  };
}

/** `41 57 53 34 …` */
function hexOctets(text: string): string {
  return octets(text)
    .toString("hex")
    .replaceAll(/(..)(?=.)/g, "$1 ");
}

function s3(
  code: string,
  status: number,
  message: string,
  members: Readonly<Record<string, string>> = {},
): AwsError {
  return { code, status, message, members };
}

function denied(message: string, members: Readonly<Record<string, string>> = {}): AwsError {
  return s3("AccessDenied", 403, message, members);
}

function s3Argument(message: string, name: string, value: string): AwsError {
  return s3("InvalidArgument", 400, message, { ArgumentName: name, ArgumentValue: value });
}

function parameters(message: string): AwsError {
  return s3("AuthorizationQueryParametersError", 400, message);
}

/** The same detail, in the header's sentence or in the query's. */
function malformed(
  place: SignaturePlace,
  detail: string,
  members: Readonly<Record<string, string>> = {},
): AwsError {
  return place === "header"
    ? s3(
        "AuthorizationHeaderMalformed",
        400,
        `The authorization header is malformed; ${detail}`,
        members,
      )
    : s3(
        "AuthorizationQueryParametersError",
        400,
        `Error parsing the X-Amz-Credential parameter; ${detail}`,
        members,
      );
}
