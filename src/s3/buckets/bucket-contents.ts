import { type RecordStore, uploadSpace, versionSpace } from "../../records/index.ts";

/** Whether a bucket holds neither a version of anything nor an upload. */
export async function isEmpty(bucketId: string, store: RecordStore): Promise<boolean> {
  const versions = await store.page(versionSpace, versionSpace.under(bucketId), { limit: 1 });
  if (versions.length > 0) return false;
  const uploads = await store.page(uploadSpace, uploadSpace.under(bucketId), { limit: 1 });
  return uploads.length === 0;
}
