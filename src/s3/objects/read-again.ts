import type { ObjectRecord } from "../../records/index.ts";
import type { Scope } from "../../service/index.ts";
import { ServiceError } from "../../wire/index.ts";
import { BodyGone } from "../bodies/body-gone.ts";
import type { ObjectPlace } from "../encryption/wrapping-key.ts";
import { noSuchKey } from "../errors.ts";
import { READS_AGAIN_MAX } from "../limits.ts";
import { currentObject } from "./current-version.ts";

/**
 * Reads an object, and the one that has taken its place when its body went between the reading of
 * the record and that of the body. `read` throws BodyGone for that. Throws NoSuchKey, or SlowDown
 * where the name is replaced faster than it can be read.
 */
export async function readAgainWhenGone<T>(
  first: ObjectRecord,
  { bucket, key }: ObjectPlace,
  { store }: Pick<Scope, "store">,
  read: (object: ObjectRecord) => Promise<T>,
): Promise<T> {
  let object = first;
  for (let reads = 1; ; reads += 1) {
    try {
      return await read(object);
    } catch (error) {
      if (!(error instanceof BodyGone)) throw error;
      if (reads === READS_AGAIN_MAX) {
        throw new ServiceError("SlowDown", 503, "Please reduce your request rate.");
      }
      const found = await currentObject(store, bucket.id, key);
      if (!found) throw noSuchKey(key);
      object = found.value;
    }
  }
}
