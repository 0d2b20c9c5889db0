import { checkSignedHeaders } from "./authorization-header.ts";
import { ALGORITHM } from "./canonical-request.ts";
import { parseCredential } from "./credential.ts";
import { decodePart } from "./encoding.ts";
import { SigningError } from "./failure.ts";
import { PRESIGNED_SECONDS_MAX } from "./limits.ts";
import type { SignatureV4 } from "./signature.ts";
import { parseTimestamp } from "./timestamp.ts";

const REQUIRED = [
  "X-Amz-Algorithm",
  "X-Amz-Credential",
  "X-Amz-Signature",
  "X-Amz-Date",
  "X-Amz-SignedHeaders",
  "X-Amz-Expires",
] as const;

const VERSION_4: ReadonlySet<string> = new Set([...REQUIRED, "X-Amz-Security-Token"]);
const VERSION_2: ReadonlySet<string> = new Set(["AWSAccessKeyId", "Signature", "Expires"]);
const MARKS_OF_4 = ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature"];
const MARKS_OF_2 = ["AWSAccessKeyId", "Signature"];

/** The parameters of a query that authenticate it; a repeated one has the value `undefined`. */
export type AuthenticationValues = ReadonlyMap<string, string | undefined>;

/**
 * What a query says about its own signature; undefined when it says nothing. Names count as AWS
 * writes them, unescaped: any other spelling is a parameter like others.
 */
export function authenticationParameters(
  query: string,
): { readonly version: 4 | 2; readonly values: AuthenticationValues } | undefined {
  if (!query.includes("Signature") && !query.includes("X-Amz-") && !query.includes("AWSAcc")) {
    return undefined;
  }
  const values = new Map<string, string | undefined>();
  for (const pair of query.split("&")) {
    const equals = pair.indexOf("=");
    const name = equals < 0 ? pair : pair.slice(0, equals);
    if (!VERSION_4.has(name) && !VERSION_2.has(name)) {
      if (name !== "x-amz-security-token") continue;
    }
    values.set(
      name,
      values.has(name) || equals < 0 ? undefined : decodePart(pair.slice(equals + 1)),
    );
  }
  if (MARKS_OF_4.some((name) => values.has(name))) return { version: 4, values };
  if (MARKS_OF_2.some((name) => values.has(name))) return { version: 2, values };
  return undefined;
}

/** The signature of a presigned URL of version 4. Throws SigningError. */
export function parsePresigned(values: AuthenticationValues): SignatureV4 {
  const missing = REQUIRED.filter((name) => (values.get(name) ?? "") === "");
  if (missing.length > 0) {
    throw new SigningError({ kind: "parameter-missing", parameters: missing });
  }
  const value = (name: (typeof REQUIRED)[number]) => values.get(name) ?? "";
  const algorithm = value("X-Amz-Algorithm");
  if (algorithm !== ALGORITHM) {
    throw new SigningError(
      algorithm === "AWS4-ECDSA-P256-SHA256"
        ? { kind: "mechanism-unsupported", place: "query" }
        : { kind: "algorithm-unsupported", algorithm },
    );
  }
  const { accessKeyId, scope } = parseCredential(value("X-Amz-Credential"), "query");
  const timestamp = value("X-Amz-Date");
  const signedAtMs = parseTimestamp(timestamp);
  if (signedAtMs === undefined) {
    throw new SigningError({ kind: "date-malformed", place: "query", date: timestamp });
  }
  if (!timestamp.startsWith(scope.date)) {
    const { date } = scope;
    throw new SigningError({ kind: "credential-date-wrong", place: "query", date, timestamp });
  }
  const signedHeaders = value("X-Amz-SignedHeaders");
  checkSignedHeaders(signedHeaders);
  return {
    version: ALGORITHM,
    authType: "REST-QUERY-STRING",
    accessKeyId,
    scope,
    timestamp,
    signedAtMs,
    signedHeaders,
    signature: value("X-Amz-Signature"),
    securityToken: values.get("X-Amz-Security-Token"),
    lifetimeSeconds: parseLifetime(value("X-Amz-Expires")),
  };
}

function parseLifetime(text: string): number {
  if (!/^-?\d{1,15}$/.test(text)) {
    throw new SigningError({ kind: "expires-malformed", problem: "not-a-number" });
  }
  const seconds = Number(text);
  if (seconds < 0) throw new SigningError({ kind: "expires-malformed", problem: "negative" });
  if (seconds > PRESIGNED_SECONDS_MAX) {
    throw new SigningError({ kind: "expires-malformed", problem: "too-long" });
  }
  return seconds;
}
