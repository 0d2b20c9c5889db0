import { InvariantError } from "../../base/index.ts";
import { errorCode } from "../files/error-code.ts";
import { StorageError, StorageFullError } from "../kv/errors.ts";

const NO_ROOM = new Set(["ENOSPC", "EDQUOT"]);

/** What the caller of a store sees of an error of the disk; our own mistakes pass as they are. */
export function storageError(doing: string, error: unknown): Error {
  if (error instanceof StorageError || error instanceof InvariantError) return error;
  const code = errorCode(error) ?? "unknown error";
  if (NO_ROOM.has(code)) return new StorageFullError("disk", { cause: error });
  return new StorageError(`the disk failed while ${doing} (${code})`, { cause: error });
}

export function nameTaken(): StorageError {
  return new StorageError("a blob is written once, and this name is taken");
}
