/** What GET and HEAD act on: the permission, and the object as it was found before the decision. */
import type { Found, ObjectRecord } from "../../records/index.ts";
import type { Scope } from "../../service/index.ts";
import { findBucket } from "../bucket.ts";
import { noSuchKey } from "../errors.ts";
import { bucketArn, type BucketTarget, objectTarget } from "../target.ts";
import { currentObject } from "./current-version.ts";

export interface ReadTarget extends BucketTarget {
  /** Absent only in targets that dispatch never hands to a handler. */
  readonly object?: Found<ObjectRecord>;
}

export interface ReadInput {
  readonly Bucket: string;
  readonly Key: string;
  readonly ExpectedBucketOwner?: string;
}

/** AWS: who may not list the bucket is not told that a key is missing. */
export async function readTarget(
  { Bucket, Key, ExpectedBucketOwner }: ReadInput,
  scope: Scope,
): Promise<ReadTarget> {
  const bucket = await findBucket(Bucket, scope, ExpectedBucketOwner);
  const object = await currentObject(scope.store, bucket.id, Key);
  const visibleWith = { action: "s3:ListBucket", arn: bucketArn(Bucket) };
  const absent = object ? {} : { absent: { error: noSuchKey(Key), visibleWith } };
  const target = await objectTarget("s3:GetObject", { bucket, key: Key }, scope, absent);
  return object ? { ...target, object } : target;
}
