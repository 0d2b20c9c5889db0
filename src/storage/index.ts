export { CommitUnknown, StorageError, StorageFullError } from "./kv/errors.ts";
export {
  type Closeable,
  type Commit,
  type Entry,
  type Key,
  type Kv,
  LIMITS_GRANTED,
  type Limits,
  type Purpose,
  RANGE_ENTRIES_MAX,
  type RangeQuery,
  type Statistics,
  type Version,
} from "./kv/kv.ts";
