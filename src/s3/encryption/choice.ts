/**
 * Which encryption a write gets: the request's headers before the bucket's default, the default
 * before SSE-S3. Amazon S3 User Guide, "Protecting data with server-side encryption".
 */
import {
  type BucketEncryptionRecord,
  bucketEncryptionSpace,
  type BucketRecord,
  type Pairs,
} from "../../records/index.ts";
import type { Scope } from "../../service/index.ts";
import { ServiceError } from "../../wire/index.ts";
import { invalidArgument } from "../errors.ts";

/** The encryption headers of a request, as PutObject, CopyObject and CreateMultipartUpload have them. */
export interface EncryptionHeaders {
  readonly ServerSideEncryption?: string;
  readonly SSEKMSKeyId?: string;
  readonly SSEKMSEncryptionContext?: string;
  readonly BucketKeyEnabled?: boolean;
  readonly SSECustomerAlgorithm?: string;
  readonly SSECustomerKey?: string;
  readonly SSECustomerKeyMD5?: string;
}

export type EncryptionChoice =
  | { readonly mode: "AES256"; readonly from: "request" | "default" }
  | {
      readonly mode: "aws:kms";
      readonly from: "request" | "default";
      /** As it was given; undefined for the AWS managed key. */
      readonly keyId: string | undefined;
      readonly bucketKey: boolean;
      /** The request's own pairs of the encryption context. */
      readonly context: Pairs;
    };

const MODE = "x-amz-server-side-encryption";
const CONTEXT_BYTES_MAX = 8 * 1024;

/** Throws ServiceError for headers that do not go together. Looks at no key. */
export async function chooseEncryption(
  headers: EncryptionHeaders,
  bucket: BucketRecord,
  { view }: Pick<Scope, "view">,
): Promise<EncryptionChoice> {
  refuseCustomerKeys(headers);
  const mode = headers.ServerSideEncryption;
  const rule = (await view.get(bucketEncryptionSpace, bucket.id))?.value;
  if (mode === undefined) {
    if (headers.SSEKMSKeyId !== undefined) throw keyIdWithoutKms(mode);
    if (headers.SSEKMSEncryptionContext !== undefined && rule?.algorithm !== "aws:kms") {
      throw keyIdWithoutKms(mode);
    }
    return chooseDefault(headers, rule);
  }
  switch (mode) {
    case "AES256":
      if (headers.SSEKMSKeyId !== undefined || headers.SSEKMSEncryptionContext !== undefined) {
        throw keyIdWithoutKms(mode);
      }
      return { mode, from: "request" };
    case "aws:kms":
      return {
        mode,
        from: "request",
        keyId: headers.SSEKMSKeyId,
        bucketKey: headers.BucketKeyEnabled ?? rule?.bucketKey ?? false,
        context: parseContext(headers.SSEKMSEncryptionContext),
      };
    case "aws:kms:dsse":
      throw notBuilt("Dual-layer server-side encryption (aws:kms:dsse) is not implemented.");
    default:
      throw invalidArgument("The encryption method specified is not supported", MODE, mode);
  }
}

function chooseDefault(
  headers: EncryptionHeaders,
  rule: BucketEncryptionRecord | undefined,
): EncryptionChoice {
  if (rule?.algorithm === "aws:kms:dsse") {
    throw notBuilt("Dual-layer server-side encryption (aws:kms:dsse) is not implemented.");
  }
  if (rule?.algorithm !== "aws:kms") return { mode: "AES256", from: "default" };
  return {
    mode: "aws:kms",
    from: "default",
    keyId: rule.kmsKeyId,
    bucketKey: headers.BucketKeyEnabled ?? rule.bucketKey,
    context: parseContext(headers.SSEKMSEncryptionContext),
  };
}

/** Customer-provided keys: new buckets block them as AWS's do, and they are not built. */
export function refuseCustomerKeys(headers: EncryptionHeaders): void {
  const { SSECustomerAlgorithm, SSECustomerKey, SSECustomerKeyMD5 } = headers;
  if ((SSECustomerAlgorithm ?? SSECustomerKey ?? SSECustomerKeyMD5) === undefined) return;
  if (headers.ServerSideEncryption !== undefined) {
    throw invalidArgument(
      "Server Side Encryption with Customer provided key is incompatible with the encryption method specified",
      MODE,
      headers.ServerSideEncryption,
    );
  }
  throw notBuilt("Server-side encryption with customer-provided keys (SSE-C) is not implemented.");
}

/** The header's pairs: base64 of a JSON object of texts. */
function parseContext(header: string | undefined): Pairs {
  if (header === undefined) return [];
  const refuse = () =>
    invalidArgument(
      `The header '${MODE}-context' shall be Base64-encoded UTF-8 string holding JSON which represents a string-string map`,
    );
  const bytes = Buffer.from(header, "base64");
  if (bytes.length === 0 || bytes.length > CONTEXT_BYTES_MAX) throw refuse();
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw refuse();
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) throw refuse();
  return Object.entries(parsed).map(([name, value]) => {
    if (typeof value !== "string") throw refuse();
    return [name, value] as const;
  });
}

function keyIdWithoutKms(mode: string | undefined): ServiceError {
  return invalidArgument(
    "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms",
    MODE,
    mode,
  );
}

function notBuilt(message: string): ServiceError {
  return new ServiceError("NotImplemented", 501, message);
}
