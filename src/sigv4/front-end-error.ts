/**
 * The answers of the other services, which share one front end: the JSON protocol (KMS, CloudTrail)
 * and Query (IAM, STS) say the same under different codes.
 */
import { MINUTE_MS } from "../base/index.ts";
import type { ErrorTable } from "./aws-error.ts";
import type { SigningFailure } from "./failure.ts";
import { CLOCK_SKEW_MS } from "./limits.ts";
import { EXPIRES_PROBLEMS } from "./s3-error.ts";
import { renderTimestamp } from "./timestamp.ts";

interface FrontEndCode {
  readonly json: string;
  readonly query: string;
  /** Query's; JSON answers each with 400. */
  readonly status: number;
}

export interface FrontEndError {
  readonly code: FrontEndCode;
  readonly message: string;
  /** Where Query words it differently. */
  readonly queryMessage?: string;
}

const MISSING: FrontEndCode = {
  json: "MissingAuthenticationTokenException",
  query: "MissingAuthenticationToken",
  status: 403,
};
const UNKNOWN: FrontEndCode = {
  json: "UnrecognizedClientException",
  query: "InvalidClientTokenId",
  status: 403,
};
const EXPIRED: FrontEndCode = {
  json: "ExpiredTokenException",
  query: "ExpiredToken",
  status: 403,
};
const INCOMPLETE: FrontEndCode = {
  json: "IncompleteSignatureException",
  query: "IncompleteSignature",
  status: 400,
};
const MISMATCH: FrontEndCode = {
  json: "InvalidSignatureException",
  query: "SignatureDoesNotMatch",
  status: 403,
};

const missing = (): FrontEndError => ({
  code: MISSING,
  message: "Missing Authentication Token",
  queryMessage: "Request is missing Authentication Token",
});
const unknown = (): FrontEndError => ({
  code: UNKNOWN,
  message: "The security token included in the request is invalid.",
});
const incomplete = (message: string): FrontEndError => ({ code: INCOMPLETE, message });
const mismatch = (message: string): FrontEndError => ({ code: MISMATCH, message });
const unsupported = (): FrontEndError =>
  incomplete("Unsupported AWS 'algorithm': only AWS4-HMAC-SHA256 is supported.");
/** For what only S3 has: forms, payload headers, version 2. */
const notOurs = (): FrontEndError =>
  incomplete("The request signature does not conform to AWS standards.");

export const FRONT_END_ERRORS: ErrorTable<FrontEndError> = {
  "authentication-missing": missing,
  "authorization-unknown": missing,
  "form-unsigned": missing,
  "access-key-unknown": unknown,
  "token-invalid": unknown,
  "token-expired": () => ({
    code: EXPIRED,
    message: "The security token included in the request is expired",
  }),
  "mechanism-unsupported": unsupported,
  "several-mechanisms": () =>
    incomplete("Both the Authorization header and query-string parameters carry a signature."),
  "component-missing": ({ components }) =>
    incomplete(
      components.map((name) => `Authorization header requires '${name}' parameter.`).join(" "),
    ),
  "component-malformed": ({ component }) =>
    incomplete(
      `'${component}' not a valid key=value pair (missing equal-sign) in Authorization header.`,
    ),
  "parameter-missing": ({ parameters }) =>
    incomplete(
      [
        ...parameters.map((name) => `AWS query-string parameters must include '${name}'.`),
        "Re-examine the query-string parameters.",
      ].join(" "),
    ),
  "algorithm-unsupported": ({ algorithm }) =>
    incomplete(`Unsupported AWS 'algorithm': '${algorithm}'.`),
  "credential-malformed": ({ credential }) =>
    incomplete(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'`,
    ),
  "credential-date-malformed": ({ date }) =>
    mismatch(`Date in Credential scope does not match YYYYMMDD: '${date}'. `),
  "credential-date-wrong": ({ date, timestamp }) =>
    mismatch(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${date}' != '${timestamp.slice(0, 8)}', from '${timestamp}'. `,
    ),
  "region-wrong": ({ region }) =>
    mismatch(`Credential should be scoped to a valid region, not '${region}'. `),
  "service-wrong": ({ expected }) =>
    mismatch(`Credential should be scoped to correct service: '${expected}'. `),
  "terminator-wrong": ({ terminator }) =>
    mismatch(
      `Credential should be scoped with a valid terminator: 'aws4_request', not '${terminator}'. `,
    ),
  "date-missing": () =>
    incomplete(
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    ),
  "date-malformed": ({ date }) =>
    incomplete(
      `Date must be in ISO-8601 'basic format'. Got '${date}'. See http://en.wikipedia.org/wiki/ISO_8601`,
    ),
  "expires-malformed": ({ problem }) => incomplete(EXPIRES_PROBLEMS[problem]),
  "clock-skewed": (failure) => mismatch(untimely(failure)),
  "not-yet-valid": (failure) => mismatch(untimely(failure)),
  expired: ({ expires, serverTime }) =>
    mismatch(`Signature expired: ${basic(expires)} is now earlier than ${basic(serverTime)}.`),
  "version-2-parameter-missing": unsupported,
  "headers-not-signed": ({ names }) => mismatch(names.map(mustBeSigned).join(" ")),
  "payload-hash-missing": notOurs,
  "payload-hash-malformed": notOurs,
  "signature-mismatch": () =>
    mismatch(
      "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
    ),
  "form-field-missing": notOurs,
  "policy-malformed": notOurs,
  "policy-refused": notOurs,
  "form-too-large": notOurs,
  "form-too-small": notOurs,
};

function mustBeSigned(name: string): string {
  const shown = name === "host" ? "'Host' or ':authority'" : `'${name}'`;
  return `${shown} must be a 'SignedHeader' in the AWS Authorization.`;
}

function untimely({
  requestTime,
  serverTime,
}: Extract<SigningFailure, { kind: "clock-skewed" | "not-yet-valid" }>): string {
  const minutes = CLOCK_SKEW_MS / MINUTE_MS;
  return requestTime < serverTime
    ? `Signature expired: ${basic(requestTime)} is now earlier than ${basic(serverTime, -CLOCK_SKEW_MS)} (${basic(serverTime)} - ${minutes} min.)`
    : `Signature not yet current: ${basic(requestTime)} is still later than ${basic(serverTime, CLOCK_SKEW_MS)} (${basic(serverTime)} + ${minutes} min.)`;
}

function basic(time: Date, shiftMs = 0): string {
  return renderTimestamp(time.getTime() + shiftMs);
}
