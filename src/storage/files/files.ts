/**
 * What blob storage needs of a file system and nothing more: so that one real implementation and
 * one that loses power on command (`testing/`) can stand under the same code.
 *
 * Errors are Node's own (`code` says which), except where a method names a milder answer.
 */
export interface Files {
  /** Makes a file that must not exist yet (EEXIST) with mode 0600, open for writing. */
  create(path: string): Promise<OpenFile>;
  /** Opens a file for reading; never follows a symbolic link at the end of the path. */
  open(path: string): Promise<OpenFile | undefined>;
  /** Replaces `to` when it exists. Durable after `syncDirectory` of both folders. */
  rename(from: string, to: string): Promise<void>;
  /** Answers whether there was a file to remove. Durable after `syncDirectory`. */
  unlink(path: string): Promise<boolean>;
  /** Makes one folder with mode 0700; answers false when it is there. Durable after `syncDirectory` of its parent. */
  makeDirectory(path: string): Promise<boolean>;
  /** Removes an empty folder; answers false when it is absent or not empty. */
  removeDirectory(path: string): Promise<boolean>;
  /** The names in a folder in no particular order; undefined when there is no such folder. */
  list(path: string): Promise<string[] | undefined>;
  /** Makes every name added to or removed from this folder before the call durable. False: no such folder. */
  syncDirectory(path: string): Promise<boolean>;
  /** Bytes of a file, undefined when there is none. */
  size(path: string): Promise<number | undefined>;
  /** The room on the file system that holds `path`, for this process's user. */
  space(path: string): Promise<Space>;
}

export interface OpenFile {
  /** Length of the file when it was opened; 0 for a created one. */
  readonly bytes: number;
  /** Writes at `position`; answers how many bytes were taken, which may be fewer than given. */
  write(buffers: readonly Uint8Array[], position: number): Promise<number>;
  /** Fills `target` from `position`; answers how many bytes were read, 0 at the end. */
  read(target: Uint8Array, position: number): Promise<number>;
  /** Makes all bytes written before the call, and the length, durable. Not the file's name. */
  syncData(): Promise<void>;
  close(): Promise<void>;
}

export interface Space {
  readonly freeBytes: number;
  readonly totalBytes: number;
}
