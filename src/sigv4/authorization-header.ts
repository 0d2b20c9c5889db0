import { ALGORITHM } from "./canonical-request.ts";
import { parseCredential } from "./credential.ts";
import { SigningError } from "./failure.ts";
import { SIGNED_HEADERS_MAX } from "./limits.ts";
import { headerOf, type SignedRequest } from "./request.ts";
import type { SignatureV4 } from "./signature.ts";
import { parseHttpDate, parseTimestamp, renderTimestamp } from "./timestamp.ts";

const COMPONENTS = ["Credential", "SignedHeaders", "Signature"] as const;

type Components = Record<(typeof COMPONENTS)[number], string>;

/** Header names, in lower case, as HTTP allows them. */
const SIGNED_HEADERS = /^[a-z0-9!#$%&'*+.^_`|~-]+(?:;[a-z0-9!#$%&'*+.^_`|~-]+)*$/;

/**
 * Parses `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…` (in any order, with or
 * without blanks) and the request's date. Throws SigningError.
 */
export function parseAuthorization(authorization: string, request: SignedRequest): SignatureV4 {
  const blank = authorization.indexOf(" ");
  const mechanism = blank < 0 ? authorization : authorization.slice(0, blank);
  if (mechanism !== ALGORITHM) throw unsupported(mechanism, authorization);

  const components = parseComponents(authorization.slice(blank + 1));
  const { accessKeyId, scope } = parseCredential(components.Credential, "header");
  checkSignedHeaders(components.SignedHeaders);
  const date = dateOf(request);
  if (!date.timestamp.startsWith(scope.date)) {
    throw new SigningError({
      kind: "credential-date-wrong",
      place: "header",
      date: scope.date,
      timestamp: date.timestamp,
    });
  }
  return {
    version: ALGORITHM,
    authType: "REST-HEADER",
    accessKeyId,
    scope,
    timestamp: date.timestamp,
    signedAtMs: date.ms,
    signedHeaders: components.SignedHeaders,
    signature: components.Signature,
    securityToken: headerOf(request, "x-amz-security-token"),
    lifetimeSeconds: undefined,
  };
}

/** Throws SigningError when the list is no list of header names in lower case, joined by ";". */
export function checkSignedHeaders(list: string): void {
  if (SIGNED_HEADERS.test(list) && list.split(";").length <= SIGNED_HEADERS_MAX) return;
  throw new SigningError({ kind: "component-malformed", component: `SignedHeaders=${list}` });
}

function unsupported(mechanism: string, authorization: string): SigningError {
  return mechanism === "AWS" || mechanism.startsWith("AWS4-")
    ? new SigningError({ kind: "mechanism-unsupported", place: "header" })
    : new SigningError({ kind: "authorization-unknown", authorization });
}

function parseComponents(text: string): Components {
  const found: Components = { Credential: "", SignedHeaders: "", Signature: "" };
  for (const part of text.split(",", COMPONENTS.length + 1)) {
    const component = part.trim();
    const name = COMPONENTS.find((known) => component.startsWith(`${known}=`));
    if (name === undefined || found[name] !== "") {
      throw new SigningError({ kind: "component-malformed", component });
    }
    found[name] = component.slice(name.length + 1);
  }
  const missing = COMPONENTS.filter((name) => found[name] === "");
  if (missing.length > 0) {
    throw new SigningError({ kind: "component-missing", components: missing });
  }
  return found;
}

/** X-Amz-Date, or else Date: AWS takes either, and signs the short form of both. */
function dateOf(request: SignedRequest): { timestamp: string; ms: number } {
  const amzDate = headerOf(request, "x-amz-date");
  const date = amzDate ?? headerOf(request, "date");
  if (date === undefined) throw new SigningError({ kind: "date-missing" });
  const ms = parseTimestamp(date);
  if (ms !== undefined) return { timestamp: date, ms };
  const httpMs = parseHttpDate(date);
  if (httpMs === undefined)
    throw new SigningError({ kind: "date-malformed", place: "header", date });
  return { timestamp: renderTimestamp(httpMs), ms: httpMs };
}
