/** The default encryption of a bucket: Amazon S3 User Guide, "Setting default encryption". */
import { type BucketEncryptionRecord, bucketEncryptionSpace, Change } from "../../records/index.ts";
import { operation } from "../../service/index.ts";
import type { Input, Output } from "../../wire/index.ts";
import { bucketEvent } from "../buckets/bucket-event.ts";
import { bucketOf, onBucket } from "../buckets/on-bucket.ts";
import { invalidArgument, malformedXml, notImplemented } from "../errors.ts";
import type { BucketTarget } from "../target.ts";

type PutInput = Input<"s3", "PutBucketEncryption">;
type Rule = PutInput["ServerSideEncryptionConfiguration"]["Rules"][number];

/** AWS: of a bucket whose encryption was never set. */
const BY_DEFAULT: BucketEncryptionRecord = {
  algorithm: "AES256",
  bucketKey: false,
  blocked: ["SSE-C"],
};

export const getBucketEncryption = operation<"s3", "GetBucketEncryption", BucketTarget>({
  service: "s3",
  name: "GetBucketEncryption",
  event: { category: "management", readOnly: true },
  details: bucketEvent("encryption"),
  targets: onBucket("s3:GetEncryptionConfiguration"),

  async handle({ Bucket }, targets, scope) {
    const bucket = bucketOf(targets, Bucket);
    const rule = (await scope.view.get(bucketEncryptionSpace, bucket.id))?.value ?? BY_DEFAULT;
    return { output: { ServerSideEncryptionConfiguration: { Rules: [shown(rule)] } } };
  },
});

/** AWS: what the rule's key is, is found out when an object is written. */
export const putBucketEncryption = operation<"s3", "PutBucketEncryption", BucketTarget>({
  service: "s3",
  name: "PutBucketEncryption",
  event: { category: "management", readOnly: false },
  details: bucketEvent<PutInput>("encryption", eventMembers),
  targets: onBucket("s3:PutEncryptionConfiguration"),

  async handle({ Bucket, ServerSideEncryptionConfiguration }, targets, scope) {
    const bucket = bucketOf(targets, Bucket);
    const [rule, ...more] = ServerSideEncryptionConfiguration.Rules;
    if (rule === undefined || more.length > 0) throw malformedXml();
    const before = (await scope.view.get(bucketEncryptionSpace, bucket.id))?.value ?? BY_DEFAULT;
    const record = merged(before, rule);
    return { output: {}, change: new Change().put(bucketEncryptionSpace, [bucket.id], record) };
  },
});

/** AWS: back to what new buckets have; that nothing was set is no error. */
export const deleteBucketEncryption = operation<"s3", "DeleteBucketEncryption", BucketTarget>({
  service: "s3",
  name: "DeleteBucketEncryption",
  event: { category: "management", readOnly: false },
  details: bucketEvent("encryption"),
  targets: onBucket("s3:PutEncryptionConfiguration"),

  async handle({ Bucket }, targets, scope) {
    const bucket = bucketOf(targets, Bucket);
    const found = await scope.view.get(bucketEncryptionSpace, bucket.id);
    if (!found) return { output: {} };
    const change = new Change().remove(found);
    change.purpose = "upkeep";
    return { output: {}, change };
  },
});

/** What a rule leaves unsaid stays: its encryption when it only blocks, its blocks otherwise. */
function merged(before: BucketEncryptionRecord, rule: Rule): BucketEncryptionRecord {
  const blocked = blockedBy(rule) ?? before.blocked;
  const asked = rule.ApplyServerSideEncryptionByDefault;
  if (asked === undefined) {
    return { ...before, bucketKey: rule.BucketKeyEnabled ?? before.bucketKey, blocked };
  }
  const { SSEAlgorithm, KMSMasterKeyID } = asked;
  if (SSEAlgorithm === "aws:kms:dsse") {
    throw notImplemented("Dual-layer server-side encryption (aws:kms:dsse) is not implemented.");
  }
  if (SSEAlgorithm !== "AES256" && SSEAlgorithm !== "aws:kms") throw malformedXml();
  if (SSEAlgorithm === "AES256" && KMSMasterKeyID !== undefined) {
    throw invalidArgument(
      "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse",
      "ApplyServerSideEncryptionByDefault",
    );
  }
  return {
    algorithm: SSEAlgorithm,
    ...(KMSMasterKeyID !== undefined && { kmsKeyId: KMSMasterKeyID }),
    bucketKey: rule.BucketKeyEnabled ?? false,
    blocked,
  };
}

function blockedBy({
  BlockedEncryptionTypes,
}: Rule): BucketEncryptionRecord["blocked"] | undefined {
  const types = BlockedEncryptionTypes?.EncryptionType;
  if (types === undefined) return undefined;
  const [type, ...more] = types;
  if (more.length > 0) throw malformedXml();
  if (type === "SSE-C") return ["SSE-C"];
  if (type === "NONE") return [];
  throw malformedXml();
}

function shown(
  rule: BucketEncryptionRecord,
): NonNullable<
  NonNullable<Output<"s3", "GetBucketEncryption">["ServerSideEncryptionConfiguration"]>["Rules"]
>[number] {
  return {
    ApplyServerSideEncryptionByDefault: {
      SSEAlgorithm: rule.algorithm,
      ...(rule.kmsKeyId !== undefined && { KMSMasterKeyID: rule.kmsKeyId }),
    },
    BucketKeyEnabled: rule.bucketKey,
    BlockedEncryptionTypes: { EncryptionType: rule.blocked.length > 0 ? ["SSE-C"] : ["NONE"] },
  };
}

function eventMembers({ ServerSideEncryptionConfiguration }: PutInput): object {
  const { Rules } = ServerSideEncryptionConfiguration;
  const xmlns = "http://s3.amazonaws.com/doc/2006-03-01/";
  return {
    ServerSideEncryptionConfiguration: { xmlns, Rule: Rules.length === 1 ? Rules[0] : Rules },
  };
}
