export {
  CommitUnknown,
  type Purpose,
  StorageError,
  StorageFullError,
  type Version,
} from "../storage/index.ts";
export {
  type Deployment,
  DeploymentError,
  isFounded,
  openDeployment,
  WRITE_LEVEL,
} from "./bootstrap.ts";
export { Change, type Found } from "./change.ts";
export { RecordError, type RecordVersion } from "./codec.ts";
export { ConfigurationCache, View } from "./configuration.ts";
export { EpochEnded, Keyring, type SecretPlace, secretPlace } from "./keyring.ts";
export { ProcessSession } from "./session.ts";
export { allSpaces, bytesSpace, space, type Space } from "./space.ts";
export {
  accountBucketSpace,
  type BodyRecord,
  type BucketEncryptionRecord,
  bucketEncryptionSpace,
  type BucketNameRecord,
  bucketNameSpace,
  type BucketPolicyRecord,
  bucketPolicySpace,
  type BucketRecord,
  bucketSpace,
  currentSpace,
  type DeleteMarkerRecord,
  type EncryptionRecord,
  invertedSeq,
  type ListingRecord,
  nullVersionSpace,
  type ObjectRecord,
  type Pairs,
  type PartPageRecord,
  partPageSpace,
  type PartRecord,
  partSpace,
  s3KeyCurrentSpace,
  type S3KeyRecord,
  s3KeySpace,
  type SealedBodyRecord,
  type StorageClassName,
  type SystemMetadata,
  type UploadRecord,
  uploadSpace,
  type UsageRecord,
  usageSpace,
  versionIdKeySpace,
  type VersionRecord,
  versionSpace,
} from "./spaces/s3.ts";
export {
  beatSpace,
  clockSpace,
  epochSpace,
  fencedSpace,
  gcEpochSpace,
  inlineSpace,
  leaseSpace,
  refSpace,
  sessionSpace,
  type TrashRecord,
  trashSpace,
  type Wrapped,
} from "./spaces/system.ts";
export { type AuditBlockRecord, type AuditEventRecord, auditSpace } from "./spaces/trail.ts";
export { type PageOptions, RecordStore } from "./store.ts";
export { decodeKey, encodeKey, type KeyRange, type Part, successor } from "./tuple.ts";
