/** The deletion of a name's object in a bucket without versioning, alone or as one of a batch. */
import { type BucketRecord, Change } from "../../records/index.ts";
import type { Scope } from "../../service/index.ts";
import { headerNotImplemented, invalidArgument, noSuchKey, preconditionFailed } from "../errors.ts";
import { matches } from "./conditions.ts";
import { isObject, newestVersion } from "./current-version.ts";
import { checkKey } from "./metadata.ts";
import { removeVersion } from "./replace-version.ts";
import { noteDeletion } from "../uploads/note-deletion.ts";

export interface DeleteInput {
  readonly Key: string;
  readonly IfMatch?: string;
  readonly IfMatchLastModifiedTime?: Date;
  readonly IfMatchSize?: number;
  readonly BypassGovernanceRetention?: boolean;
}

/** Throws for what a deletion may not ask of a bucket without versioning and object lock. */
export function checkDelete(input: DeleteInput): void {
  checkKey(input.Key);
  if (input.IfMatchLastModifiedTime !== undefined) {
    throw headerNotImplemented("x-amz-if-match-last-modified-time");
  }
  if (input.IfMatchSize !== undefined) throw headerNotImplemented("x-amz-if-match-size");
  if (input.BypassGovernanceRetention !== undefined) {
    throw invalidArgument(
      "x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.",
      "x-amz-bypass-governance-retention",
    );
  }
}

/** What takes the object away; undefined where there is none. Throws for a condition that fails. */
export async function deletion(
  { Key, IfMatch }: DeleteInput,
  bucket: BucketRecord,
  { store }: Pick<Scope, "store">,
): Promise<Change | undefined> {
  const newest = await newestVersion(store, bucket.id, Key);
  const object = newest && isObject(newest) ? newest.value : undefined;
  if (IfMatch !== undefined) {
    if (!object) throw noSuchKey(Key);
    if (!matches(IfMatch, object.etag)) throw preconditionFailed("If-Match");
  }
  if (!newest) return undefined;
  const change = new Change();
  change.purpose = "upkeep";
  removeVersion(change, { bucket, key: Key }, newest);
  await noteDeletion(change, bucket, Key, { store });
  return change;
}
