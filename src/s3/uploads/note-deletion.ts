import { type BucketRecord, type Change, uploadSpace } from "../../records/index.ts";
import type { Scope } from "../../service/index.ts";
import { LIST_UPLOADS_MAX } from "../limits.ts";

/** What a name stood for, for uploads that began before it came and went again. */
const CAME_AND_WENT = "deleted";

/**
 * Lets open uploads of a name know that an object of it was deleted. AWS: a conditional completion
 * then conflicts; where there was no object at the start either, nothing else would tell.
 */
export async function noteDeletion(
  change: Change,
  { id: bucketId }: BucketRecord,
  key: string,
  { store }: Pick<Scope, "store">,
): Promise<void> {
  const range = uploadSpace.under(bucketId, key);
  for (const upload of await store.page(uploadSpace, range, { limit: LIST_UPLOADS_MAX })) {
    if (upload.value.before !== "") continue;
    const value = { ...upload.value, before: CAME_AND_WENT };
    change.expect(upload).put(uploadSpace, [bucketId, key, value.id], value);
  }
}
