/** What the suites of server-side encryption share. */
import type { PutObjectCommandInput } from "@aws-sdk/client-s3";
import type { Clients } from "../../support/clients.ts";
import type { Deployment } from "../../support/deployment.ts";

export const body = "0123456789";

/** The input that asks for SSE-KMS, with a key or without. */
export const kms = (SSEKMSKeyId?: string) =>
  ({ ServerSideEncryption: "aws:kms", ...(SSEKMSKeyId ? { SSEKMSKeyId } : {}) }) as const;

export const allow = (Action: string, Resource: string) => ({ Effect: "Allow", Action, Resource });

/** Mode, key and bucket key as an answer shows them. */
export const shown = (answer: {
  ServerSideEncryption?: string | undefined;
  SSEKMSKeyId?: string | undefined;
  BucketKeyEnabled?: boolean | undefined;
}) => [answer.ServerSideEncryption, answer.SSEKMSKeyId, answer.BucketKeyEnabled];

export function encryption(at: Deployment) {
  const setDefault = (
    Bucket: string,
    KMSMasterKeyID: string | undefined,
    BucketKeyEnabled = false,
  ) =>
    at.root.s3.putBucketEncryption({
      Bucket,
      ServerSideEncryptionConfiguration: {
        Rules: [
          {
            ApplyServerSideEncryptionByDefault: {
              SSEAlgorithm: "aws:kms",
              ...(KMSMasterKeyID === undefined ? {} : { KMSMasterKeyID }),
            },
            BucketKeyEnabled,
          },
        ],
      },
    });
  const put = (Bucket: string, more: Partial<PutObjectCommandInput> = {}, by: Clients = at.root) =>
    by.s3.putObject({ Bucket, Key: "k", Body: body, ...more });
  const managedKey = async () =>
    (await at.root.kms.describeKey({ KeyId: "alias/aws/s3" })).KeyMetadata;

  return { setDefault, put, managedKey };
}
