import { SigningError } from "./failure.ts";
import { decodePart } from "./encoding.ts";
import { headerOf, type SignedRequest } from "./request.ts";
import type { Signature } from "./signature.ts";

/** What S3's x-amz-content-sha256 says about a body. */
export interface Payload {
  readonly kind:
    | "sha256"
    | "unsigned"
    | "signed-chunks"
    | "signed-chunks-with-trailer"
    | "unsigned-chunks-with-trailer";
  /** The text that stands in the canonical request: for `sha256` the hash, hexadecimal. */
  readonly text: string;
}

export const UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD";

const KINDS: Readonly<Record<string, Payload["kind"]>> = {
  [UNSIGNED_PAYLOAD]: "unsigned",
  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD": "signed-chunks",
  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER": "signed-chunks-with-trailer",
  "STREAMING-UNSIGNED-PAYLOAD-TRAILER": "unsigned-chunks-with-trailer",
};

const UNSIGNED: Payload = { kind: "unsigned", text: UNSIGNED_PAYLOAD };

/**
 * How the body of an S3 request is covered: by a hash, chunk by chunk, or not at all. A signature
 * by header must say so; elsewhere saying nothing means nothing is covered. Throws SigningError.
 *
 * Whoever reads the body must hold it to what is returned here: the signature covers the text only.
 */
export function payloadOf(request: SignedRequest, signature: Signature | undefined): Payload {
  const value = headerOf(request, "x-amz-content-sha256") ?? queryValue(request.query);
  if (value === undefined) {
    if (signature?.authType !== "REST-HEADER") return UNSIGNED;
    throw new SigningError({ kind: "payload-hash-missing" });
  }
  const payload = parsePayload(value);
  const signedChunks = payload.kind.startsWith("signed-chunks");
  if (signedChunks && signature?.version !== "AWS4-HMAC-SHA256") {
    // Their chain of signatures begins with the request's own, which is not there.
    throw new SigningError({ kind: "authentication-missing" });
  }
  return payload;
}

function parsePayload(value: string): Payload {
  const kind = Object.hasOwn(KINDS, value) ? KINDS[value] : undefined;
  if (kind !== undefined) return { kind, text: value };
  if (/^[0-9a-f]{64}$/i.test(value)) return { kind: "sha256", text: value };
  if (value.startsWith("STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD")) {
    throw new SigningError({ kind: "mechanism-unsupported", place: "header" });
  }
  throw new SigningError({ kind: "payload-hash-malformed", value });
}

/** Where a presigned URL carries the header, with all others that were moved into its query. */
function queryValue(query: string): string | undefined {
  if (!query.includes("X-Amz-Content-Sha256=")) return undefined;
  const pair = query.split("&").find((each) => each.startsWith("X-Amz-Content-Sha256="));
  return pair === undefined ? undefined : decodePart(pair.slice(pair.indexOf("=") + 1));
}
