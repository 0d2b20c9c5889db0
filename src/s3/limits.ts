/** AWS: an object key in UTF-8. */
export const KEY_BYTES_MAX = 1024;

/**
 * An object key as the metadata engine keeps it: each zero takes two bytes, and what else stands in
 * the longest of an object's record keys needs the rest of the engine's limit.
 */
export const STORED_KEY_BYTES_MAX = 1_600;

/** AWS: all of an object's user metadata, names and values, in UTF-8. */
export const USER_METADATA_BYTES_MAX = 2 * 1024;

/** AWS: one PUT. */
export const PUT_BYTES_MAX = 5 * 1024 ** 3;

/** Bodies up to this many bytes lie in the metadata engine: measured to be the faster place. */
export const INLINE_BYTES_MAX = 32 * 1024;

/** AWS: one part of an upload but the last. */
export const PART_BYTES_MIN = 5 * 1024 ** 2;
export const PART_NUMBER_MAX = 10_000;

/** Rows in one record of a completed object's parts; AWS: one page of ListParts. */
export const PARTS_PER_PAGE = 1_000;

/** AWS: one page of ListMultipartUploads. */
export const LIST_UPLOADS_MAX = 1_000;

/** AWS: the source of one CopyObject. */
export const COPY_BYTES_MAX = 5 * 1024 ** 3;

/** Copies up to this size are made in the queue of their name's writers. */
export const COPY_QUEUED_BYTES_MAX = 1024 ** 2;

/** A cached bucket key is minted anew after this long or this many objects. */
export const BUCKET_KEY_LIFE_MS = 5 * 60_000;
export const BUCKET_KEY_USES_MAX = 1_000_000;
export const BUCKET_KEYS_MAX = 10_000;

/** S3-managed keys that a process keeps unwrapped: accounts times regions times years. */
export const S3_KEYS_MAX = 1_000;

/** How often a read goes back to the version record when the body it names was replaced meanwhile. */
export const READS_AGAIN_MAX = 3;

export const BUCKET_NAME_CHARS_MAX = 63;

/** AWS: buckets of an account, without asking for more. */
export const BUCKETS_PER_ACCOUNT_MAX = 10_000;

/** AWS: one page of ListBuckets. */
export const LIST_BUCKETS_MAX = 10_000;

/** AWS: one page of a listing of objects. */
export const LIST_OBJECTS_MAX = 1_000;

/** AWS: names in one DeleteObjects. */
export const DELETE_OBJECTS_MAX = 1_000;
