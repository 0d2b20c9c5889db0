/** A bucket's policy: Amazon S3 User Guide, "Bucket policies". */
import { parsePolicy, type Policy, PolicyError, policyStatus } from "../../policy/index.ts";
import { type BucketRecord, bucketPolicySpace, Change } from "../../records/index.ts";
import { accountOf, operation, type Scope } from "../../service/index.ts";
import { type Input, ServiceError } from "../../wire/index.ts";
import { bucketPolicyOf, findBucket } from "../bucket.ts";
import { bucketEvent } from "../buckets/bucket-event.ts";
import { bucketOf, onBucket } from "../buckets/on-bucket.ts";
import { bindPrincipals, policyText } from "../buckets/policy-principals.ts";
import { accessDenied, methodNotAllowed, noSuchBucketPolicy } from "../errors.ts";
import { bucketArn, bucketTarget, type BucketTarget } from "../target.ts";

type PutInput = Input<"s3", "PutBucketPolicy">;

export const getBucketPolicy = operation<"s3", "GetBucketPolicy", BucketTarget>({
  service: "s3",
  name: "GetBucketPolicy",
  event: { category: "management", readOnly: true },
  details: bucketEvent("policy"),
  targets: mendable("s3:GetBucketPolicy"),

  async handle({ Bucket }, targets, scope) {
    const bucket = bucketOf(targets, Bucket);
    checkOwner(bucket, scope, "GET");
    const record = await scope.view.get(bucketPolicySpace, bucket.id);
    const attached = await bucketPolicyOf(bucket, scope);
    if (!record || !attached) throw noSuchBucketPolicy(Bucket);
    return { output: { Policy: await policyText(attached.policy, record.value.boundIds, scope) } };
  },
});

/** AWS: what the text says is kept byte for byte, whom it names is bound to who that is now. */
export const putBucketPolicy = operation<"s3", "PutBucketPolicy", BucketTarget>({
  service: "s3",
  name: "PutBucketPolicy",
  event: { category: "management", readOnly: false },
  details: bucketEvent<PutInput>("policy", ({ Policy: text }) => ({ bucketPolicy: parsed(text) })),
  targets: mendable("s3:PutBucketPolicy"),

  async handle({ Bucket, Policy: text }, targets, scope) {
    const bucket = bucketOf(targets, Bucket);
    checkOwner(bucket, scope, "PUT");
    try {
      const policy = parsePolicy(text, "resource", { bucket: Bucket });
      const boundIds = await bindPrincipals(policy, scope);
      refusePublic(policy, bucket, scope);
      const change = new Change().put(bucketPolicySpace, [bucket.id], { text, boundIds });
      change.purpose = "upkeep";
      return { output: {}, change };
    } catch (error) {
      throw error instanceof PolicyError ? malformedPolicy(error) : error;
    }
  },
});

/** AWS: that there was none is no error. */
export const deleteBucketPolicy = operation<"s3", "DeleteBucketPolicy", BucketTarget>({
  service: "s3",
  name: "DeleteBucketPolicy",
  event: { category: "management", readOnly: false },
  details: bucketEvent("policy"),
  targets: mendable("s3:DeleteBucketPolicy"),

  async handle({ Bucket }, targets, scope) {
    const bucket = bucketOf(targets, Bucket);
    checkOwner(bucket, scope, "DELETE");
    const found = await scope.view.get(bucketPolicySpace, bucket.id);
    if (!found) return { output: {} };
    const change = new Change().remove(found);
    change.purpose = "upkeep";
    return { output: {}, change };
  },
});

export const getBucketPolicyStatus = operation<"s3", "GetBucketPolicyStatus", BucketTarget>({
  service: "s3",
  name: "GetBucketPolicyStatus",
  event: { category: "management", readOnly: true },
  details: bucketEvent("policyStatus"),
  targets: onBucket("s3:GetBucketPolicyStatus"),

  async handle({ Bucket }, targets, scope) {
    const attached = await bucketPolicyOf(bucketOf(targets, Bucket), scope);
    if (!attached) throw noSuchBucketPolicy(Bucket);
    const { isPublic } = policyStatus(attached.policy);
    return { output: { PolicyStatus: { IsPublic: isPublic } } };
  },
});

/**
 * AWS: the root user of the owner's account can always read, replace and delete a bucket's policy,
 * whatever that policy denies: a bucket cannot be locked for good.
 */
function mendable(action: string) {
  return async (
    input: { readonly Bucket: string; readonly ExpectedBucketOwner?: string },
    scope: Scope,
  ): Promise<readonly BucketTarget[]> => {
    const bucket = await findBucket(input.Bucket, scope, input.ExpectedBucketOwner);
    const target = await bucketTarget(action, bucket, scope);
    const { caller } = scope;
    if (caller.kind !== "root" || caller.accountId !== bucket.accountId) return [target];
    const { policy: _, ...withoutPolicy } = target;
    return [withoutPolicy];
  };
}

/** AWS: the policy is the owner's account's business, even where it gives the right to another. */
function checkOwner(bucket: BucketRecord, { caller }: Scope, method: string): void {
  if (accountOf(caller) !== bucket.accountId) throw methodNotAllowed(method, "BUCKETPOLICY");
}

/** AWS: new buckets have BlockPublicPolicy. */
function refusePublic(policy: Policy, { name }: BucketRecord, { caller }: Scope): void {
  if (!policyStatus(policy).isPublic) return;
  if (caller.kind === "anonymous") throw accessDenied();
  throw new ServiceError(
    "AccessDenied",
    403,
    `User: ${caller.arn} is not authorized to perform: s3:PutBucketPolicy on resource: "${bucketArn(name)}" because public policies are blocked by the BlockPublicPolicy block public access setting.`,
  );
}

function malformedPolicy({ code, message, detail }: PolicyError): ServiceError {
  return new ServiceError(code, 400, message, detail === undefined ? {} : { Detail: detail });
}

/** For the record of the call: the document, or its text where it is none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
