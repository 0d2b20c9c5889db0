import type { ChecksumAlgorithm } from "../../crypto/index.ts";
import { ChunkChain, type ChunkSeed, type Payload } from "../../sigv4/index.ts";
import type { ChunkFormat } from "./chunk-decoder.ts";
import { type DeclaredChecksum, declaredChecksum } from "./declared-checksum.ts";
import { invalidDigest, invalidRequest, malformedTrailer, missingContentLength } from "./errors.ts";

/** What the operation wants of its body, beyond what the client asked for. */
export interface BodyWishes {
  /** The MD5 is computed even when no Content-MD5 asks for it (for an ETag). */
  readonly md5?: "computed";
  /** Computed when the client declared no checksum. */
  readonly defaultChecksum?: ChecksumAlgorithm;
  /**
   * CompleteMultipartUpload's `x-amz-checksum-*` describe the object that it makes: they say
   * nothing about the body of that request, and are left to the operation.
   */
  readonly checksumHeaders?: "of-the-object";
  /** How a Content-MD5 that does not match is quoted: base64, but hexadecimal by PutObject. */
  readonly expectedDigest?: "base64" | "hex";
}

/** Everything that a body has to be, known before its first byte. */
export interface BodyPlan {
  /** Undefined where the body is sent as it is. */
  readonly chunks: (() => ChunkFormat) | undefined;
  /** Of the decoded body; undefined where nothing says so. */
  readonly bytes: number | undefined;
  /** x-amz-content-sha256, hexadecimal. */
  readonly sha256: string | undefined;
  /** Content-MD5 */
  readonly md5: Buffer | undefined;
  readonly checksum: DeclaredChecksum | undefined;
  readonly wishes: BodyWishes;
}

type Headers = Readonly<Record<string, string>>;

/**
 * Reads what a request's headers say about its body. Throws ServiceError for what is wrong already,
 * so that no byte of it need be read.
 *
 * `payload` is sigv4's `payloadOf`; `chunkSeed` comes with a verified signature.
 */
export function planBody(
  headers: Headers,
  { payload, chunkSeed }: { readonly payload: Payload; readonly chunkSeed?: ChunkSeed | undefined },
  wishes: BodyWishes = {},
): BodyPlan {
  const chunked = payload.kind !== "sha256" && payload.kind !== "unsigned";
  const bytes = chunked ? decodedLength(headers) : contentLength(headers);
  const checksum =
    wishes.checksumHeaders === "of-the-object" ? undefined : declaredChecksum(headers);
  const expectsTrailer = checksum !== undefined && checksum.value === undefined;
  const trailers = payload.kind.endsWith("with-trailer") ? "expected" : "none";
  if (expectsTrailer && trailers === "none") throw malformedTrailer();
  return {
    chunks: chunked
      ? formatOf(payload, chunkSeed, { decodedBytes: bytes ?? 0, trailers })
      : undefined,
    bytes,
    sha256: payload.kind === "sha256" ? payload.text.toLowerCase() : undefined,
    md5: contentMd5(headers["content-md5"]),
    checksum,
    wishes,
  };
}

/** A new chain for each body that is read by this plan: a chain is used up by its body. */
function formatOf(
  payload: Payload,
  chunkSeed: ChunkSeed | undefined,
  format: Pick<ChunkFormat, "decodedBytes" | "trailers">,
): () => ChunkFormat {
  if (payload.kind === "unsigned-chunks-with-trailer") {
    return () => ({ chain: undefined, ...format });
  }
  if (chunkSeed === undefined) {
    throw invalidRequest(
      "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
    );
  }
  return () => ({ chain: new ChunkChain(chunkSeed), ...format });
}

function decodedLength(headers: Headers): number {
  const bytes = parseLength(headers["x-amz-decoded-content-length"]);
  if (bytes === undefined) throw missingContentLength();
  return bytes;
}

function contentLength(headers: Headers): number | undefined {
  const bytes = parseLength(headers["content-length"]);
  if (bytes === undefined && headers["content-length"] !== undefined) throw missingContentLength();
  return bytes;
}

function parseLength(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function contentMd5(base64: string | undefined): Buffer | undefined {
  if (base64 === undefined) return undefined;
  const value = Buffer.from(base64, "base64");
  if (value.length !== 16 || value.toString("base64") !== base64) throw invalidDigest(base64);
  return value;
}
