import type { Change, View } from "../records/index.ts";
import { mustFirst } from "./errors.ts";
import { deleteOwner, type OwnerKind, type Owners } from "./owners.ts";
import { endUse } from "./policy-uses.ts";
import { accessChange } from "./targets.ts";

/** Deletes a user or role that has no policies any more. Throws DeleteConflict. */
export async function deletedOwner<K extends OwnerKind>(
  kind: K,
  owner: Owners[K],
  view: View,
): Promise<Change> {
  if (owner.attached.length > 0) throw mustFirst("detach all policies");
  if (owner.inline.length > 0) throw mustFirst("delete policies");
  const change = accessChange();
  if (owner.boundary !== undefined) {
    await endUse({ view, change }, owner.boundary, "boundary", owner);
  }
  deleteOwner(change, kind, owner);
  return change;
}
