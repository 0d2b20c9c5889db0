import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ciphertextLength, segmentRange, wholeBody } from "./segments.ts";

const KIB = 1024;

describe("a body grows by a tag for each segment", () => {
  const cases: [plaintext: number, segment: number, ciphertext: number][] = [
    [0, 64 * KIB, 16],
    [1, 64 * KIB, 17],
    [64 * KIB, 64 * KIB, 64 * KIB + 16],
    [64 * KIB + 1, 64 * KIB, 64 * KIB + 33],
    [5 * KIB ** 3, 256 * KIB, 5 * KIB ** 3 + 20480 * 16],
    [50 * KIB ** 4, 4 * KIB, 50 * KIB ** 4 + 50 * KIB ** 3 * 4],
  ];
  for (const [plaintextLength, segmentBytes, expected] of cases) {
    test(`${plaintextLength} in segments of ${segmentBytes}`, () => {
      assert.equal(ciphertextLength({ plaintextLength, segmentBytes }), expected);
    });
  }
});

test("a range within one segment reads that segment", () => {
  const shape = { plaintextLength: 3 * 4096 + 10, segmentBytes: 4096 };
  assert.deepEqual(segmentRange(shape, 4096, 4097), {
    ...shape,
    firstSegment: 1,
    lastSegment: 1,
    ciphertextStart: 4112,
    ciphertextEnd: 8224,
    skipBytes: 0,
    takeBytes: 1,
  });
});

test("a range that ends in the last segment reads to the end of the body", () => {
  const shape = { plaintextLength: 3 * 4096 + 10, segmentBytes: 4096 };
  const range = segmentRange(shape, 8191, 3 * 4096 + 1);
  assert.equal(range.firstSegment, 1);
  assert.equal(range.lastSegment, 3);
  assert.equal(range.ciphertextEnd, ciphertextLength(shape));
  assert.equal(range.skipBytes, 4095);
});

test("the range of every byte is the whole body", () => {
  for (const plaintextLength of [1, 4096, 4097, 100_000]) {
    const shape = { plaintextLength, segmentBytes: 4096 };
    assert.deepEqual(segmentRange(shape, 0, plaintextLength), wholeBody(shape));
  }
});

describe("our own misuse is refused", () => {
  const shape = { plaintextLength: 100, segmentBytes: 4096 };
  const cases: [invariant: string, misuse: () => unknown][] = [
    ...[0, 2048, 4097, 6144, 2 ** 21, -4096, 4096.5, Number.NaN].map(
      (segmentBytes): [string, () => unknown] => [
        "segments are a power of two from 4 KiB to 1 MiB",
        () => ciphertextLength({ plaintextLength: 1, segmentBytes }),
      ],
    ),
    ...[-1, 0.5, 2 ** 53].map((plaintextLength): [string, () => unknown] => [
      "a plaintext length is a safe natural number",
      () => wholeBody({ plaintextLength, segmentBytes: 4096 }),
    ]),
    ["a range holds at least one byte", () => segmentRange(shape, 5, 5)],
    ["a range holds at least one byte", () => segmentRange(shape, -1, 5)],
    ["a range lies within the plaintext", () => segmentRange(shape, 5, 101)],
  ];
  for (const [invariant, misuse] of cases) {
    test(invariant, () => assert.throws(misuse, { name: "InvariantError", message: invariant }));
  }
});
