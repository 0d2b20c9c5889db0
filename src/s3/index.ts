export { bucketRegion } from "./bucket.ts";
export { noSuchBucket } from "./errors.ts";
export { BucketKeyCache } from "./encryption/bucket-keys.ts";
export { S3Keys } from "./encryption/s3-keys.ts";
export { type S3Services } from "./operation.ts";
export { s3Operations } from "./operations/index.ts";
