import type { GetObjectCommandInput, S3 } from "@aws-sdk/client-s3";
import { createHash } from "node:crypto";

/** The object's bytes. */
export async function read(s3: S3, input: GetObjectCommandInput): Promise<Buffer> {
  const { Body } = await s3.getObject(input);
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

/** Bytes that differ at every place, the same for the same length and seed. */
export function pattern(length: number, seed = 0): Buffer {
  const bytes = Buffer.alloc(length);
  let state = (seed * 2_654_435_761 + 1) >>> 0;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

export function md5(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}
