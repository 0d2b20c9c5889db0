/** The bucket that a request names: found before anything is decided. */
import { type AttachedPolicy, parsePolicy } from "../policy/index.ts";
import {
  type BucketPolicyRecord,
  bucketNameSpace,
  bucketPolicySpace,
  type BucketRecord,
  bucketSpace,
  type Change,
  type View,
} from "../records/index.ts";
import type { Scope } from "../service/index.ts";
import { accessDenied, invalidBucketName, invalidExpectedOwner, noSuchBucket } from "./errors.ts";
import { BUCKET_NAME_CHARS_MAX } from "./limits.ts";

/**
 * Throws NoSuchBucket, InvalidBucketName for a name too long to look up, and AccessDenied when the
 * owner is not the one that the request expects. A bucket whose deletion has begun is there until
 * it is gone: see `keepBucket`.
 */
export async function findBucket(
  name: string,
  { view }: Pick<Scope, "view">,
  expectedOwner?: string,
): Promise<BucketRecord> {
  if (expectedOwner !== undefined && !/^\d{12}$/.test(expectedOwner)) {
    throw invalidExpectedOwner(expectedOwner);
  }
  if (name.length > BUCKET_NAME_CHARS_MAX) throw invalidBucketName(name);
  const named = await view.get(bucketNameSpace, name);
  const bucket = named && (await view.get(bucketSpace, named.value.bucketId));
  if (!bucket) throw noSuchBucket(name);
  if (expectedOwner !== undefined && expectedOwner !== bucket.value.accountId) {
    throw accessDenied();
  }
  return bucket.value;
}

/**
 * INVARIANT: every commit that adds a version or an upload calls this. It checks the bucket's record
 * as all commits do, and takes back a deletion that has begun: of the two one fails, so no bucket
 * goes with something in it.
 */
export function keepBucket(change: Change, bucket: BucketRecord): void {
  if (bucket.state !== "deleting") return;
  change.put(bucketSpace, [bucket.id], { ...bucket, state: "active" });
}

/** The region of a bucket, for requests that are about it; undefined when there is none. */
export async function bucketRegion(name: string, view: View): Promise<string | undefined> {
  if (name.length > BUCKET_NAME_CHARS_MAX) return undefined;
  return (await view.get(bucketNameSpace, name))?.value.region;
}

/** The bucket's policy, compiled once per version of its record. */
export async function bucketPolicyOf(
  { id, name }: BucketRecord,
  { view }: Pick<Scope, "view">,
): Promise<AttachedPolicy | undefined> {
  const found = await view.get(bucketPolicySpace, id);
  if (!found) return undefined;
  let policy = compiled.get(found.value);
  if (!policy) {
    const boundIds = new Map(found.value.boundIds);
    policy = { policy: parsePolicy(found.value.text, "resource", { boundIds }), name };
    compiled.set(found.value, policy);
  }
  return policy;
}

const compiled = new WeakMap<BucketPolicyRecord, AttachedPolicy>();
