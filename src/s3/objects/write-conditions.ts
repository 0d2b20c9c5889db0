import type { EncryptionHeaders } from "../encryption/choice.ts";
import type { Conditions } from "../target.ts";
import type { WriteConditions } from "./conditions.ts";
import type { RefusableInput } from "./refused-headers.ts";

type WriteInput = EncryptionHeaders &
  WriteConditions &
  Pick<RefusableInput, "ACL" | "StorageClass">;

/**
 * The condition keys of s3:PutObject, as the request sent them. AWS: what the bucket's default
 * would fill in is absent. `creates` is s3:ObjectCreationOperation.
 */
export function writeConditions(
  input: WriteInput,
  { creates }: { readonly creates: boolean },
): Conditions {
  return [
    ["s3:x-amz-server-side-encryption", input.ServerSideEncryption],
    ["s3:x-amz-server-side-encryption-aws-kms-key-id", input.SSEKMSKeyId],
    ["s3:x-amz-server-side-encryption-customer-algorithm", input.SSECustomerAlgorithm],
    ["s3:x-amz-acl", input.ACL],
    ["s3:x-amz-storage-class", input.StorageClass],
    ["s3:if-match", input.IfMatch],
    ["s3:if-none-match", input.IfNoneMatch],
    ["s3:objectcreationoperation", String(creates)],
  ];
}
