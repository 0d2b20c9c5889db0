/** A key's record written anew, with its place in the index of what is due. */
import { Change, kmsDueSpace, type KmsKeyRecord, kmsKeySpace } from "../records/index.ts";

type DueKey = Parameters<typeof kmsDueSpace.key>;

/**
 * What is to be done to a key by itself, and when: deletion at the end of its window, or rotation.
 * A key that is disabled is not rotated; what it missed is due when it is enabled again.
 */
export function dueOf(key: KmsKeyRecord): DueKey | undefined {
  const { accountId, region, id, state, deletesAt, rotation } = key;
  if (state === "PendingDeletion" && deletesAt !== undefined) {
    return ["delete", BigInt(deletesAt), accountId, region, id];
  }
  if (state !== "Enabled" || !rotation) return undefined;
  return ["rotate", BigInt(rotation.nextAt), accountId, region, id];
}

/**
 * Puts a key as it is to be. Whoever adds or removes what belongs to a key puts it with this, as it
 * was if need be: those who have seen all of it then notice.
 */
export function changeKey(before: KmsKeyRecord, after: KmsKeyRecord): Change {
  const change = new Change().put(kmsKeySpace, [after.accountId, after.region, after.id], after);
  change.purpose = "upkeep";
  const [old, due] = [dueOf(before), dueOf(after)];
  if (old && due && kmsDueSpace.key(...old).equals(kmsDueSpace.key(...due))) return change;
  if (old) change.delete(kmsDueSpace, ...old);
  if (due) change.put(kmsDueSpace, due, {});
  return change;
}
