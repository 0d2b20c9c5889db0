/**
 * Envelopes: what lies between a wrapping key (a KMS data key, a bucket key, an S3-managed key, a
 * customer's key) and the bodies of objects.
 *
 *     object     wrapping key ─ object-body-key ──────→ body key ─→ body
 *     multipart  wrapping key ─ upload-key ───────────→ upload key ─ part-body-key → body keys
 *                wrapping key ─ completed-upload-key ─→ the same upload key, once complete
 *
 * Each is a box (box.ts) whose contents are the key (32 bytes) and the body's checksum, and whose
 * fields are everything that must not be exchanged: so a record or a body that was moved to
 * another bucket, name, version or part, or whose length was altered, does not open.
 *
 * The checksum lies within, since it tells about the plaintext: whoever may not use the key does
 * not learn it. Rename and re-encryption open an envelope and make another; they move no bytes.
 *
 * docs/formats/body-envelope.md is the specification, testdata/body-envelope.json its vectors.
 */
import { assert } from "../base/index.ts";
import { type BoxPurpose, openBox, sealBox } from "./box.ts";
import {
  decodeChecksum,
  encodeChecksum,
  encodedChecksumBytes,
  type ObjectChecksum,
} from "./checksum-code.ts";
import type { Field } from "./fields.ts";
import { KEY_BYTES } from "./gcm.ts";
import { Secret } from "./secret.ts";

/** What an object's body belongs to, when it was sealed as one. */
export interface BodyBinding {
  readonly bucketId: string;
  readonly name: string;
  readonly versionId: string;
  /** 0 where the object has no parts. */
  readonly partNumber: number;
  readonly blobId: string;
  readonly segmentBytes: number;
  readonly plaintextLength: number;
  readonly etag: string;
}

/** What an upload belongs to, from its start. */
export interface UploadBinding {
  readonly bucketId: string;
  readonly name: string;
  readonly uploadId: string;
}

/** What a part belongs to. */
export interface PartBinding {
  readonly uploadId: string;
  readonly partNumber: number;
  readonly blobId: string;
  readonly segmentBytes: number;
  readonly plaintextLength: number;
  readonly etag: string;
}

/** What an upload belongs to, once it is an object. */
export interface CompletedUploadBinding {
  readonly bucketId: string;
  readonly name: string;
  readonly versionId: string;
  readonly uploadId: string;
  readonly plaintextLength: number;
  /** SHA-256 over the list of parts, as the records encode it. */
  readonly partListDigest: Uint8Array;
  readonly etag: string;
}

/** What an envelope holds. The key is the caller's, to dispose of. */
export interface EnvelopeContents {
  readonly key: Secret;
  readonly checksum: ObjectChecksum | undefined;
}

/** All four throw AuthenticationError when they open; see each binding for what must be the same. */
export function wrapBodyKey(
  wrappingKey: Secret,
  contents: EnvelopeContents,
  binding: BodyBinding,
): Buffer {
  return seal(wrappingKey, "object-body-key", bodyFields(binding), contents);
}

export function unwrapBodyKey(
  wrappingKey: Secret,
  envelope: Uint8Array,
  binding: BodyBinding,
): EnvelopeContents {
  return open(wrappingKey, "object-body-key", bodyFields(binding), envelope);
}

export function wrapUploadKey(
  wrappingKey: Secret,
  uploadKey: Secret,
  binding: UploadBinding,
): Buffer {
  const contents = { key: uploadKey, checksum: undefined };
  return seal(wrappingKey, "upload-key", uploadFields(binding), contents);
}

export function unwrapUploadKey(
  wrappingKey: Secret,
  envelope: Uint8Array,
  binding: UploadBinding,
): Secret {
  return open(wrappingKey, "upload-key", uploadFields(binding), envelope).key;
}

export function wrapPartBodyKey(
  uploadKey: Secret,
  contents: EnvelopeContents,
  binding: PartBinding,
): Buffer {
  return seal(uploadKey, "part-body-key", partFields(binding), contents);
}

export function unwrapPartBodyKey(
  uploadKey: Secret,
  envelope: Uint8Array,
  binding: PartBinding,
): EnvelopeContents {
  return open(uploadKey, "part-body-key", partFields(binding), envelope);
}

/** The checksum is that of the whole object. */
export function wrapCompletedUploadKey(
  wrappingKey: Secret,
  contents: EnvelopeContents,
  binding: CompletedUploadBinding,
): Buffer {
  return seal(wrappingKey, "completed-upload-key", completedFields(binding), contents);
}

export function unwrapCompletedUploadKey(
  wrappingKey: Secret,
  envelope: Uint8Array,
  binding: CompletedUploadBinding,
): EnvelopeContents {
  return open(wrappingKey, "completed-upload-key", completedFields(binding), envelope);
}

// The order of these fields is the format: docs/formats/body-envelope.md.

function bodyFields(b: BodyBinding): Field[] {
  const place = [b.bucketId, b.name, b.versionId, b.partNumber, b.blobId];
  return [...place, b.segmentBytes, b.plaintextLength, b.etag];
}

function uploadFields(b: UploadBinding): Field[] {
  return [b.bucketId, b.name, b.uploadId];
}

function partFields(b: PartBinding): Field[] {
  return [b.uploadId, b.partNumber, b.blobId, b.segmentBytes, b.plaintextLength, b.etag];
}

function completedFields(b: CompletedUploadBinding): Field[] {
  const place = [b.bucketId, b.name, b.versionId, b.uploadId];
  return [...place, b.plaintextLength, b.partListDigest, b.etag];
}

function seal(
  wrappingKey: Secret,
  purpose: BoxPurpose,
  fields: Field[],
  { key, checksum }: EnvelopeContents,
): Buffer {
  assert(key.length === KEY_BYTES, "an envelope holds a key of 32 bytes");
  const plaintext = Buffer.alloc(KEY_BYTES + encodedChecksumBytes(checksum));
  plaintext.set(key.expose());
  encodeChecksum(plaintext, KEY_BYTES, checksum);
  const envelope = sealBox(wrappingKey, purpose, fields, plaintext);
  plaintext.fill(0);
  return envelope;
}

function open(
  wrappingKey: Secret,
  purpose: BoxPurpose,
  fields: Field[],
  envelope: Uint8Array,
): EnvelopeContents {
  const plaintext = openBox(wrappingKey, purpose, fields, envelope);
  assert(plaintext.length >= KEY_BYTES, "an envelope holds a key of 32 bytes");
  const key = Buffer.alloc(KEY_BYTES);
  plaintext.copy(key);
  const checksum = decodeChecksum(plaintext.subarray(KEY_BYTES));
  plaintext.fill(0);
  return { key: Secret.adopt(key), checksum };
}
