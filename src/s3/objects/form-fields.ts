/**
 * The fields of a browser's upload form as the members of a write's input: Amazon S3 API Reference,
 * "POST Object".
 */
import { invalidArgument } from "../errors.ts";
import type { WriteInput } from "./write-object.ts";

/** Names in lower case. */
export type FormFields = ReadonlyMap<string, string>;

const MEMBERS: readonly (readonly [field: string, member: keyof WriteInput])[] = [
  ["acl", "ACL"],
  ["cache-control", "CacheControl"],
  ["content-disposition", "ContentDisposition"],
  ["content-encoding", "ContentEncoding"],
  ["content-language", "ContentLanguage"],
  ["content-type", "ContentType"],
  ["expires", "Expires"],
  ["tagging", "Tagging"],
  ["x-amz-object-lock-mode", "ObjectLockMode"],
  ["x-amz-object-lock-legal-hold", "ObjectLockLegalHoldStatus"],
  ["x-amz-server-side-encryption", "ServerSideEncryption"],
  ["x-amz-server-side-encryption-aws-kms-key-id", "SSEKMSKeyId"],
  ["x-amz-server-side-encryption-context", "SSEKMSEncryptionContext"],
  ["x-amz-server-side-encryption-customer-algorithm", "SSECustomerAlgorithm"],
  ["x-amz-server-side-encryption-customer-key", "SSECustomerKey"],
  ["x-amz-server-side-encryption-customer-key-md5", "SSECustomerKeyMD5"],
  ["x-amz-storage-class", "StorageClass"],
  ["x-amz-website-redirect-location", "WebsiteRedirectLocation"],
];
const BUCKET_KEY = "x-amz-server-side-encryption-bucket-key-enabled";
const METADATA = "x-amz-meta-";

/** Throws InvalidArgument for a form without a key. */
export function keyOf(fields: FormFields): string {
  const key = fields.get("key") ?? "";
  if (key !== "") return key;
  throw invalidArgument(
    "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.",
    "key",
    "",
  );
}

export function writeInputOf(fields: FormFields): WriteInput {
  const members = MEMBERS.flatMap(([field, member]) => {
    const value = fields.get(field);
    return value === undefined ? [] : [[member, value] as const];
  });
  const metadata = [...fields]
    .filter(([name]) => name.startsWith(METADATA))
    .map(([name, value]) => [name.slice(METADATA.length), value] as const);
  const bucketKey = fields.get(BUCKET_KEY);
  return {
    ...Object.fromEntries(members),
    ...(bucketKey !== undefined && { BucketKeyEnabled: bucketKey.toLowerCase() === "true" }),
    Metadata: Object.fromEntries(metadata),
  };
}
