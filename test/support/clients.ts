/** SDK clients of one principal. No retries: what the server answers first is what counts. */
import { CloudTrail } from "@aws-sdk/client-cloudtrail";
import { IAM } from "@aws-sdk/client-iam";
import { KMS, type KMSClientConfig } from "@aws-sdk/client-kms";
import { S3 } from "@aws-sdk/client-s3";
import { STS } from "@aws-sdk/client-sts";
import type { Credentials, Endpoint } from "./server.ts";

/** Options of every SDK client that a suite may set. */
export type ClientOptions = Pick<KMSClientConfig, "requestHandler">;

export interface Clients {
  readonly credentials: Credentials;
  readonly cloudtrail: CloudTrail;
  readonly iam: IAM;
  readonly kms: KMS;
  readonly s3: S3;
  readonly sts: STS;
}

/** Clients that sign as `credentials`, for the endpoint's Region unless another is named. */
export function clientsFor(
  endpoint: Endpoint,
  credentials: Credentials,
  region: string = endpoint.region,
  more: ClientOptions = {},
): Clients {
  const options = {
    endpoint: endpoint.url,
    region,
    // The SDK marks the object that it is given.
    credentials: { ...credentials },
    maxAttempts: 1,
    ...more,
  };
  return {
    credentials,
    cloudtrail: new CloudTrail(options),
    iam: new IAM(options),
    kms: new KMS(options),
    s3: new S3({ ...options, forcePathStyle: true, followRegionRedirects: false }),
    sts: new STS(options),
  };
}
