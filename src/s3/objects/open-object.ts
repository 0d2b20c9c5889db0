/** An object's envelope, opened: the keys of its bodies, and its checksum. */
import { type EnvelopeContents, unwrapBodyKey } from "../../crypto/index.ts";
import type { BucketRecord, ObjectRecord } from "../../records/index.ts";
import type { Scope } from "../../service/index.ts";
import type { BlobStore } from "../../storage/index.ts";
import type { BodyStream } from "../../wire/index.ts";
import { type ByteRange, openRange } from "../bodies/opened-body.ts";
import { keyForReading, type KeySources } from "../encryption/wrapping-key.ts";

interface Place {
  readonly bucket: BucketRecord;
  readonly key: string;
}

/**
 * Opens the envelope under its KMS key, in the caller's name. The key lives as long as the request.
 * Throws KMS's refusals in S3's words.
 */
export async function openEnvelope(
  object: ObjectRecord,
  place: Place,
  scope: Scope,
  keys: KeySources,
): Promise<EnvelopeContents> {
  const wrappingKey = await keyForReading(object.encryption, place, scope, keys);
  const { body, versionId, size, etag } = object;
  if (body.kind === "parts") throw new Error("an upload's envelope is opened by its parts");
  const contents = unwrapBodyKey(wrappingKey, body.envelope, {
    bucketId: place.bucket.id,
    name: place.key,
    versionId,
    partNumber: 0,
    blobId: body.blob,
    segmentBytes: body.segmentBytes,
    plaintextLength: size,
    etag,
  });
  scope.defer(() => contents.key[Symbol.dispose]());
  return contents;
}

/** The plaintext of a range of the object, or of all of it. Throws BodyGone. */
export async function openBodyOf(
  object: ObjectRecord,
  contents: EnvelopeContents,
  range: ByteRange | undefined,
  { scope, blobs }: { readonly scope: Scope; readonly blobs: BlobStore },
): Promise<BodyStream> {
  const { body, size } = object;
  if (body.kind === "parts") throw new Error("an upload's body is opened by its parts");
  return openRange({ record: body, size, bodyKey: contents.key }, range, scope, blobs);
}
