/** What GET and HEAD act on: the permission, and the object as it was found before the decision. */
import type { Found, ObjectRecord } from "../../records/index.ts";
import type { Scope } from "../../service/index.ts";
import { findBucket } from "../bucket.ts";
import { invalidVersionId, noSuchKey, noSuchVersion } from "../errors.ts";
import { bucketArn, type BucketTarget, objectTarget } from "../target.ts";
import { currentObject } from "./current-version.ts";
import { NULL_VERSION } from "./replace-version.ts";

export interface ReadTarget extends BucketTarget {
  /** Absent only in targets that dispatch never hands to a handler. */
  readonly object?: Found<ObjectRecord>;
}

export interface ReadInput {
  readonly Bucket: string;
  readonly Key: string;
  readonly VersionId?: string;
  readonly ExpectedBucketOwner?: string;
}

/**
 * AWS: who may not list the bucket is not told that a key is missing. Naming a version takes
 * another permission; without versioning there is the one version `null`.
 */
export async function readTarget(
  { Bucket, Key, VersionId, ExpectedBucketOwner }: ReadInput,
  scope: Scope,
): Promise<ReadTarget> {
  const bucket = await findBucket(Bucket, scope, ExpectedBucketOwner);
  const place = { bucket, key: Key };
  const action = VersionId === undefined ? "s3:GetObject" : "s3:GetObjectVersion";
  const conditions = [["s3:versionid", VersionId]] as const;
  if (VersionId !== undefined && VersionId !== NULL_VERSION) {
    const absent = { error: invalidVersionId(VersionId) };
    return objectTarget(action, place, scope, { conditions, absent });
  }
  const object = await currentObject(scope.store, bucket.id, Key);
  if (object) return { ...(await objectTarget(action, place, scope, { conditions })), object };
  const error = VersionId === undefined ? noSuchKey(Key) : noSuchVersion(Key, VersionId);
  const visibleWith = { action: "s3:ListBucket", arn: bucketArn(Bucket) };
  return objectTarget(action, place, scope, { conditions, absent: { error, visibleWith } });
}
