/** What S3's operations may touch. */
import type { BlobStore } from "../storage/index.ts";
import type { KeySources } from "./encryption/wrapping-key.ts";

export interface S3Services {
  readonly blobs: BlobStore;
  readonly keys: KeySources;
  /** The regions in which buckets can be made. */
  readonly regions: readonly string[];
}
