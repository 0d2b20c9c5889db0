import { operation } from "../../service/index.ts";
import { bucketEvent } from "../buckets/bucket-event.ts";
import { bucketOf, onBucket } from "../buckets/on-bucket.ts";
import { bucketArn, type BucketTarget } from "../target.ts";

/** Whether a bucket is there, and where. */
export const headBucket = operation<"s3", "HeadBucket", BucketTarget>({
  service: "s3",
  name: "HeadBucket",
  event: { category: "data", readOnly: true },
  details: bucketEvent(),

  targets: onBucket("s3:ListBucket"),

  async handle({ Bucket }, targets) {
    const { region } = bucketOf(targets, Bucket);
    return {
      output: { BucketArn: bucketArn(Bucket), BucketRegion: region, AccessPointAlias: false },
    };
  },
});
