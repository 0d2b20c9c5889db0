/** The targets of S3's operations: a bucket or an object, its bucket's policy, S3's conditions. */
import type { ContextValues } from "../policy/index.ts";
import type { BucketRecord } from "../records/index.ts";
import {
  accountOf,
  type Absent,
  type RequestInfo,
  type Scope,
  type Target,
} from "../service/index.ts";
import { bucketPolicyOf } from "./bucket.ts";

/** A target with the bucket it lies in: handlers act on this bucket and look none up again. */
export interface BucketTarget extends Target {
  readonly bucket: BucketRecord;
}

/** Condition keys of one operation: names in lower case, values as the request sent them. */
export type Conditions = readonly (readonly [key: string, value: string | undefined])[];

interface Options {
  readonly conditions?: Conditions;
  readonly absent?: Absent;
}

/** A permission on a bucket itself. */
export async function bucketTarget(
  action: string,
  bucket: BucketRecord,
  scope: Scope,
  options: Options = {},
): Promise<BucketTarget> {
  const arn = bucketArn(bucket.name);
  return {
    ...(await targetOn(action, arn, bucket, scope, options)),
    resource: { type: "AWS::S3::Bucket", arn, accountId: bucket.accountId },
  };
}

/** A permission on an object of a bucket. */
export async function objectTarget(
  action: string,
  place: { readonly bucket: BucketRecord; readonly key: string },
  scope: Scope,
  options: Options = {},
): Promise<BucketTarget> {
  const arn = objectArn(place.bucket.name, place.key);
  return {
    ...(await targetOn(action, arn, place.bucket, scope, options)),
    resource: { type: "AWS::S3::Object", arn },
  };
}

/** A permission in the caller's own account, on what is not there yet or is no one bucket. */
export function accountTarget(
  action: string,
  arn: string,
  scope: Scope,
  conditions: Conditions = [],
): Target {
  const accountId = accountOf(scope.caller) ?? "";
  const context = conditionsOf(scope, accountId, conditions);
  return { action, arn, accountId, resourceKind: "none", context };
}

/** AWS: bucket ARNs have neither region nor account. */
export function bucketArn(name: string): string {
  return `arn:aws:s3:::${name}`;
}

export function objectArn(bucket: string, key: string): string {
  return `arn:aws:s3:::${bucket}/${key}`;
}

async function targetOn(
  action: string,
  arn: string,
  bucket: BucketRecord,
  scope: Scope,
  { conditions = [], absent }: Options,
): Promise<BucketTarget> {
  const policy = await bucketPolicyOf(bucket, scope);
  return {
    action,
    arn,
    accountId: bucket.accountId,
    bucket,
    resourceKind: "s3-bucket",
    context: conditionsOf(scope, bucket.accountId, conditions),
    ...(policy && { policy }),
    ...(absent && { absent }),
  };
}

/**
 * Service Authorization Reference, "Condition keys for Amazon S3": those of every request. Values
 * are made when a policy asks for them.
 */
function conditionsOf({ request }: Scope, accountId: string, own: Conditions): ContextValues {
  return {
    get(key) {
      const given = own.findLast(([name, value]) => name === key && value !== undefined)?.[1];
      const value = given ?? (key === "s3:resourceaccount" ? accountId : ofRequest(key, request));
      return value === undefined ? undefined : [value];
    },
  };
}

function ofRequest(key: string, { signature, tls }: RequestInfo): string | undefined {
  switch (key) {
    case "s3:authtype":
      return signature?.authType;
    case "s3:signatureversion":
      return signature?.version;
    case "s3:signatureage":
      return signature && String(signature.ageMs);
    case "s3:x-amz-content-sha256":
      return signature?.contentSha256;
    case "s3:tlsversion":
      return tls?.version.replace("TLSv", "");
    default:
      return undefined;
  }
}
