import { createDecipheriv, type DecipherGCM } from "node:crypto";
import { assert } from "../base/index.ts";
import { AuthenticationError } from "./authentication-error.ts";
import { GCM_OPTIONS, TAG_BYTES } from "./gcm.ts";
import { keyObjectOf, type Secret } from "./secret.ts";
import { segmentNonce } from "./segment-nonce.ts";
import { checkShape, segmentCount, segmentLength, type SegmentRange } from "./segments.ts";

/**
 * Opens the segments of a range, given as ciphertext in pieces of any size, and returns exactly
 * the range's plaintext. Pieces given are read during the call only, so their memory can be used
 * again after it.
 *
 * INVARIANT: plaintext is returned only after the tag of its segment has been verified. Where a
 * segment fails, what was decrypted of it is wiped, AuthenticationError is thrown, and the opener
 * is spent.
 */
export class BodyOpener {
  readonly #key: Secret;
  readonly #range: SegmentRange;
  readonly #lastOfBody: number;
  readonly #tag = Buffer.alloc(TAG_BYTES);
  #index: number;
  #decipher: DecipherGCM | null = null;
  #held: Buffer[] = [];
  /** Bytes still to come of this segment's ciphertext, then of its tag. */
  #ciphertextLeft = 0;
  #tagLeft = 0;
  #skipLeft: number;
  #takeLeft: number;
  #failed = false;

  constructor(bodyKey: Secret, range: SegmentRange) {
    checkShape(range);
    this.#lastOfBody = segmentCount(range) - 1;
    assert(
      range.firstSegment >= 0 &&
        range.firstSegment <= range.lastSegment &&
        range.lastSegment <= this.#lastOfBody,
      "a range's segments lie within the body",
    );
    this.#key = bodyKey;
    this.#range = range;
    this.#index = range.firstSegment;
    this.#skipLeft = range.skipBytes;
    this.#takeLeft = range.takeBytes;
  }

  update(piece: Uint8Array): Buffer[] {
    assert(!this.#failed, "an opener that failed is not used again");
    const opened: Buffer[] = [];
    let at = 0;
    while (at < piece.length) {
      this.#decipher ??= this.#startSegment(opened);
      at += this.#decrypt(piece, at);
      at += this.#collectTag(piece, at);
      if (this.#ciphertextLeft === 0 && this.#tagLeft === 0) this.#endSegment(opened);
    }
    return opened;
  }

  /** Throws unless the whole range was given: a source that ended early is never a short body. */
  final(): void {
    assert(!this.#failed, "an opener that failed is not used again");
    if (this.#decipher || this.#index <= this.#range.lastSegment) this.#fail([]);
  }

  #startSegment(opened: Buffer[]): DecipherGCM {
    if (this.#index > this.#range.lastSegment) return this.#fail(opened);
    this.#ciphertextLeft = segmentLength(this.#range, this.#index);
    this.#tagLeft = TAG_BYTES;
    const nonce = segmentNonce(this.#index, { last: this.#index === this.#lastOfBody });
    return createDecipheriv("aes-256-gcm", keyObjectOf(this.#key), nonce, GCM_OPTIONS);
  }

  #decrypt(piece: Uint8Array, at: number): number {
    const length = Math.min(this.#ciphertextLeft, piece.length - at);
    if (length === 0 || !this.#decipher) return 0;
    this.#held.push(this.#decipher.update(piece.subarray(at, at + length)));
    this.#ciphertextLeft -= length;
    return length;
  }

  #collectTag(piece: Uint8Array, at: number): number {
    if (this.#ciphertextLeft > 0) return 0;
    const length = Math.min(this.#tagLeft, piece.length - at);
    this.#tag.set(piece.subarray(at, at + length), TAG_BYTES - this.#tagLeft);
    this.#tagLeft -= length;
    return length;
  }

  #endSegment(opened: Buffer[]): void {
    assert(this.#decipher !== null, "a segment ends after it began");
    this.#decipher.setAuthTag(this.#tag);
    try {
      this.#decipher.final();
    } catch {
      this.#fail(opened);
    }
    this.#decipher = null;
    this.#index += 1;
    for (const piece of this.#held) this.#release(piece, opened);
    this.#held = [];
  }

  #release(piece: Buffer, opened: Buffer[]): void {
    const start = Math.min(this.#skipLeft, piece.length);
    const end = Math.min(start + this.#takeLeft, piece.length);
    this.#skipLeft -= start;
    this.#takeLeft -= end - start;
    if (end > start) opened.push(piece.subarray(start, end));
  }

  /** What this call had opened before is genuine, but its caller gets none of it. */
  #fail(opened: readonly Buffer[]): never {
    this.#failed = true;
    this.#decipher = null;
    for (const piece of [...this.#held, ...opened]) piece.fill(0);
    this.#held = [];
    throw new AuthenticationError();
  }
}

/** `range` comes from `segmentRange` or `wholeBody`. */
export function createBodyOpener(bodyKey: Secret, range: SegmentRange): BodyOpener {
  return new BodyOpener(bodyKey, range);
}
