import type { BucketRecord } from "../../records/index.ts";
import type { Scope } from "../../service/index.ts";
import { findBucket } from "../bucket.ts";
import { noSuchBucket } from "../errors.ts";
import { bucketTarget, type BucketTarget } from "../target.ts";

interface BucketInput {
  readonly Bucket: string;
  readonly ExpectedBucketOwner?: string;
}

/** The targets of an operation that needs one permission on the bucket it names. */
export function onBucket(
  action: string,
): (input: BucketInput, scope: Scope) => Promise<readonly BucketTarget[]> {
  return async ({ Bucket, ExpectedBucketOwner }, scope) => {
    const bucket = await findBucket(Bucket, scope, ExpectedBucketOwner);
    return [await bucketTarget(action, bucket, scope)];
  };
}

/** The bucket that an operation was permitted to act on. */
export function bucketOf([target]: readonly BucketTarget[], name: string): BucketRecord {
  if (!target) throw noSuchBucket(name);
  return target.bucket;
}
