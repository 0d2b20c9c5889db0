import { equalBytes, type HmacKey, hmacSha256Hex } from "../crypto/index.ts";
import { canonicalRequest, octets, stringToSign } from "./canonical-request.ts";
import type { ChunkSeed } from "./chunk-chain.ts";
import { type SignaturePlace, SigningError } from "./failure.ts";
import { CLOCK_SKEW_MS } from "./limits.ts";
import { verifyPresignedV2 } from "./presigned-v2.ts";
import type { SignedRequest } from "./request.ts";
import type { AuthType, Scope, Signature, SignatureV2, SignatureV4 } from "./signature.ts";
import { type Credential, deriveSigningKey, type SigningKeys } from "./signing-keys.ts";

/** What a verification needs besides the request and the secret. */
export interface Verification {
  /** The service that the request reached: "s3", "kms", "iam", "sts", "cloudtrail". */
  readonly service: string;
  /** The only region that is right; undefined where each region is answered. */
  readonly region?: string | undefined;
  readonly now: Date;
  /**
   * For S3 `payloadOf(request, signature).text`; for other services the SHA-256 of the body, in
   * hexadecimal, computed here and not taken from the request.
   */
  readonly payloadHash: string;
  readonly signingKeys: SigningKeys;
  /** The bucket that the host names, for URLs of version 2. */
  readonly bucket?: string | undefined;
}

/** What is proven, in the terms of policy conditions and audit records. */
export interface Verified {
  readonly accessKeyId: string;
  /** s3:signatureversion */
  readonly signatureVersion: Signature["version"];
  /** s3:authType */
  readonly authType: AuthType;
  /** s3:signatureAge, in milliseconds; 0 for version 2, which has no date. */
  readonly signatureAgeMs: number;
  /** Lower case. Empty for version 2, which covers `x-amz-*`, Content-Type and Content-MD5. */
  readonly signedHeaders: readonly string[];
  /** s3:x-amz-content-sha256, and what the body must be held to. */
  readonly payloadHash: string;
  /** Undefined for version 2. */
  readonly scope: Scope | undefined;
  readonly securityToken: string | undefined;
  /** What the signatures of chunks begin with. Undefined for version 2. */
  readonly chunkSeed: ChunkSeed | undefined;
}

/**
 * Proves that whoever has the secret signed this very request, now. Throws SigningError: first for
 * a wrong scope, then for its time, then for headers that are not signed, then for the signature.
 *
 * The caller has looked up `signature.accessKeyId` (and checks its security token) and answers an
 * unknown one itself, with the kind `access-key-unknown`.
 */
export function verifySignature(
  signature: Signature,
  request: SignedRequest,
  credential: Credential,
  verification: Verification,
): Verified {
  return signature.version === "AWS"
    ? verifyV2(signature, request, credential, verification)
    : verifyV4(signature, request, credential, verification);
}

function verifyV4(
  signature: SignatureV4,
  request: SignedRequest,
  credential: Credential,
  verification: Verification,
): Verified {
  const place = signature.authType === "REST-HEADER" ? "header" : "query";
  checkScope(signature.scope, place, verification);
  checkTime(signature, verification.now);
  const signedHeaders = signature.signedHeaders.split(";");
  checkHeadersSigned(request, signedHeaders);

  const canonical = canonicalRequest(request, {
    service: verification.service,
    signedHeaders: signature.signedHeaders,
    payloadHash: verification.payloadHash,
  });
  const text = stringToSign(signature.timestamp, signature.scope.text, canonical);
  const key = verifyText(signature, text, credential, verification.signingKeys, canonical);
  return {
    accessKeyId: signature.accessKeyId,
    signatureVersion: signature.version,
    authType: signature.authType,
    signatureAgeMs: Math.max(0, verification.now.getTime() - signature.signedAtMs),
    signedHeaders,
    payloadHash: verification.payloadHash,
    scope: signature.scope,
    securityToken: signature.securityToken,
    chunkSeed: {
      key,
      accessKeyId: signature.accessKeyId,
      timestamp: signature.timestamp,
      scope: signature.scope.text,
      signature: signature.signature,
    },
  };
}

/** Verifies the signature over `text`; returns the key that proved it, now remembered. */
export function verifyText(
  signature: Pick<SignatureV4, "accessKeyId" | "scope" | "signature">,
  text: string,
  credential: Credential,
  signingKeys: SigningKeys,
  canonical?: string,
): HmacKey {
  const { accessKeyId, scope } = signature;
  const known = signingKeys.get(accessKeyId, credential, scope);
  const key = known ?? deriveSigningKey(credential.secretAccessKey(), scope);
  if (!equalBytes(octets(hmacSha256Hex(key, text)), octets(signature.signature))) {
    throw new SigningError({
      kind: "signature-mismatch",
      accessKeyId,
      stringToSign: text,
      signatureProvided: signature.signature,
      ...(canonical === undefined ? {} : { canonicalRequest: canonical }),
    });
  }
  if (known === undefined) signingKeys.remember(accessKeyId, credential, scope, key);
  return key;
}

/** Also for a caller that learns only later which region a bucket is in. Throws SigningError. */
export function checkScope(
  scope: Scope,
  place: SignaturePlace,
  { service, region }: Pick<Verification, "service" | "region">,
): void {
  if (scope.service !== service) {
    throw new SigningError({
      kind: "service-wrong",
      place,
      service: scope.service,
      expected: service,
    });
  }
  if (region !== undefined && scope.region !== region) {
    throw new SigningError({
      kind: "region-wrong",
      place,
      region: scope.region,
      expected: region,
    });
  }
}

function checkTime({ signedAtMs, lifetimeSeconds }: SignatureV4, now: Date): void {
  const ageMs = now.getTime() - signedAtMs;
  const requestTime = new Date(signedAtMs);
  if (lifetimeSeconds === undefined) {
    if (Math.abs(ageMs) <= CLOCK_SKEW_MS) return;
    throw new SigningError({ kind: "clock-skewed", requestTime, serverTime: now });
  }
  if (ageMs < -CLOCK_SKEW_MS) {
    throw new SigningError({ kind: "not-yet-valid", requestTime, serverTime: now });
  }
  if (ageMs > lifetimeSeconds * 1000) {
    const expires = new Date(signedAtMs + lifetimeSeconds * 1000);
    throw new SigningError({ kind: "expired", expires, serverTime: now, lifetimeSeconds });
  }
}

/** The host, and every header that AWS gives a meaning to. */
function checkHeadersSigned(request: SignedRequest, signedHeaders: readonly string[]): void {
  const unsigned = signedHeaders.includes("host") ? [] : ["host"];
  for (const name in request.headers) {
    if (name.startsWith("x-amz-") && !signedHeaders.includes(name)) unsigned.push(name);
  }
  if (unsigned.length > 0) throw new SigningError({ kind: "headers-not-signed", names: unsigned });
}

function verifyV2(
  signature: SignatureV2,
  request: SignedRequest,
  credential: Credential,
  { service, now, bucket, payloadHash }: Verification,
): Verified {
  if (service !== "s3") throw new SigningError({ kind: "mechanism-unsupported", place: "query" });
  verifyPresignedV2(signature, request, credential.secretAccessKey(), { now, bucket });
  return {
    accessKeyId: signature.accessKeyId,
    signatureVersion: signature.version,
    authType: signature.authType,
    signatureAgeMs: 0,
    signedHeaders: [],
    payloadHash,
    scope: undefined,
    securityToken: signature.securityToken,
    chunkSeed: undefined,
  };
}
