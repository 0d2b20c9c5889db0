import type { SignedRequest } from "../request.ts";
import type { Signer } from "../sign.ts";
import { parseSignature } from "../signature.ts";
import { type Credential, SigningKeys } from "../signing-keys.ts";
import { type SigningFailureKind, SigningError } from "../failure.ts";
import { type Verification, type Verified, verifySignature } from "../verify.ts";

export const NOW = new Date("2026-01-01T12:00:00Z");
export const SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
export const CREDENTIAL: Credential = { version: "1", secretAccessKey: () => SECRET };

export const SIGNER: Signer = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: SECRET,
  service: "s3",
  region: "us-east-1",
  now: NOW,
};

export const PUT: SignedRequest = {
  method: "PUT",
  path: "/photos/2026/a%20b.jpg",
  query: "x-id=PutObject",
  headers: { host: "localhost:9000", "content-type": "image/jpeg", "x-amz-meta-a": "1" },
};

/** Parses and verifies, as a server does. */
export function verified(
  request: SignedRequest,
  changes: Partial<Verification> = {},
  credential: Credential = CREDENTIAL,
): Verified {
  const signature = parseSignature(request);
  if (signature === undefined) throw new Error("the request is not signed");
  return verifySignature(signature, request, credential, {
    service: "s3",
    now: NOW,
    payloadHash: request.headers["x-amz-content-sha256"] ?? "UNSIGNED-PAYLOAD",
    signingKeys: new SigningKeys(),
    ...changes,
  });
}

/** For `assert.throws`. */
export function refusedAs(kind: SigningFailureKind): (error: unknown) => boolean {
  return (error) => {
    if (error instanceof SigningError && error.failure.kind === kind) return true;
    throw error;
  };
}
