/**
 * The signatures of an S3 body sent in chunks. Each covers its chunk and the signature before it,
 * and the first one the request's own, so none can be replayed, dropped or moved:
 *
 *     "AWS4-HMAC-SHA256-PAYLOAD" ⏎ timestamp ⏎ scope ⏎ previous ⏎ SHA-256("") ⏎ SHA-256(chunk)
 *     "AWS4-HMAC-SHA256-TRAILER" ⏎ timestamp ⏎ scope ⏎ previous ⏎ SHA-256(trailers)
 *
 * "Signature calculations for the authorization header: transferring payload in multiple chunks",
 * Amazon S3 API Reference.
 */
import { equalBytes, type HmacKey, hmacSha256Hex, sha256Hex } from "../crypto/index.ts";
import { octets } from "./canonical-request.ts";
import { SigningError } from "./failure.ts";

/** What a chain of chunk signatures begins with: a verified signature and its key. */
export interface ChunkSeed {
  readonly key: HmacKey;
  readonly accessKeyId: string;
  readonly timestamp: string;
  readonly scope: string;
  readonly signature: string;
}

/** The SHA-256 of nothing. */
export const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** Verifies the chunks of one body in their order. Throws SigningError at the first wrong one. */
export class ChunkChain {
  #previous: string;
  readonly #seed: ChunkSeed;

  constructor(seed: ChunkSeed) {
    this.#seed = seed;
    this.#previous = seed.signature;
  }

  /** The last chunk is empty, and is verified like the others. */
  verifyChunk(chunkSha256Hex: string, signature: string): void {
    this.#verify("AWS4-HMAC-SHA256-PAYLOAD", `${EMPTY_SHA256}\n${chunkSha256Hex}`, signature);
  }

  /** `trailers` are `name:value` lines, each with a line feed at its end, in lower case. */
  verifyTrailers(trailers: string, signature: string): void {
    this.#verify("AWS4-HMAC-SHA256-TRAILER", sha256Hex(octets(trailers)), signature);
  }

  #verify(algorithm: string, hashes: string, signature: string): void {
    const text = this.#textOf(algorithm, hashes);
    const expected = hmacSha256Hex(this.#seed.key, text);
    if (!equalBytes(octets(expected), octets(signature))) {
      throw new SigningError({
        kind: "signature-mismatch",
        accessKeyId: this.#seed.accessKeyId,
        stringToSign: text,
        signatureProvided: signature,
      });
    }
    this.#previous = expected;
  }

  #textOf(algorithm: string, hashes: string): string {
    const { timestamp, scope } = this.#seed;
    return `${algorithm}\n${timestamp}\n${scope}\n${this.#previous}\n${hashes}`;
  }
}
