/** What S3's operations may touch. */
import type { BlobStore } from "../storage/index.ts";

export interface S3Services {
  readonly blobs: BlobStore;
}
