/** Uploads in parts, for tests: begun, given parts, completed. */
import type { Input } from "../../wire/index.ts";
import type { Reply, RunOptions, S3Deployment } from "./s3-deployment.ts";

export interface Began {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string;
}

/** A part as a completion names it. */
export interface Named {
  readonly PartNumber: number;
  readonly ETag: string;
}

export async function begin(
  at: S3Deployment,
  more: Partial<Input<"s3", "CreateMultipartUpload">> = {},
): Promise<Began> {
  const place = { Bucket: "bucket", Key: "big" };
  const { UploadId } = await at.call("CreateMultipartUpload", { ...place, ...more });
  return { ...place, ...more, UploadId: String(UploadId) };
}

export async function part(
  at: S3Deployment,
  { Bucket, Key, UploadId }: Began,
  PartNumber: number,
  body: Uint8Array | string,
  options: RunOptions = {},
): Promise<Named & Reply> {
  const input = { Bucket, Key, UploadId, PartNumber };
  const reply = await at.call("UploadPart", input, { ...options, body });
  return { ...reply, PartNumber, ETag: String(reply["ETag"]) };
}

export function complete(
  at: S3Deployment,
  { Bucket, Key, UploadId }: Began,
  Parts: readonly Named[],
  more: Partial<Input<"s3", "CompleteMultipartUpload">> = {},
): Promise<Reply> {
  const named = Parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }));
  const MultipartUpload = { Parts: named };
  return at.call("CompleteMultipartUpload", { Bucket, Key, UploadId, MultipartUpload, ...more });
}

/** Begins, gives it these bodies as parts 1, 2, …, and completes. */
export async function assembled(
  at: S3Deployment,
  bodies: readonly (Uint8Array | string)[],
  more: Partial<Input<"s3", "CreateMultipartUpload">> = {},
): Promise<Began> {
  const upload = await begin(at, more);
  const parts: Named[] = [];
  for (const [index, body] of bodies.entries()) {
    parts.push(await part(at, upload, index + 1, body));
  }
  await complete(at, upload, parts);
  return upload;
}

/** Bytes that tell where they stand: no two places of a pattern look alike. */
export function pattern(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at + 4 <= length; at += 4)
    bytes.writeUInt32LE((at * 2654435761 + seed) >>> 0, at);
  return bytes;
}
