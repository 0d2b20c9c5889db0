import { operation } from "../../service/index.ts";
import { bucketEvent } from "../buckets/bucket-event.ts";
import { locationConstraint } from "../buckets/location.ts";
import { bucketOf, onBucket } from "../buckets/on-bucket.ts";
import type { BucketTarget } from "../target.ts";

/** The region of a bucket as AWS has written it ever since there was but one. */
export const getBucketLocation = operation<"s3", "GetBucketLocation", BucketTarget>({
  service: "s3",
  name: "GetBucketLocation",
  event: { category: "management", readOnly: true },
  details: bucketEvent("location"),

  targets: onBucket("s3:GetBucketLocation"),

  async handle({ Bucket }, targets) {
    const constraint = locationConstraint(bucketOf(targets, Bucket));
    return { output: constraint === undefined ? {} : { LocationConstraint: constraint as "EU" } };
  },
});
