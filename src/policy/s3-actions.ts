/**
 * S3's actions by what they act on, as the Service Authorization Reference lists them: a bucket
 * policy may name only actions that act on one of its statement's resources.
 */
import { compileGlob, globParts } from "./glob.ts";

function words(text: string): readonly string[] {
  return text.trim().toLowerCase().split(/\s+/);
}

/** Those on the bucket itself. */
const bucketActions = words(`
  AllowVendedLogDeliveryForResource CreateBucket CreateBucketMetadataTableConfiguration
  DeleteBucket DeleteBucketMetadataTableConfiguration DeleteBucketPolicy DeleteBucketWebsite
  GetAccelerateConfiguration GetAnalyticsConfiguration GetBucketAbac GetBucketAcl
  GetBucketCORS GetBucketLocation GetBucketLogging GetBucketMetadataTableConfiguration
  GetBucketNotification GetBucketObjectLockConfiguration GetBucketOwnershipControls
  GetBucketPolicy GetBucketPolicyStatus GetBucketPublicAccessBlock GetBucketRequestPayment
  GetBucketTagging GetBucketVersioning GetBucketWebsite GetEncryptionConfiguration
  GetIntelligentTieringConfiguration GetInventoryConfiguration GetLifecycleConfiguration
  GetMetricsConfiguration GetReplicationConfiguration ListBucket ListBucketMultipartUploads
  ListBucketVersions ListTagsForResource PauseReplication PutAccelerateConfiguration
  PutAnalyticsConfiguration PutBucketAbac PutBucketAcl PutBucketCORS PutBucketLogging
  PutBucketNotification PutBucketObjectLockConfiguration PutBucketOwnershipControls
  PutBucketPolicy PutBucketPublicAccessBlock PutBucketRequestPayment PutBucketTagging
  PutBucketVersioning PutBucketWebsite PutEncryptionConfiguration
  PutIntelligentTieringConfiguration PutInventoryConfiguration PutLifecycleConfiguration
  PutMetricsConfiguration PutReplicationConfiguration TagResource UntagResource
  UpdateBucketMetadataAnnotationTableConfiguration
  UpdateBucketMetadataInventoryTableConfiguration
  UpdateBucketMetadataJournalTableConfiguration
`);

/** Those on an object. */
const objectActions = words(`
  AbortMultipartUpload BypassGovernanceRetention DeleteObject DeleteObjectAnnotation
  DeleteObjectTagging DeleteObjectVersion DeleteObjectVersionAnnotation
  DeleteObjectVersionTagging GetObject GetObjectAcl GetObjectAnnotation GetObjectAttributes
  GetObjectLegalHold GetObjectRetention GetObjectTagging GetObjectTorrent GetObjectVersion
  GetObjectVersionAcl GetObjectVersionAnnotation GetObjectVersionAnnotationForReplication
  GetObjectVersionAttributes GetObjectVersionForReplication GetObjectVersionTagging
  GetObjectVersionTorrent InitiateReplication ListMultipartUploadParts ListObjectAnnotations
  ListObjectVersionAnnotations ObjectOwnerOverrideToBucketOwner PutObject PutObjectAcl
  PutObjectAnnotation PutObjectLegalHold PutObjectRetention PutObjectTagging
  PutObjectVersionAcl PutObjectVersionAnnotation PutObjectVersionTagging ReplicateDelete
  ReplicateObject ReplicateObjectAnnotation ReplicateTags RestoreObject UpdateObjectEncryption
`);

/** Those on no resource: known, but never part of a bucket policy. */
const accountActions = words(`
  CreateJob CreateStorageLensGroup GetAccessPoint GetAccountPublicAccessBlock
  ListAccessGrantsInstances ListAccessPoints ListAccessPointsForObjectLambda ListAllMyBuckets
  ListJobs ListMultiRegionAccessPoints ListStorageLensConfigurations ListStorageLensGroups
  PutAccessPointPublicAccessBlock PutAccountPublicAccessBlock PutStorageLensConfiguration
`);

export interface S3Applicability {
  readonly known: boolean;
  readonly bucket: boolean;
  readonly object: boolean;
}

/** What the actions that a pattern such as `s3:Get*` stands for can act on. */
export function s3Applicability(pattern: string): S3Applicability {
  const test = compileGlob(globParts(pattern.toLowerCase()));
  const stands = (names: readonly string[]) => names.some((name) => test(`s3:${name}`));
  const [bucket, object] = [stands(bucketActions), stands(objectActions)];
  return { known: bucket || object || stands(accountActions), bucket, object };
}
