import { operation } from "../../service/index.ts";
import { findBucket } from "../bucket.ts";
import { bucketEvent } from "../buckets/bucket-event.ts";
import { locationConstraint } from "../buckets/location.ts";
import { bucketTarget, type BucketTarget } from "../target.ts";

/** The region of a bucket as AWS has written it ever since there was but one. */
export const getBucketLocation = operation<"s3", "GetBucketLocation", BucketTarget>({
  service: "s3",
  name: "GetBucketLocation",
  event: { category: "management", readOnly: true },
  details: bucketEvent("location"),

  async targets({ Bucket, ExpectedBucketOwner }, scope) {
    const bucket = await findBucket(Bucket, scope, ExpectedBucketOwner);
    return [await bucketTarget("s3:GetBucketLocation", bucket, scope)];
  },

  async handle(_input, [target]) {
    const constraint = target && locationConstraint(target.bucket);
    return { output: constraint === undefined ? {} : { LocationConstraint: constraint as "EU" } };
  },
});
