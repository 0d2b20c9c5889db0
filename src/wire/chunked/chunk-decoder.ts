/**
 * Takes the `aws-chunked` framing off a body, as it arrives:
 *
 *     body    = chunk… last trailer… CRLF
 *     chunk   = size [";chunk-signature=" 64HEX] CRLF data CRLF     size: hexadecimal, not 0
 *     last    = "0" [";chunk-signature=" 64HEX] CRLF
 *     trailer = name ":" value CRLF           signed bodies end with x-amz-trailer-signature
 *
 * Data is handed on at once, as views of what was pushed: nothing is copied and at most one line is
 * held. So data of a signed chunk is released *before* its signature is known to be right.
 *
 * INVARIANT: whoever receives data commits nothing before `end` has returned; `push` and `end`
 * throw at the first chunk that is not the one that was signed at this place.
 *
 * "Signature calculations for the authorization header: transferring payload in multiple chunks"
 * and "… with trailing headers", Amazon S3 API Reference.
 */
import { assert } from "../../base/index.ts";
import { createDigest, type Digest, sha256Hex } from "../../crypto/index.ts";
import { type ChunkChain, EMPTY_SHA256, SigningError } from "../../sigv4/index.ts";
import {
  brokenChunks,
  incompleteBody,
  invalidChunkSize,
  malformedTrailer,
  refused,
} from "./errors.ts";
import { CHUNK_BYTES_MIN, LINE_BYTES_MAX, TRAILERS_MAX } from "./limits.ts";

/** Receives data in order. The view is of the pushed bytes: it lives as long as they do. */
export type Release = (data: Uint8Array) => void;

export interface ChunkFormat {
  /** Verifies each chunk's signature; undefined where chunks are unsigned. */
  readonly chain: ChunkChain | undefined;
  /** x-amz-decoded-content-length */
  readonly decodedBytes: number;
  readonly trailers: "expected" | "none";
}

const CHUNK_HEADER = /^([0-9a-fA-F]{1,13})(?:;chunk-signature=([0-9a-f]{64}))?$/;
const TRAILER_SIGNATURE = "x-amz-trailer-signature";
const [CR, LF] = [0x0d, 0x0a];

/** Decodes one body. It is spent when `end` has been called or an error was thrown. */
export class ChunkDecoder {
  readonly #format: ChunkFormat;
  readonly #trailers = new Map<string, string>();
  #state: "header" | "data" | "data-end" | "trailer" | "done" = "header";
  /** What is there of a line that goes on in the next piece. */
  #line = "";
  #chunks = 0;
  #chunkBytes = 0;
  #chunkSignature = "";
  #chunkLeft = 0;
  #chunkHash: Digest | undefined;
  #decoded = 0;

  constructor(format: ChunkFormat) {
    this.#format = format;
  }

  /** Throws ServiceError. */
  push(bytes: Uint8Array, release: Release): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.#state === "data") {
        at = this.#readData(bytes, at, release);
      } else {
        at = this.#readLine(bytes, at);
      }
    }
  }

  /** The trailers, names in lower case, without their signature. Throws ServiceError. */
  end(): ReadonlyMap<string, string> {
    if (this.#state !== "done") throw brokenChunks();
    assert(this.#decoded === this.#format.decodedBytes, "a decoded body has its declared length");
    return this.#trailers;
  }

  #readData(bytes: Uint8Array, start: number, release: Release): number {
    const end = Math.min(bytes.length, start + this.#chunkLeft);
    const data = bytes.subarray(start, end);
    this.#chunkLeft -= data.length;
    if (this.#format.chain !== undefined) this.#hash(data, this.#format.chain);
    if (this.#chunkLeft === 0) this.#state = "data-end";
    release(data);
    return end;
  }

  /** A chunk that is there whole is hashed in one call and verified before it is released. */
  #hash(data: Uint8Array, chain: ChunkChain): void {
    if (data.length === this.#chunkBytes) {
      this.#verify(chain, sha256Hex(data));
      return;
    }
    this.#chunkHash ??= createDigest("SHA256");
    this.#chunkHash.update(data);
    if (this.#chunkLeft > 0) return;
    this.#verify(chain, this.#chunkHash.digest().toString("hex"));
    this.#chunkHash = undefined;
  }

  #verify(chain: ChunkChain, sha256: string): void {
    try {
      chain.verifyChunk(sha256, this.#chunkSignature);
    } catch (error) {
      throw error instanceof SigningError ? refused(error.failure) : error;
    }
  }

  #readLine(bytes: Uint8Array, start: number): number {
    if (this.#state === "done") throw brokenChunks();
    const feed = bytes.indexOf(LF, start);
    const end = feed < 0 ? bytes.length : feed;
    if (end - start + this.#line.length > LINE_BYTES_MAX) throw this.#broken();
    // A line in one piece needs no copy of its beginning.
    this.#line += Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString(
      "latin1",
    );
    if (feed < 0) return end;
    const line = this.#line;
    this.#line = "";
    if (line.charCodeAt(line.length - 1) !== CR) throw this.#broken();
    this.#takeLine(line.slice(0, -1));
    return feed + 1;
  }

  #takeLine(line: string): void {
    if (this.#state === "header") this.#takeHeader(line);
    else if (this.#state === "trailer") this.#takeTrailer(line);
    else if (line === "") this.#state = "header";
    else throw brokenChunks();
  }

  #takeHeader(line: string): void {
    const [, size = "", signature] = CHUNK_HEADER.exec(line) ?? [];
    const { chain, decodedBytes } = this.#format;
    if (size === "" || (signature !== undefined) !== (chain !== undefined)) throw brokenChunks();
    const bytes = parseInt(size, 16);
    this.#chunkSignature = signature ?? "";
    if (bytes === 0) {
      if (this.#decoded !== decodedBytes) throw incompleteBody(decodedBytes, this.#decoded);
      if (chain !== undefined) this.#verify(chain, EMPTY_SHA256);
      this.#state = "trailer";
      return;
    }
    if (this.#chunks > 0 && this.#chunkBytes < CHUNK_BYTES_MIN) {
      throw invalidChunkSize(this.#chunks + 1, this.#chunkBytes);
    }
    this.#decoded += bytes;
    if (this.#decoded > decodedBytes) throw incompleteBody(decodedBytes, this.#decoded);
    this.#chunks += 1;
    this.#chunkBytes = bytes;
    this.#chunkLeft = bytes;
    this.#state = "data";
  }

  #takeTrailer(line: string): void {
    if (line === "") {
      this.#endTrailers();
      return;
    }
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0)).toLowerCase();
    const tooMany = this.#trailers.size >= TRAILERS_MAX || this.#format.trailers === "none";
    if (name === "" || tooMany || this.#trailers.has(name)) throw malformedTrailer();
    // The signature covers the trailers before it, so it ends them.
    if (this.#trailers.has(TRAILER_SIGNATURE)) throw malformedTrailer();
    this.#trailers.set(name, line.slice(colon + 1).trim());
  }

  #endTrailers(): void {
    this.#state = "done";
    const { chain, trailers } = this.#format;
    const signature = this.#trailers.get(TRAILER_SIGNATURE);
    if (chain === undefined || trailers === "none") {
      if (signature !== undefined) throw malformedTrailer();
      return;
    }
    if (signature === undefined) throw malformedTrailer();
    this.#trailers.delete(TRAILER_SIGNATURE);
    let text = "";
    for (const [name, value] of this.#trailers) text += `${name}:${value}\n`;
    try {
      chain.verifyTrailers(text, signature);
    } catch (error) {
      throw error instanceof SigningError ? refused(error.failure) : error;
    }
  }

  #broken(): Error {
    return this.#state === "trailer" ? malformedTrailer() : brokenChunks();
  }
}
