/**
 * What AWS answers of a new bucket's settings, for those that nothing here changes yet: they are so
 * for every bucket, and clients that look before they act are told the truth.
 */
import type { BucketRecord } from "../../records/index.ts";
import type { AnyOperation } from "../../service/index.ts";
import { type OperationName, type Output, ServiceError } from "../../wire/index.ts";
import { bucketEvent } from "../buckets/bucket-event.ts";
import { bucketOf, onBucket } from "../buckets/on-bucket.ts";
import { canonicalUserId } from "../owner.ts";
import type { BucketTarget } from "../target.ts";

type Reading = Extract<
  OperationName<"s3">,
  `GetBucket${string}` | `Get${string}Block` | `Get${string}Configuration`
>;

interface Default<Name extends Reading> {
  readonly name: Name;
  readonly action: string;
  /** The query parameter that chose the operation, as CloudTrail's record shows it. */
  readonly subresource: string;
  /** CloudTrail's name for the call, where it is another. */
  readonly event?: string;
  readonly answer: (bucket: BucketRecord) => Output<"s3", Name>;
}

/** Throws where AWS answers that there is none. */
export const bucketDefaults: readonly AnyOperation[] = [
  reading({
    name: "GetBucketVersioning",
    action: "s3:GetBucketVersioning",
    subresource: "versioning",
    answer: () => ({}),
  }),
  reading({
    name: "GetBucketAcl",
    action: "s3:GetBucketAcl",
    subresource: "acl",
    answer: ({ accountId }) => {
      const ID = canonicalUserId(accountId);
      const Grantee = { ID, Type: "CanonicalUser" as const };
      return { Owner: { ID }, Grants: [{ Grantee, Permission: "FULL_CONTROL" }] };
    },
  }),
  reading({
    name: "GetPublicAccessBlock",
    action: "s3:GetBucketPublicAccessBlock",
    subresource: "publicAccessBlock",
    event: "GetBucketPublicAccessBlock",
    answer: () => ({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        IgnorePublicAcls: true,
        BlockPublicPolicy: true,
        RestrictPublicBuckets: true,
      },
    }),
  }),
  reading({
    name: "GetBucketOwnershipControls",
    action: "s3:GetBucketOwnershipControls",
    subresource: "ownershipControls",
    answer: () => ({ OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] } }),
  }),
  reading({
    name: "GetBucketRequestPayment",
    action: "s3:GetBucketRequestPayment",
    subresource: "requestPayment",
    answer: () => ({ Payer: "BucketOwner" }),
  }),
  reading({
    name: "GetBucketLogging",
    action: "s3:GetBucketLogging",
    subresource: "logging",
    answer: () => ({}),
  }),
  reading({
    name: "GetBucketTagging",
    action: "s3:GetBucketTagging",
    subresource: "tagging",
    answer: none("NoSuchTagSet", "The TagSet does not exist"),
  }),
  reading({
    name: "GetBucketCors",
    action: "s3:GetBucketCORS",
    subresource: "cors",
    answer: none("NoSuchCORSConfiguration", "The CORS configuration does not exist"),
  }),
  reading({
    name: "GetBucketLifecycleConfiguration",
    action: "s3:GetLifecycleConfiguration",
    subresource: "lifecycle",
    event: "GetBucketLifecycle",
    answer: none("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"),
  }),
  reading({
    name: "GetBucketWebsite",
    action: "s3:GetBucketWebsite",
    subresource: "website",
    answer: none(
      "NoSuchWebsiteConfiguration",
      "The specified bucket does not have a website configuration",
    ),
  }),
  reading({
    name: "GetBucketReplication",
    action: "s3:GetReplicationConfiguration",
    subresource: "replication",
    answer: none(
      "ReplicationConfigurationNotFoundError",
      "The replication configuration was not found",
    ),
  }),
  reading({
    name: "GetObjectLockConfiguration",
    action: "s3:GetBucketObjectLockConfiguration",
    subresource: "object-lock",
    event: "GetBucketObjectLockConfiguration",
    answer: none(
      "ObjectLockConfigurationNotFoundError",
      "Object Lock configuration does not exist for this bucket",
    ),
  }),
];

function reading<Name extends Reading>(setting: Default<Name>): AnyOperation {
  const { name, action, subresource, event, answer } = setting;
  return {
    service: "s3",
    name,
    event: { category: "management", readOnly: true, ...(event !== undefined && { name: event }) },
    details: bucketEvent(subresource),
    targets: onBucket(action),

    async handle({ Bucket }: { readonly Bucket: string }, targets: readonly BucketTarget[]) {
      return { output: answer(bucketOf(targets, Bucket)) };
    },
  };
}

/** AWS: 404, and which bucket. */
function none(code: string, message: string): ({ name }: BucketRecord) => never {
  return ({ name }) => {
    throw new ServiceError(code, 404, message, { BucketName: name });
  };
}
