import assert from "node:assert/strict";
import { Cipheriv, Decipheriv } from "node:crypto";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  type BodyBinding,
  type CompletedUploadBinding,
  type EnvelopeContents,
  type PartBinding,
  unwrapBodyKey,
  unwrapCompletedUploadKey,
  unwrapPartBodyKey,
  unwrapUploadKey,
  type UploadBinding,
  wrapBodyKey,
  wrapCompletedUploadKey,
  wrapPartBodyKey,
  wrapUploadKey,
} from "./body-envelope.ts";
import { CHECKSUM_ALGORITHMS, CHECKSUM_BYTES } from "./checksum.ts";
import type { ObjectChecksum } from "./checksum-code.ts";
import { Secret } from "./secret.ts";
import vectors from "./testdata/body-envelope.json" with { type: "json" };

const wrappingKey = () => Secret.adopt(Buffer.alloc(32, 7));
const failure = { name: "AuthenticationError", message: "sealed bytes do not authenticate" };
const contents = (): EnvelopeContents => ({ key: Secret.random(32), checksum: undefined });

const body: BodyBinding = {
  bucketId: "bucket-1",
  name: "photos/a.jpg",
  versionId: "v1",
  partNumber: 0,
  blobId: "session/1",
  segmentBytes: 65536,
  plaintextLength: 4096,
  etag: "e1",
};
const upload: UploadBinding = { bucketId: "bucket-1", name: "photos/a.jpg", uploadId: "u1" };
const part: PartBinding = {
  uploadId: "u1",
  partNumber: 1,
  blobId: "session/1",
  segmentBytes: 65536,
  plaintextLength: 4096,
  etag: "e1",
};
const completed: CompletedUploadBinding = {
  bucketId: "bucket-1",
  name: "photos/a.jpg",
  versionId: "v1",
  uploadId: "u1",
  plaintextLength: 4096,
  partListDigest: Buffer.alloc(32, 1),
  etag: "e1-1",
};

const checksums: fc.Arbitrary<ObjectChecksum | undefined> = fc.option(
  fc.constantFrom(...CHECKSUM_ALGORITHMS).chain((algorithm) =>
    fc.record({
      algorithm: fc.constant(algorithm),
      type: fc.constantFrom("FULL_OBJECT" as const, "COMPOSITE" as const),
      bytes: fc
        .uint8Array({ minLength: CHECKSUM_BYTES[algorithm], maxLength: CHECKSUM_BYTES[algorithm] })
        .map((bytes) => Buffer.from(bytes)),
    }),
  ),
  { nil: undefined },
);

test("unwrapping inverts wrapping, checksum and all", () => {
  fc.assert(
    fc.property(checksums, fc.string({ unit: "grapheme" }), (checksum, name) => {
      const binding = { ...body, name };
      using key = Secret.random(32);
      const envelope = wrapBodyKey(wrappingKey(), { key, checksum }, binding);
      const opened = unwrapBodyKey(wrappingKey(), envelope, binding);
      assert.deepEqual(opened.key.expose(), key.expose());
      assert.deepEqual(opened.checksum, checksum && { ...checksum });
    }),
  );
});

test("a multipart object is opened as it was built", () => {
  using uploadKey = Secret.random(32);
  using partKey = Secret.random(32);
  const created = wrapUploadKey(wrappingKey(), uploadKey, upload);
  using known = unwrapUploadKey(wrappingKey(), created, upload);
  const sealedPart = wrapPartBodyKey(known, { key: partKey, checksum: undefined }, part);
  const whole = wrapCompletedUploadKey(
    wrappingKey(),
    { key: known, checksum: undefined },
    completed,
  );

  const reader = unwrapCompletedUploadKey(wrappingKey(), whole, completed);
  const opened = unwrapPartBodyKey(reader.key, sealedPart, part);
  assert.deepEqual(opened.key.expose(), partKey.expose());
});

describe("what an envelope is bound to cannot be exchanged", () => {
  testBinding("an object", body, wrapBodyKey, unwrapBodyKey);
  testBinding("a part", part, wrapPartBodyKey, unwrapPartBodyKey);
  testBinding("a completed upload", completed, wrapCompletedUploadKey, unwrapCompletedUploadKey);
  testBinding(
    "an upload",
    upload,
    (key, { key: uploadKey }, binding) => wrapUploadKey(key, uploadKey, binding),
    unwrapUploadKey,
  );
});

test("an envelope of one kind is none of another", () => {
  const asUpload = wrapUploadKey(wrappingKey(), Secret.random(32), upload);
  const asBody = wrapBodyKey(wrappingKey(), contents(), body);
  const asPart = wrapPartBodyKey(wrappingKey(), contents(), part);
  const asWhole = wrapCompletedUploadKey(wrappingKey(), contents(), completed);
  for (const envelope of [asUpload, asPart, asWhole]) {
    assert.throws(() => unwrapBodyKey(wrappingKey(), envelope, body), failure);
  }
  for (const envelope of [asUpload, asBody, asPart]) {
    assert.throws(() => unwrapCompletedUploadKey(wrappingKey(), envelope, completed), failure);
  }
  for (const envelope of [asBody, asPart, asWhole]) {
    assert.throws(() => unwrapUploadKey(wrappingKey(), envelope, upload), failure);
  }
  for (const envelope of [asUpload, asBody, asWhole]) {
    assert.throws(() => unwrapPartBodyKey(wrappingKey(), envelope, part), failure);
  }
});

test("any one bit flipped", () => {
  const envelope = wrapBodyKey(wrappingKey(), contents(), body);
  for (let bit = 0; bit < envelope.length * 8; bit++) {
    const flipped = Buffer.from(envelope);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.throws(() => unwrapBodyKey(wrappingKey(), flipped, body), failure);
  }
});

test("neither key nor checksum can be read from an envelope", () => {
  const checksum = {
    algorithm: "SHA256",
    type: "FULL_OBJECT",
    bytes: Buffer.alloc(32, 5),
  } as const;
  using key = Secret.random(32);
  const envelope = wrapBodyKey(wrappingKey(), { key, checksum }, body);
  assert.equal(envelope.includes(key.expose()), false);
  assert.equal(envelope.includes(checksum.bytes), false);
});

test("no copy of the key is left behind", (context) => {
  const sealing = context.mock.method(Cipheriv.prototype, "update");
  const opening = context.mock.method(Decipheriv.prototype, "update");
  const envelope = wrapBodyKey(wrappingKey(), contents(), body);
  unwrapBodyKey(wrappingKey(), envelope, body).key[Symbol.dispose]();
  const seen = [sealing.mock.calls[0]?.arguments[0], opening.mock.calls[0]?.result];
  for (const bytes of seen) assert.deepEqual(bytes, Buffer.alloc(32));
});

describe("the format is frozen", () => {
  for (const v of vectors) {
    test(v.name, () => {
      using key = Secret.adopt(Buffer.from(v.wrappingKey, "hex"));
      const opened = openVector(v, key);
      assert.equal(opened.key.expose().toString("hex"), v.key);
      const { checksum } = opened;
      const shown = checksum && { ...checksum, bytes: Buffer.from(checksum.bytes).toString("hex") };
      assert.deepEqual(shown ?? null, v.checksum);
    });
  }
});

describe("our own misuse is refused", () => {
  const short = { algorithm: "SHA256", type: "FULL_OBJECT", bytes: Buffer.alloc(31) } as const;
  const misuses: Record<string, () => unknown> = {
    "an envelope holds a key of 32 bytes": () =>
      wrapBodyKey(wrappingKey(), { key: Secret.random(16), checksum: undefined }, body),
    "a checksum has its algorithm's length": () =>
      wrapBodyKey(wrappingKey(), { ...contents(), checksum: short }, body),
  };
  for (const [invariant, misuse] of Object.entries(misuses)) {
    test(invariant, () => assert.throws(misuse, { name: "InvariantError", message: invariant }));
  }
});

function testBinding<Binding extends object>(
  kind: string,
  binding: Binding,
  wrap: (key: Secret, contents: EnvelopeContents, binding: Binding) => Buffer,
  unwrap: (key: Secret, envelope: Uint8Array, binding: Binding) => unknown,
): void {
  const envelope = wrap(wrappingKey(), contents(), binding);
  for (const [field, value] of Object.entries(binding)) {
    test(`${kind}: its ${field}`, () => {
      const moved = { ...binding, [field]: altered(value) };
      assert.throws(() => unwrap(wrappingKey(), envelope, moved), failure);
    });
  }
  test(`${kind}: its key`, () => {
    assert.throws(() => unwrap(Secret.random(32), envelope, binding), failure);
  });
  test(`${kind}: unaltered, it opens`, () => {
    assert.doesNotThrow(() => unwrap(wrappingKey(), envelope, binding));
  });
}

function altered(value: unknown): unknown {
  if (typeof value === "number") return value + 1;
  if (typeof value === "string") return `${value}x`;
  return Buffer.alloc(32, 2);
}

function openVector(v: (typeof vectors)[number], key: Secret): EnvelopeContents {
  const envelope = Buffer.from(v.envelope, "hex");
  const b = v.binding;
  const text = (value: string | undefined) => value ?? assert.fail("a member is missing");
  const number = (value: number | undefined) => value ?? assert.fail("a member is missing");
  const place = { bucketId: b.bucketId ?? "", name: b.name ?? "" };
  const from = { uploadId: b.uploadId ?? "" };
  const sizes = { plaintextLength: b.plaintextLength ?? 0, etag: b.etag ?? "" };
  switch (v.purpose) {
    case "upload-key": {
      const opened = unwrapUploadKey(key, envelope, { ...place, ...from });
      return { key: opened, checksum: undefined };
    }
    case "part-body-key":
      return unwrapPartBodyKey(key, envelope, {
        ...from,
        ...sizes,
        partNumber: number(b.partNumber),
        blobId: text(b.blobId),
        segmentBytes: number(b.segmentBytes),
      });
    case "completed-upload-key":
      return unwrapCompletedUploadKey(key, envelope, {
        ...place,
        ...from,
        ...sizes,
        versionId: text(b.versionId),
        partListDigest: Buffer.from(text(b.partListDigest), "hex"),
      });
    default:
      return unwrapBodyKey(key, envelope, {
        ...place,
        ...sizes,
        versionId: text(b.versionId),
        partNumber: number(b.partNumber),
        blobId: text(b.blobId),
        segmentBytes: number(b.segmentBytes),
      });
  }
}
