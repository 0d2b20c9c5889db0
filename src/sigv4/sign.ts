import { assert } from "../base/index.ts";
import { hmacSha256Hex } from "../crypto/index.ts";
import { ALGORITHM, canonicalRequest, stringToSign } from "./canonical-request.ts";
import { type ChunkSeed, EMPTY_SHA256 } from "./chunk-chain.ts";
import { scopeOf } from "./credential.ts";
import { encode } from "./encoding.ts";
import { PRESIGNED_SECONDS_MAX } from "./limits.ts";
import { UNSIGNED_PAYLOAD } from "./payload.ts";
import type { SignedRequest } from "./request.ts";
import type { Scope } from "./signature.ts";
import { deriveSigningKey } from "./signing-keys.ts";
import { renderTimestamp } from "./timestamp.ts";

/** Who signs, for which service, when. */
export interface Signer {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  readonly service: string;
  readonly region: string;
  readonly now: Date;
}

/** A request with its signature in `headers`, and what chunk signatures would begin with. */
export interface SignedHeaders {
  readonly headers: Record<string, string>;
  readonly seed: ChunkSeed;
}

/** What proxies add or change on the way; signing it would only break. */
const UNSIGNED: ReadonlySet<string> = new Set([
  "authorization",
  "connection",
  "expect",
  "keep-alive",
  "transfer-encoding",
  "user-agent",
  "x-amzn-trace-id",
]);

/**
 * Signs a request by header. `path` is sent as it is given; headers are in lower case, with a host
 * among them. `payloadHash` is the SHA-256 of the body, hexadecimal, or for S3 one of the words
 * that stand for it.
 */
export function signRequest(
  request: SignedRequest,
  signer: Signer,
  payloadHash: string,
): SignedHeaders {
  const timestamp = renderTimestamp(signer.now.getTime());
  const headers: Record<string, string> = { ...request.headers, "x-amz-date": timestamp };
  if (signer.service === "s3") headers["x-amz-content-sha256"] = payloadHash;
  if (signer.sessionToken !== undefined) headers["x-amz-security-token"] = signer.sessionToken;

  const signedHeaders = namesToSign(headers).join(";");
  const scope = scopeOf(timestamp.slice(0, 8), signer.region, signer.service);
  const canonical = canonicalRequest(
    { ...request, headers },
    {
      service: signer.service,
      signedHeaders,
      payloadHash,
    },
  );
  const seed = signed(canonical, timestamp, scope, signer);
  const credential = `${signer.accessKeyId}/${scope.text}`;
  headers["authorization"] =
    `${ALGORITHM} Credential=${credential}, SignedHeaders=${signedHeaders}, Signature=${seed.signature}`;
  return { headers, seed };
}

/**
 * Makes a presigned URL's query (without "?"), signing every header of the request; whoever uses
 * the URL sends the same. For S3 the body stays unsigned; for other services it is empty unless
 * `payloadHash` says otherwise.
 */
export function presign(
  request: SignedRequest,
  signer: Signer,
  { expiresSeconds, payloadHash }: { expiresSeconds: number; payloadHash?: string },
): string {
  assert(
    Number.isInteger(expiresSeconds) &&
      expiresSeconds >= 1 &&
      expiresSeconds <= PRESIGNED_SECONDS_MAX,
    "a presigned URL lives from one second to a week",
  );
  const timestamp = renderTimestamp(signer.now.getTime());
  const scope = scopeOf(timestamp.slice(0, 8), signer.region, signer.service);
  const signedHeaders = namesToSign(request.headers).join(";");
  const query = [
    ...(request.query === "" ? [] : [request.query]),
    `X-Amz-Algorithm=${ALGORITHM}`,
    `X-Amz-Credential=${encode(`${signer.accessKeyId}/${scope.text}`)}`,
    `X-Amz-Date=${timestamp}`,
    `X-Amz-Expires=${expiresSeconds}`,
    ...(signer.sessionToken === undefined
      ? []
      : [`X-Amz-Security-Token=${encode(signer.sessionToken)}`]),
    `X-Amz-SignedHeaders=${encode(signedHeaders)}`,
  ].join("&");
  const canonical = canonicalRequest(
    { ...request, query },
    {
      service: signer.service,
      signedHeaders,
      payloadHash: payloadHash ?? (signer.service === "s3" ? UNSIGNED_PAYLOAD : EMPTY_SHA256),
    },
  );
  return `${query}&X-Amz-Signature=${signed(canonical, timestamp, scope, signer).signature}`;
}

function namesToSign(headers: Readonly<Record<string, string>>): string[] {
  assert("host" in headers, "a request is signed with its host");
  return Object.keys(headers)
    .filter((name) => !UNSIGNED.has(name))
    .toSorted();
}

function signed(canonical: string, timestamp: string, scope: Scope, signer: Signer): ChunkSeed {
  assert(isOctets(canonical), "a request is signed as octets");
  const key = deriveSigningKey(signer.secretAccessKey, scope);
  const text = stringToSign(timestamp, scope.text, canonical);
  return {
    key,
    accessKeyId: signer.accessKeyId,
    timestamp,
    scope: scope.text,
    signature: hmacSha256Hex(key, text),
  };
}

function isOctets(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0xff) return false;
  return true;
}
