/** The requests of the scenarios. */
import { randomBytes } from "node:crypto";
import { BUCKET } from "./program.ts";
import { type Body, pouredBody, type Wanted, wholeBody } from "./requests.ts";

export const KIB = 1024;
export const MIB = 1024 ** 2;
export const GIB = 1024 ** 3;

export type BucketKey = "on" | "off";

export function putWanted(name: string, body: Body, kms: KmsChoice): Wanted {
  return {
    service: "s3",
    method: "PUT",
    path: `/${BUCKET}/${name}`,
    headers: {
      "x-amz-server-side-encryption": "aws:kms",
      "x-amz-server-side-encryption-aws-kms-key-id": kms.keyArn,
      "x-amz-server-side-encryption-bucket-key-enabled": String(kms.bucketKey === "on"),
    },
    body,
  };
}

export interface KmsChoice {
  readonly keyArn: string;
  readonly bucketKey: BucketKey;
}

export function getWanted(name: string): Wanted {
  return { service: "s3", method: "GET", path: `/${BUCKET}/${name}` };
}

export function headWanted(name: string): Wanted {
  return { ...getWanted(name), method: "HEAD" };
}

export function listWanted(prefix: string): Wanted {
  const query = { "list-type": "2", prefix };
  return { service: "s3", method: "GET", path: `/${BUCKET}`, query };
}

export function kmsWanted(operation: string, input: object): Wanted {
  return {
    service: "kms",
    method: "POST",
    path: "/",
    headers: {
      "x-amz-target": `TrentService.${operation}`,
      "content-type": "application/x-amz-json-1.1",
    },
    body: wholeBody(Buffer.from(JSON.stringify(input))),
  };
}

/** Random bytes: covered by the signature when they are few. */
export function bodyOf(bytes: number): Body {
  return bytes <= MIB ? wholeBody(randomBytes(bytes)) : pouredBody(randomBytes(MIB), bytes / MIB);
}
