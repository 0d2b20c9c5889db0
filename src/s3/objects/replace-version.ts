/**
 * What a commit does to make one version the current one, or to take the current one away, in a
 * bucket without versioning: the rows of the old version, its body and its usage go with it.
 *
 * INVARIANT: every commit that adds or removes a version checks the newest one it read and that
 * none is newer, so that two writers of one name never both believe to be the last.
 */
import { assert } from "../../base/index.ts";
import {
  type BucketRecord,
  type Change,
  currentSpace,
  type EncryptionRecord,
  type Found,
  inlineSpace,
  invertedSeq,
  type ObjectRecord,
  refSpace,
  type SealedBodyRecord,
  trashSpace,
  usageSpace,
  type VersionRecord,
  versionSpace,
} from "../../records/index.ts";
import { keepBucket } from "../bucket.ts";

/** Of versions that are written while versioning is off. */
export const NULL_VERSION = "null";

interface Place {
  readonly bucket: BucketRecord;
  readonly key: string;
}

/** The seq of the version after the newest. */
export function nextSeq(newest: Found<VersionRecord> | undefined): number {
  return (newest?.value.seq ?? 0) + 1;
}

/** Makes `next` current in the place of `newest`. */
export function replaceVersion(
  change: Change,
  { bucket, key }: Place,
  newest: Found<VersionRecord> | undefined,
  next: ObjectRecord,
): void {
  assert(bucket.versioning === "off", "versions are replaced where versioning is off");
  assert(next.seq === nextSeq(newest), "a version follows the newest");
  keepBucket(change, bucket);
  checkNewest(change, { bucket, key }, newest);
  change.put(versionSpace, [bucket.id, key, invertedSeq(next.seq)], next);
  const { size, etag, modifiedAt, storageClass, ownerId, checksum } = next;
  change.put(currentSpace, [bucket.id, key], {
    size,
    etag,
    modifiedAt,
    storageClass,
    ownerId,
    ...(checksum && { checksum }),
  });
  const usage = usageKey(next.encryption, bucket.id, key, next.versionId);
  change.put(usageSpace, usage, { kind: "object", bytes: size });
  if (newest) {
    change.remove(newest);
    discardVersion(change, { bucket, key }, newest.value, { keepUsage: usage });
  }
}

/** Takes the current version away, and the name with it. */
export function removeVersion(
  change: Change,
  { bucket, key }: Place,
  newest: Found<VersionRecord>,
): void {
  assert(bucket.versioning === "off", "versions are removed where versioning is off");
  checkNewest(change, { bucket, key }, newest);
  change.remove(newest);
  change.delete(currentSpace, bucket.id, key);
  discardVersion(change, { bucket, key }, newest.value, {});
}

/** Where a version's usage of its key is noted. */
export function usageKey(
  encryption: EncryptionRecord,
  bucketId: string,
  key: string,
  version: string,
): [string, string, string, string, string] {
  return encryption.mode === "AES256"
    ? [`s3:${encryption.keyId}`, "", bucketId, key, version]
    : [encryption.keyArn, encryption.materialId, bucketId, key, version];
}

function checkNewest(
  change: Change,
  { bucket, key }: Place,
  newest: Found<VersionRecord> | undefined,
): void {
  if (newest) change.expect(newest);
  change.expectAbsent(versionSpace, bucket.id, key, invertedSeq(nextSeq(newest)));
}

/** The body goes to the trash, where readers that began before may still find it. */
function discardVersion(
  change: Change,
  { bucket, key }: Place,
  version: VersionRecord,
  { keepUsage }: { readonly keepUsage?: readonly string[] },
): void {
  if (version.kind === "marker") return;
  const usage = usageKey(version.encryption, bucket.id, key, version.versionId);
  if (keepUsage === undefined || usage.some((part, at) => part !== keepUsage[at])) {
    change.delete(usageSpace, ...usage);
  }
  discardBody(change, bucket.id, version);
}

function discardBody(change: Change, bucketId: string, { body }: ObjectRecord): void {
  if (body.kind === "parts") {
    change.put(trashSpace, [body.upload], { kind: "parts", bucketId, upload: body.upload });
  } else {
    discardSealed(change, body);
  }
}

/** An inline body goes with the commit, a blob to the trash. */
export function discardSealed(change: Change, { blob, inline }: SealedBodyRecord): void {
  if (inline) {
    change.delete(inlineSpace, blob);
    return;
  }
  change.delete(refSpace, blob);
  change.put(trashSpace, [blob], { kind: "blob", blob });
}
