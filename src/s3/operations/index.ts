import type { AnyOperation } from "../../service/index.ts";
import type { S3Services } from "../operation.ts";
import { abortMultipartUpload } from "./abort-multipart-upload.ts";
import { bucketDefaults } from "./bucket-defaults.ts";
import {
  deleteBucketEncryption,
  getBucketEncryption,
  putBucketEncryption,
} from "./bucket-encryption.ts";
import {
  deleteBucketPolicy,
  getBucketPolicy,
  getBucketPolicyStatus,
  putBucketPolicy,
} from "./bucket-policy.ts";
import { completeMultipartUpload } from "./complete-multipart-upload.ts";
import { copyObject } from "./copy-object.ts";
import { createBucket } from "./create-bucket.ts";
import { createMultipartUpload } from "./create-multipart-upload.ts";
import { deleteBucket } from "./delete-bucket.ts";
import { deleteObject } from "./delete-object.ts";
import { deleteObjects } from "./delete-objects.ts";
import { getBucketLocation } from "./get-bucket-location.ts";
import { getObjectAttributes } from "./get-object-attributes.ts";
import { getObject } from "./get-object.ts";
import { headBucket } from "./head-bucket.ts";
import { headObject } from "./head-object.ts";
import { listBuckets } from "./list-buckets.ts";
import { listObjects } from "./list-objects.ts";
import { listObjectsV2 } from "./list-objects-v2.ts";
import { listMultipartUploads } from "./list-multipart-uploads.ts";
import { listParts } from "./list-parts.ts";
import { postObject } from "./post-object.ts";
import { putObject } from "./put-object.ts";
import { uploadPart } from "./upload-part.ts";
import { uploadPartCopy } from "./upload-part-copy.ts";

/** Every operation of S3 that is built. */
export function s3Operations(services: S3Services): readonly AnyOperation[] {
  return [
    createBucket(services),
    headBucket,
    listBuckets(services),
    deleteBucket,
    getBucketLocation,
    getBucketEncryption,
    putBucketEncryption,
    deleteBucketEncryption,
    getBucketPolicy,
    putBucketPolicy,
    deleteBucketPolicy,
    getBucketPolicyStatus,
    ...bucketDefaults,
    listObjects,
    listObjectsV2,
    deleteObject,
    deleteObjects,
    getObject(services),
    headObject(services),
    getObjectAttributes(services),
    putObject(services),
    postObject(services),
    copyObject(services),
    createMultipartUpload(services),
    uploadPart(services),
    uploadPartCopy(services),
    completeMultipartUpload(services),
    abortMultipartUpload,
    listParts(services),
    listMultipartUploads,
  ];
}
