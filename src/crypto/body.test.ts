import assert from "node:assert/strict";
import { Decipheriv } from "node:crypto";
import { describe, test } from "node:test";
import fc from "fast-check";
import { openBody, sealBody } from "./body.ts";
import { createBodyOpener } from "./body-opener.ts";
import { createBodySealer } from "./body-sealer.ts";
import { sha256Hex } from "./hash.ts";
import { Secret } from "./secret.ts";
import { segmentNonce } from "./segment-nonce.ts";
import { type BodyShape, ciphertextLength, segmentRange, wholeBody } from "./segments.ts";
import vectors from "./testdata/object-body.json" with { type: "json" };

const SEGMENT = 4096;
const SEALED = SEGMENT + 16;
const key = () => Secret.adopt(Buffer.alloc(32, 7));
const failure = { name: "AuthenticationError", message: "sealed bytes do not authenticate" };

const shapes = fc.record({
  plaintextLength: fc.oneof(
    fc.integer({ min: 0, max: 5 * SEGMENT }),
    fc.constantFrom(0, SEGMENT - 1, SEGMENT, SEGMENT + 1, 2 * SEGMENT, 3 * SEGMENT),
  ),
  segmentBytes: fc.constantFrom(SEGMENT, 2 * SEGMENT),
});
const cuts = fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 20 });

test("a body sealed in any pieces is the same body", () => {
  fc.assert(
    fc.property(shapes, cuts, ({ plaintextLength, segmentBytes }, sizes) => {
      const plaintext = pattern(plaintextLength);
      const sealer = createBodySealer(key(), segmentBytes);
      const sealed = pieces(plaintext, sizes).flatMap((piece) => sealer.update(piece));
      sealed.push(...sealer.final());
      assert.equal(sealer.plaintextLength, plaintextLength);
      assert.deepEqual(Buffer.concat(sealed), sealBody(key(), plaintext, segmentBytes));
    }),
    { numRuns: 60 },
  );
});

test("any range opens, from any pieces, to exactly its plaintext", () => {
  const position = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(shapes, cuts, position, position, (shape, sizes, a, b) => {
      const plaintext = pattern(shape.plaintextLength);
      const body = sealBody(key(), plaintext, shape.segmentBytes);
      const [start, end] = [a, b].map((p) => Math.floor(p * shape.plaintextLength)).toSorted(by);
      assert.ok(start !== undefined && end !== undefined);
      const range = start < end ? segmentRange(shape, start, end) : wholeBody(shape);
      const read = body.subarray(range.ciphertextStart, range.ciphertextEnd);
      const expected = start < end ? plaintext.subarray(start, end) : plaintext;
      assert.deepEqual(open(shape, read, { range, sizes }), expected);
      assert.deepEqual(openBody(key(), body, shape), plaintext);
    }),
    { numRuns: 100 },
  );
});

describe("a body opens only as it was sealed", () => {
  const shape = { plaintextLength: 3 * SEGMENT + 100, segmentBytes: SEGMENT };
  const body = sealBody(key(), pattern(shape.plaintextLength), SEGMENT);
  const segment = (i: number) => body.subarray(i * SEALED, (i + 1) * SEALED);
  const whole = sealBody(key(), pattern(3 * SEGMENT), SEGMENT);

  const cases: { name: string; body?: Buffer; shape?: BodyShape; key?: Secret }[] = [
    { name: "another object's key", key: Secret.adopt(Buffer.alloc(32, 8)) },
    { name: "empty", body: Buffer.alloc(0) },
    { name: "truncated by one byte", body: body.subarray(0, -1) },
    { name: "one byte longer", body: Buffer.concat([body, Buffer.alloc(1)]) },
    { name: "without its last segment", body: body.subarray(0, 3 * SEALED) },
    {
      name: "without its last segment, and a length that fits",
      body: body.subarray(0, 3 * SEALED),
      shape: { ...shape, plaintextLength: 3 * SEGMENT },
    },
    {
      name: "a body that ended here, passed off as one that goes on",
      body: Buffer.concat([whole, segment(3)]),
    },
    {
      name: "an empty segment appended",
      body: Buffer.concat([whole, sealBody(key(), Buffer.alloc(0), SEGMENT)]),
      shape: { ...shape, plaintextLength: 3 * SEGMENT + 1 },
    },
    {
      name: "two segments exchanged",
      body: Buffer.concat([segment(1), segment(0), segment(2), segment(3)]),
    },
    {
      name: "one segment twice",
      body: Buffer.concat([segment(0), segment(0), segment(2), segment(3)]),
    },
    {
      name: "a segment of another body",
      body: Buffer.concat([
        segment(0),
        sealBody(
          Secret.adopt(Buffer.alloc(32, 9)),
          pattern(shape.plaintextLength),
          SEGMENT,
        ).subarray(SEALED, 2 * SEALED),
        segment(2),
        segment(3),
      ]),
    },
    { name: "a shorter length", shape: { ...shape, plaintextLength: 3 * SEGMENT + 99 } },
    { name: "a longer length", shape: { ...shape, plaintextLength: 3 * SEGMENT + 101 } },
    { name: "a length of fewer segments", shape: { ...shape, plaintextLength: 2 * SEGMENT } },
    { name: "another segment size", shape: { ...shape, segmentBytes: 2 * SEGMENT } },
  ];
  for (const c of cases) {
    test(c.name, () => {
      const [secret, bytes, as] = [c.key ?? key(), c.body ?? body, c.shape ?? shape];
      assert.throws(() => openBody(secret, bytes, as), failure);
      assert.throws(() => open(as, bytes, { key: secret }), failure);
      assert.throws(() => open(as, bytes, { key: secret, sizes: [1000] }), failure);
    });
  }

  test("one bit flipped, in each segment's ciphertext and tag", () => {
    for (const at of [0, SEGMENT - 1, SEGMENT, SEALED - 1, SEALED, 3 * SEALED, body.length - 1]) {
      const flipped = Buffer.from(body);
      flipped[at] = (flipped[at] ?? 0) ^ 0x80;
      assert.throws(() => openBody(key(), flipped, shape), failure);
      assert.throws(() => open(shape, flipped, { sizes: [777] }), failure);
    }
  });

  test("an altered body of one segment", () => {
    const small = sealBody(key(), pattern(100));
    for (let bit = 0; bit < small.length * 8; bit++) {
      const flipped = Buffer.from(small);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const as = { plaintextLength: 100, segmentBytes: 65536 };
      assert.throws(() => openBody(key(), flipped, as), failure);
    }
  });
});

test("plaintext is returned only after the tag of its segment has been verified", () => {
  const shape = { plaintextLength: 2 * SEGMENT, segmentBytes: SEGMENT };
  const body = sealBody(key(), pattern(2 * SEGMENT), SEGMENT);
  const opener = createBodyOpener(key(), wholeBody(shape));
  const returned = pieces(body, [1]).map((byte) => lengthOf(opener.update(byte)));
  opener.final();
  const when = returned.flatMap((length, at) => (length > 0 ? [[at, length]] : []));
  assert.deepEqual(when, [
    [SEALED - 1, SEGMENT],
    [2 * SEALED - 1, SEGMENT],
  ]);
});

test("segments before the one that fails are returned by earlier calls only", () => {
  const shape = { plaintextLength: 2 * SEGMENT, segmentBytes: SEGMENT };
  const body = sealBody(key(), pattern(2 * SEGMENT), SEGMENT);
  body[SEALED] = (body[SEALED] ?? 0) ^ 1;
  const opener = createBodyOpener(key(), wholeBody(shape));
  assert.equal(lengthOf(opener.update(body.subarray(0, SEALED))), SEGMENT);
  assert.throws(() => opener.update(body.subarray(SEALED)), failure);
  assert.throws(() => opener.update(Buffer.alloc(1)), { name: "InvariantError" });
  assert.throws(() => opener.final(), { name: "InvariantError" });
});

test("a source that ends early is never a short body", () => {
  const shape = { plaintextLength: 2 * SEGMENT, segmentBytes: SEGMENT };
  const body = sealBody(key(), pattern(2 * SEGMENT), SEGMENT);
  for (const end of [0, 1, SEGMENT, SEALED - 1, SEALED, SEALED + 1, 2 * SEALED - 1]) {
    const opener = createBodyOpener(key(), wholeBody(shape));
    opener.update(body.subarray(0, end));
    assert.throws(() => opener.final(), failure);
  }
});

test("what did not authenticate is wiped", (context) => {
  const update = context.mock.method(Decipheriv.prototype, "update");
  const decrypted = () => update.mock.calls.map((call) => call.result);
  const small = sealBody(key(), pattern(100));
  small[0] = (small[0] ?? 0) ^ 1;
  assert.throws(
    () => openBody(key(), small, { plaintextLength: 100, segmentBytes: 65536 }),
    failure,
  );

  const shape = { plaintextLength: 2 * SEGMENT, segmentBytes: SEGMENT };
  const body = sealBody(key(), pattern(2 * SEGMENT), SEGMENT);
  body[SEALED] = (body[SEALED] ?? 0) ^ 1;
  const opener = createBodyOpener(key(), wholeBody(shape));
  assert.throws(() => opener.update(body), failure);

  assert.deepEqual(decrypted().map(lengthOfResult), [100, SEGMENT, SEGMENT]);
  for (const bytes of decrypted()) assert.deepEqual(bytes, Buffer.alloc(lengthOfResult(bytes)));
});

test("an opener takes no more than its range", () => {
  const shape = { plaintextLength: 3 * SEGMENT, segmentBytes: SEGMENT };
  const body = sealBody(key(), pattern(3 * SEGMENT), SEGMENT);
  const opener = createBodyOpener(key(), segmentRange(shape, 0, 10));
  assert.throws(() => opener.update(body.subarray(0, 2 * SEALED)), failure);
});

test("an authentic body of one segment has the length that its record says", () => {
  const body = sealBody(key(), pattern(100));
  for (const plaintextLength of [99, 101]) {
    assert.throws(() => openBody(key(), body, { plaintextLength, segmentBytes: 65536 }), failure);
  }
});

test("what is given to an opener may be overwritten after the call", () => {
  const shape = { plaintextLength: 3 * SEGMENT, segmentBytes: SEGMENT };
  const body = sealBody(key(), pattern(3 * SEGMENT), SEGMENT);
  const opener = createBodyOpener(key(), wholeBody(shape));
  const buffer = Buffer.alloc(1000);
  const opened = pieces(body, [1000]).flatMap((piece) => {
    piece.copy(buffer);
    const released = opener.update(buffer.subarray(0, piece.length));
    buffer.fill(0);
    return released;
  });
  opener.final();
  assert.deepEqual(Buffer.concat(opened), pattern(3 * SEGMENT));
});

describe("the format is frozen", () => {
  for (const v of vectors) {
    test(v.name, () => {
      const bodyKey = Secret.adopt(Buffer.from(v.bodyKey, "hex"));
      const plaintext = pattern(v.plaintextLength);
      const body = sealBody(bodyKey, plaintext, v.segmentBytes);
      if (v.body !== undefined) assert.equal(body.toString("hex"), v.body);
      assert.equal(sha256Hex(body), v.bodySha256);
      assert.equal(body.length, ciphertextLength(v));
      assert.deepEqual(openBody(bodyKey, body, v), plaintext);
    });
  }
});

test("the nonce of a segment is its index and whether it is the last", () => {
  const nonce = segmentNonce(2 ** 40 + 1, { last: true });
  assert.equal(nonce.toString("hex"), "000000000001000000000101");
  assert.equal(segmentNonce(0, { last: false }).toString("hex"), "000000000000000000000000");
});

describe("our own misuse is refused", () => {
  const ended = createBodySealer(key(), SEGMENT);
  ended.final();
  const shape = { plaintextLength: 2 * SEGMENT, segmentBytes: SEGMENT };
  const outside = { ...wholeBody(shape), lastSegment: 2 };
  const large = 16 * 1024 * 1024 + 1;
  const misuses: Record<string, () => unknown> = {
    "a body that has ended takes no more": () => ended.update(Buffer.alloc(1)),
    "a body ends once": () => ended.final(),
    "a range's segments lie within the body": () => createBodyOpener(key(), outside),
    "a segment index is a safe natural number": () => segmentNonce(-1, { last: true }),
    "segments are a power of two from 4 KiB to 1 MiB": () => createBodySealer(key(), 5000),
    "a body sealed whole is at most 16 MiB": () => sealBody(key(), Buffer.alloc(large)),
    "a body opened whole is at most 16 MiB": () =>
      openBody(key(), Buffer.alloc(0), { ...shape, plaintextLength: large }),
  };
  for (const [invariant, misuse] of Object.entries(misuses)) {
    test(invariant, () => assert.throws(misuse, { name: "InvariantError", message: invariant }));
  }
});

function open(
  shape: BodyShape,
  body: Buffer,
  { key: secret = key(), range = wholeBody(shape), sizes = [body.length] } = {},
): Buffer {
  const opener = createBodyOpener(secret, range);
  const opened = pieces(body, sizes).flatMap((piece) => opener.update(piece));
  opener.final();
  return Buffer.concat(opened);
}

function pattern(length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, i) => i % 251));
}

/** `bytes` in pieces of these sizes, over and over. */
function pieces(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const list: Buffer[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = Math.max(1, sizes[i % sizes.length] ?? 1);
    list.push(bytes.subarray(at, at + size));
    at += size;
  }
  return list;
}

function lengthOf(list: readonly Buffer[]): number {
  return list.reduce((sum, piece) => sum + piece.length, 0);
}

function lengthOfResult(result: unknown): number {
  assert.ok(result instanceof Uint8Array);
  return result.length;
}

function by(a: number, b: number): number {
  return a - b;
}
