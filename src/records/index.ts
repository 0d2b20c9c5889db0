export { CommitUnknown, type Purpose, StorageFullError, type Version } from "../storage/index.ts";
export { type Deployment, DeploymentError, isFounded, openDeployment } from "./bootstrap.ts";
export { Change, type Found } from "./change.ts";
export { type RecordVersion } from "./codec.ts";
export { ConfigurationCache, View } from "./configuration.ts";
export { Keyring, type SecretPlace, secretPlace } from "./keyring.ts";
export { Collector } from "./collector.ts";
export { DeploymentClock } from "./deployment-clock.ts";
export { beginEpochChange, continueEpochChange } from "./epoch-change.ts";
export { commitJob, type JobContext } from "./job.ts";
export { Lease, LeaseLost } from "./lease.ts";
export { ProcessSession } from "./session.ts";
export { Sessions, type SessionsOptions } from "./sessions.ts";
export { allSpaces, space, type Space } from "./space.ts";
export {
  epochDueSpace,
  type KmsAliasRecord,
  kmsAliasSpace,
  kmsDueSpace,
  kmsKeyCountSpace,
  type KmsKeyPolicyRecord,
  kmsKeyPolicySpace,
  type KmsKeyRecord,
  kmsKeySpace,
  type KmsKeyState,
  type KmsMaterialRecord,
  kmsMaterialSpace,
  type KmsRotationRecord,
  type KmsRotationSettings,
  kmsRotationSpace,
} from "./spaces/kms.ts";
export {
  type AccessKeyRecord,
  accessKeySpace,
  type AccountRecord,
  accountSpace,
  inlinePolicySpace,
  type NameRecord,
  type PolicyRecord,
  policySpace,
  type PolicyUseRecord,
  policyUseSpace,
  policyVersionSpace,
  type PrincipalRecord,
  roleNameSpace,
  type RoleRecord,
  roleSpace,
  type SessionKeyRecord,
  sessionKeySpace,
  type SessionKeysRecord,
  sessionKeysSpace,
  userNameSpace,
  type UserRecord,
  userSpace,
} from "./spaces/iam.ts";
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
  listedName,
  type ListingRecord,
  nullVersionSpace,
  type ObjectRecord,
  type Pairs,
  type PartPageRecord,
  partPageSpace,
  type PartRecord,
  type PartRow,
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
  type VersionRecord,
  versionSpace,
} from "./spaces/s3.ts";
export {
  beatSpace,
  epochSpace,
  fencedSpace,
  gcEpochSpace,
  inlineSpace,
  refSpace,
  sessionSpace,
  type TrashRecord,
  trashSpace,
  type Wrapped,
} from "./spaces/system.ts";
export { type AuditBlockRecord, type AuditEventRecord, auditSpace } from "./spaces/trail.ts";
export { type PageOptions, RecordStore } from "./store.ts";
export { decodeKey, type KeyRange, type Part, successor } from "./tuple.ts";
