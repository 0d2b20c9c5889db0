import { randomId } from "../../crypto/index.ts";
import type { EncryptionRecord } from "../../records/index.ts";
import type { BodyReport } from "../../wire/index.ts";

const BYTES = 16;

/** What a body's entity tag can be, settled with its encryption. */
export interface TagSources {
  readonly md5: Buffer | undefined;
  /** As long as an MD5, and at random. */
  readonly opaque: string;
}

export function tagSources({ md5 }: Pick<BodyReport, "md5">): TagSources {
  return { md5, opaque: randomId(BYTES) };
}

/**
 * The tag, without quotation marks. AWS: under SSE-S3 the MD5 of the body; under KMS it says nothing
 * of the body, even where the client sent an MD5 that was checked.
 */
export function entityTag(mode: EncryptionRecord["mode"], { md5, opaque }: TagSources): string {
  return mode === "AES256" && md5 ? md5.toString("hex") : opaque;
}
