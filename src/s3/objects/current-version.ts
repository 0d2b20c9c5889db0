import {
  type Found,
  type ObjectRecord,
  type RecordStore,
  type VersionRecord,
  versionSpace,
} from "../../records/index.ts";
import { checkKey } from "./metadata.ts";

/**
 * The newest version of a name, a delete marker too: the first row of its versions. Throws
 * KeyTooLongError for a name that no object can have.
 */
export async function newestVersion(
  store: RecordStore,
  bucketId: string,
  key: string,
): Promise<Found<VersionRecord> | undefined> {
  checkKey(key);
  const [newest] = await store.page(versionSpace, versionSpace.under(bucketId, key), { limit: 1 });
  return newest;
}

/** The object that a name stands for; undefined where there is none or a delete marker. */
export async function currentObject(
  store: RecordStore,
  bucketId: string,
  key: string,
): Promise<Found<ObjectRecord> | undefined> {
  const newest = await newestVersion(store, bucketId, key);
  return newest && isObject(newest) ? newest : undefined;
}

export function isObject(found: Found<VersionRecord>): found is Found<ObjectRecord> {
  return found.value.kind === "object";
}
