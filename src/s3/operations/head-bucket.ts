import { operation } from "../../service/index.ts";
import { findBucket } from "../bucket.ts";
import { bucketEvent } from "../buckets/bucket-event.ts";
import { bucketArn, bucketTarget, type BucketTarget } from "../target.ts";

/** Whether a bucket is there, and where. */
export const headBucket = operation<"s3", "HeadBucket", BucketTarget>({
  service: "s3",
  name: "HeadBucket",
  event: { category: "data", readOnly: true },
  details: bucketEvent(),

  async targets({ Bucket, ExpectedBucketOwner }, scope) {
    const bucket = await findBucket(Bucket, scope, ExpectedBucketOwner);
    return [await bucketTarget("s3:ListBucket", bucket, scope)];
  },

  async handle({ Bucket }, targets) {
    const region = targets[0]?.bucket.region;
    return {
      output: { BucketArn: bucketArn(Bucket), BucketRegion: region, AccessPointAlias: false },
    };
  },
});
