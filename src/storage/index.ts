export {
  type BlobReader,
  type BlobStore,
  type BlobUsage,
  type BlobWriter,
} from "./blob/blob-store.ts";
export { BufferPool } from "./blob/buffer-pool.ts";
export { type DiskBlobOptions, openDiskBlobs } from "./blob/disk.ts";
export { type Fatal } from "./blob/durable.ts";
export { memoryBlobs } from "./blob/memory.ts";
export { type ReadAhead, readAhead } from "./blob/read-ahead.ts";
export { type Files, type Space } from "./files/files.ts";
export { realFiles } from "./files/real.ts";
export { DiskReserve, type DiskReserveOptions } from "./kv/disk-reserve.ts";
export { CommitUnknown, StorageError, StorageFullError } from "./kv/errors.ts";
export {
  type Closeable,
  type Commit,
  type Entry,
  type Key,
  type Kv,
  type Limits,
  type Purpose,
  RANGE_ENTRIES_MAX,
  type RangeQuery,
  type Statistics,
  type Version,
} from "./kv/kv.ts";
export { LmdbKv, type LmdbOptions } from "./kv/lmdb/lmdb.ts";
export type { WatchedReader } from "./kv/lmdb/reader-watch.ts";
export { MemoryStore } from "./kv/memory.ts";
