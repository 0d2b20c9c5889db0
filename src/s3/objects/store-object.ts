/** The commit that makes a sealed body an object: its envelope, its version, its place. */
import { type ObjectChecksum, wrapBodyKey } from "../../crypto/index.ts";
import {
  Change,
  type Found,
  type ObjectRecord,
  type Pairs,
  type SystemMetadata,
  type VersionRecord,
} from "../../records/index.ts";
import type { Scope } from "../../service/index.ts";
import { putBody, type SealedBody } from "../bodies/sealed-body.ts";
import type { ObjectPlace, WritingKey } from "../encryption/wrapping-key.ts";
import { nextSeq, NULL_VERSION, replaceVersion } from "./replace-version.ts";

export interface NewObject {
  readonly sealed: SealedBody;
  /** Without quotation marks. */
  readonly etag: string;
  readonly checksum: ObjectChecksum | undefined;
  readonly system: SystemMetadata;
  readonly metadata: Pairs;
  /** What it is written under. */
  readonly key: WritingKey;
}

/** Puts it in the place of `newest`, which the commit checks. */
export function storeObject(
  place: ObjectPlace,
  newest: Found<VersionRecord> | undefined,
  { sealed, etag, checksum, system, metadata, key: writing }: NewObject,
  { clock }: Pick<Scope, "clock">,
): { readonly object: ObjectRecord; readonly change: Change } {
  const { bucket, key: name } = place;
  const { blob, bodyKey, segmentBytes, size, inline } = sealed;
  const envelope = wrapBodyKey(
    writing.key,
    { key: bodyKey, checksum },
    {
      bucketId: bucket.id,
      name,
      versionId: NULL_VERSION,
      partNumber: 0,
      blobId: blob,
      segmentBytes,
      plaintextLength: size,
      etag,
    },
  );
  const object: ObjectRecord = {
    kind: "object",
    seq: nextSeq(newest),
    versionId: NULL_VERSION,
    modifiedAt: clock.now().getTime(),
    size,
    etag,
    storageClass: "STANDARD",
    ownerId: bucket.accountId,
    system,
    metadata,
    tags: [],
    encryption: writing.record,
    body: { kind: "one", blob, inline: inline !== undefined, segmentBytes, envelope },
    ...(checksum && { checksum: { algorithm: checksum.algorithm, type: checksum.type } }),
  };
  const change = writing.change ?? new Change();
  replaceVersion(change, place, newest, object);
  putBody(change, sealed);
  return { object, change };
}
