/** An upload that a request names: found, its permission, and its key. */
import { type Secret, unwrapUploadKey } from "../../crypto/index.ts";
import {
  type BucketRecord,
  type Found,
  type UploadRecord,
  uploadSpace,
  type VersionRecord,
} from "../../records/index.ts";
import type { Scope } from "../../service/index.ts";
import { keyForReading, type KeySources } from "../encryption/wrapping-key.ts";
import { checkKey } from "../objects/metadata.ts";
import { type BucketTarget, type Conditions, objectTarget } from "../target.ts";
import { noSuchUpload } from "./errors.ts";
import { isUploadId } from "./upload-id.ts";

export interface UploadTarget extends BucketTarget {
  /** Absent only in targets that dispatch never hands to a handler. */
  readonly upload?: Found<UploadRecord>;
}

export interface UploadInput {
  readonly Key: string;
  readonly UploadId: string;
}

export async function findUpload(
  bucket: BucketRecord,
  { Key, UploadId }: UploadInput,
  { store }: Pick<Scope, "store">,
): Promise<Found<UploadRecord> | undefined> {
  checkKey(Key);
  if (!isUploadId(UploadId)) return undefined;
  return store.get(uploadSpace, bucket.id, Key, UploadId);
}

/**
 * A permission on the name that an upload is for. AWS's own enforcement policies are used with
 * uploads whose parts carry no encryption header: parts are decided by the headers of Create.
 */
export async function uploadTarget(
  action: string,
  bucket: BucketRecord,
  input: UploadInput,
  scope: Scope,
  conditions: Conditions = [],
): Promise<UploadTarget> {
  const upload = await findUpload(bucket, input, scope);
  const place = { bucket, key: input.Key };
  if (!upload) {
    const absent = { error: noSuchUpload(input.UploadId) };
    return objectTarget(action, place, scope, { conditions, absent });
  }
  const all = [...upload.value.requested, ...conditions];
  return { ...(await objectTarget(action, place, scope, { conditions: all })), upload };
}

/** The upload of a target that was let through. */
export function uploadOf({ upload }: UploadTarget): Found<UploadRecord> {
  if (!upload) throw new Error("a target without its upload is refused before it is handled");
  return upload;
}

/** The keys of an upload, had in the caller's name. Both live as long as the request. */
export async function openUpload(
  { id, name, encryption, envelope }: UploadRecord,
  bucket: BucketRecord,
  scope: Scope,
  keys: KeySources,
): Promise<{ readonly wrappingKey: Secret; readonly uploadKey: Secret }> {
  const wrappingKey = await keyForReading(encryption, { bucket }, scope, keys);
  const binding = { bucketId: bucket.id, name, uploadId: id };
  const uploadKey = unwrapUploadKey(wrappingKey, envelope, binding);
  scope.defer(() => uploadKey[Symbol.dispose]());
  return { wrappingKey, uploadKey };
}

/** Tells whether a name still stands for what it stood for: no two bodies share a name. */
export function identityOf(newest: Found<VersionRecord> | undefined): string {
  if (!newest) return "";
  const { value } = newest;
  if (value.kind === "marker") return value.versionId;
  return value.body.kind === "one" ? value.body.blob : value.body.upload;
}
