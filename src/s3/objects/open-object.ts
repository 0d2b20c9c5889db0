/** An object's envelope, opened: the keys of its bodies, and its checksum. */
import {
  type EnvelopeContents,
  unwrapBodyKey,
  unwrapCompletedUploadKey,
} from "../../crypto/index.ts";
import type { BucketRecord, ObjectRecord } from "../../records/index.ts";
import type { Scope } from "../../service/index.ts";
import type { BlobStore } from "../../storage/index.ts";
import type { BodyStream } from "../../wire/index.ts";
import { HeldReader } from "../bodies/held-reader.ts";
import { type ByteRange, openRange } from "../bodies/opened-body.ts";
import { openParts } from "../bodies/opened-parts.ts";
import { keyForReading, type KeySources } from "../encryption/wrapping-key.ts";
import { partListDigest } from "../uploads/part-pages.ts";

interface Place {
  readonly bucket: BucketRecord;
  readonly key: string;
}

/**
 * Opens the envelope under its KMS key, in the caller's name: the body's key, or that of the upload
 * whose parts the body is. The key lives as long as the request. Throws KMS's refusals in S3's
 * words.
 */
export async function openEnvelope(
  object: ObjectRecord,
  place: Place,
  scope: Scope,
  keys: KeySources,
): Promise<EnvelopeContents> {
  const wrappingKey = await keyForReading(object.encryption, place, scope, keys);
  const { body, versionId, size, etag } = object;
  const bound = { bucketId: place.bucket.id, name: place.key, versionId, etag };
  const contents =
    body.kind === "parts"
      ? unwrapCompletedUploadKey(wrappingKey, body.envelope, {
          ...bound,
          uploadId: body.upload,
          plaintextLength: size,
          partListDigest: partListDigest(body.pages),
        })
      : unwrapBodyKey(wrappingKey, body.envelope, {
          ...bound,
          partNumber: 0,
          blobId: body.blob,
          segmentBytes: body.segmentBytes,
          plaintextLength: size,
        });
  scope.defer(() => contents.key[Symbol.dispose]());
  return contents;
}

/** The plaintext of a range of the object, or of all of it. Throws BodyGone. */
export async function openBodyOf(
  { body, size }: ObjectRecord,
  { key }: EnvelopeContents,
  range: ByteRange | undefined,
  { scope, blobs }: { readonly scope: Scope; readonly blobs: BlobStore },
): Promise<BodyStream> {
  if (range && range.start === range.end) return Buffer.alloc(0);
  const sources = { store: scope.store, blobs, held: new HeldReader(scope) };
  return body.kind === "parts"
    ? openParts({ record: body, size, uploadKey: key }, range, sources)
    : openRange({ record: body, size, bodyKey: key }, range, sources);
}
