/**
 * What a failed write transaction means. LMDB writes new pages beside the old ones, syncs them, and
 * only then names them in the meta page: after a failure readers see the tree as it was, and the
 * whole batch is gone. The question is whether to carry on.
 *
 * - Writing failed (no room, an I/O error): carry on, the callers are told.
 * - Syncing failed, or the meta page: the process ends. The page cache may show as written what the
 *   disk has lost, and LMDB itself refuses an environment whose meta page failed.
 *
 * The errno does not tell them apart (a write that the disk took in part is EIO, and so is most of
 * what a sync reports), but LMDB counts the transactions whose pages were all written.
 */
import { constants } from "node:os";
import { StorageError, StorageFullError } from "../errors.ts";

const { ENOSPC, EDQUOT, EFBIG } = constants.errno;

const NO_ROOM: ReadonlySet<unknown> = new Set([ENOSPC, EDQUOT, EFBIG]);

export interface WriteFailure {
  /** What the callers of the batch get. */
  readonly error: StorageError;
  readonly fatal: boolean;
}

export function writeFailure(cause: unknown, { written }: { written: boolean }): WriteFailure {
  if (written) return { error: new StorageError("the disk did not sync", { cause }), fatal: true };
  const error = NO_ROOM.has(codeOf(cause))
    ? new StorageFullError("disk", { cause })
    : new StorageError("the write failed", { cause });
  return { error, fatal: false };
}

/** The error behind a rejected transaction: lmdb-js hands it over in a promise of its own. */
export async function causeOf(rejection: unknown): Promise<unknown> {
  if (!(rejection instanceof Error && "commitError" in rejection)) return rejection;
  try {
    await rejection.commitError;
    return rejection;
  } catch (cause) {
    return cause;
  }
}

function codeOf(cause: unknown): unknown {
  return cause instanceof Error && "code" in cause ? cause.code : undefined;
}
