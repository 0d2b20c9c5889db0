/** A part: its envelope under the upload's key, and what a commit does to put it in its place. */
import {
  type EnvelopeContents,
  type ObjectChecksum,
  type Secret,
  unwrapPartBodyKey,
  wrapPartBodyKey,
} from "../../crypto/index.ts";
import {
  type Change,
  type Found,
  type PartRecord,
  partSpace,
  type UploadRecord,
} from "../../records/index.ts";
import type { Scope } from "../../service/index.ts";
import { putBody, type SealedBody } from "../bodies/sealed-body.ts";
import { discardSealed } from "../objects/replace-version.ts";
import { uploadBusy } from "./errors.ts";

/** A part's body that was sealed, its tag, and the checksum that is kept of it. */
export interface ReceivedPart {
  readonly sealed: SealedBody;
  readonly etag: string;
  readonly checksum: ObjectChecksum | undefined;
}

/**
 * Puts the part in its place, instead of one of the same number. The commit checks the upload, so
 * that nothing joins it once its completion has begun. Throws OperationAborted when it has.
 */
export async function putPart(
  change: Change,
  upload: Found<UploadRecord>,
  number: number,
  { sealed, etag, checksum }: ReceivedPart,
  { scope, uploadKey }: { readonly scope: Scope; readonly uploadKey: Secret },
): Promise<PartRecord> {
  const { id, state, checksum: shown } = upload.value;
  if (state !== "open") throw uploadBusy();
  const place = [id, BigInt(number)] as const;
  const old = await scope.store.get(partSpace, ...place);
  const { blob, segmentBytes, size, bodyKey } = sealed;
  const envelope = wrapPartBodyKey(
    uploadKey,
    { key: bodyKey, checksum },
    {
      uploadId: id,
      partNumber: number,
      blobId: blob,
      segmentBytes,
      plaintextLength: size,
      etag,
    },
  );
  const part: PartRecord = {
    number,
    size,
    etag,
    modifiedAt: scope.clock.now().getTime(),
    body: { blob, inline: sealed.inline !== undefined, segmentBytes, envelope },
    ...(shown && { checksumAlgorithm: shown.algorithm }),
  };
  change.expect(upload);
  if (old) discardSealed(change.expect(old), old.value.body);
  else change.expectAbsent(partSpace, ...place);
  change.put(partSpace, [...place], part);
  putBody(change, sealed);
  return part;
}

/** The key of a part's body, the caller's to dispose of, and its checksum. */
export function openPart(
  { number, size, etag, body }: PartRecord,
  uploadId: string,
  uploadKey: Secret,
): EnvelopeContents {
  const { blob, segmentBytes, envelope } = body;
  return unwrapPartBodyKey(uploadKey, envelope, {
    uploadId,
    partNumber: number,
    blobId: blob,
    segmentBytes,
    plaintextLength: size,
    etag,
  });
}
