/** The arithmetic of bodies cut into segments: docs/formats/object-body.md. */
import { assert } from "../base/index.ts";
import { TAG_BYTES } from "./gcm.ts";

/** Plaintext bytes of a full segment, unless a record says otherwise. */
export const SEGMENT_BYTES_DEFAULT = 64 * 1024;
export const SEGMENT_BYTES_MIN = 4 * 1024;
export const SEGMENT_BYTES_MAX = 1024 * 1024;

/** What the plaintext of a body is cut into. */
export interface BodyShape {
  readonly plaintextLength: number;
  readonly segmentBytes: number;
}

/** The segments that hold a range of the plaintext, and where they lie in the ciphertext. */
export interface SegmentRange extends BodyShape {
  readonly firstSegment: number;
  /** Inclusive. */
  readonly lastSegment: number;
  /** The bytes to read: from `ciphertextStart` up to, not including, `ciphertextEnd`. */
  readonly ciphertextStart: number;
  readonly ciphertextEnd: number;
  /** Plaintext bytes of the first segment that come before the range. */
  readonly skipBytes: number;
  /** Plaintext bytes of the range. */
  readonly takeBytes: number;
}

export function checkShape({ plaintextLength, segmentBytes }: BodyShape): void {
  assert(
    Number.isInteger(segmentBytes) &&
      (segmentBytes & (segmentBytes - 1)) === 0 &&
      segmentBytes >= SEGMENT_BYTES_MIN &&
      segmentBytes <= SEGMENT_BYTES_MAX,
    "segments are a power of two from 4 KiB to 1 MiB",
  );
  assert(
    Number.isSafeInteger(plaintextLength) && plaintextLength >= 0,
    "a plaintext length is a safe natural number",
  );
}

/** An empty body has one segment, which is empty: its tag is what proves the emptiness. */
export function segmentCount({ plaintextLength, segmentBytes }: BodyShape): number {
  return Math.max(1, Math.ceil(plaintextLength / segmentBytes));
}

export function ciphertextLength(shape: BodyShape): number {
  checkShape(shape);
  return shape.plaintextLength + segmentCount(shape) * TAG_BYTES;
}

/** The plaintext bytes in one segment: all segments but the last are full. */
export function segmentLength(shape: BodyShape, index: number): number {
  return Math.min(shape.segmentBytes, shape.plaintextLength - index * shape.segmentBytes);
}

/** The whole body. */
export function wholeBody(shape: BodyShape): SegmentRange {
  checkShape(shape);
  return {
    ...shape,
    firstSegment: 0,
    lastSegment: segmentCount(shape) - 1,
    ciphertextStart: 0,
    ciphertextEnd: ciphertextLength(shape),
    skipBytes: 0,
    takeBytes: shape.plaintextLength,
  };
}

/** The plaintext from `start` up to, not including, `end`: at least one byte of the body. */
export function segmentRange(shape: BodyShape, start: number, end: number): SegmentRange {
  checkShape(shape);
  assert(
    Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && start < end,
    "a range holds at least one byte",
  );
  assert(end <= shape.plaintextLength, "a range lies within the plaintext");

  const { plaintextLength, segmentBytes } = shape;
  const sealedBytes = segmentBytes + TAG_BYTES;
  const firstSegment = Math.floor(start / segmentBytes);
  const lastSegment = Math.floor((end - 1) / segmentBytes);
  return {
    plaintextLength,
    segmentBytes,
    firstSegment,
    lastSegment,
    ciphertextStart: firstSegment * sealedBytes,
    ciphertextEnd: Math.min((lastSegment + 1) * sealedBytes, ciphertextLength(shape)),
    skipBytes: start - firstSegment * segmentBytes,
    takeBytes: end - start,
  };
}
