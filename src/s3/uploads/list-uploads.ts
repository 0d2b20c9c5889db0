/** A page of a bucket's uploads: by name, and of one name by the time of their beginning. */
import {
  decodeKey,
  type Found,
  type RecordStore,
  successor,
  type UploadRecord,
  uploadSpace,
} from "../../records/index.ts";
import { groupOf, nextSize, ROWS_FIRST, ROWS_MAX } from "../listing/list-names.ts";

export interface UploadsQuery {
  readonly bucketId: string;
  readonly prefix: string;
  /** Not empty. */
  readonly delimiter: string | undefined;
  /** Uploads of names up to this one are left out; of this one's, those up to `uploadId`. */
  readonly after: { readonly name: string; readonly uploadId?: string } | undefined;
  /** Of uploads and groups together. */
  readonly limit: number;
}

export interface UploadsPage {
  readonly uploads: readonly UploadRecord[];
  /** Common prefixes, the delimiter included. */
  readonly groups: readonly string[];
  readonly truncated: boolean;
}

export async function listUploads(store: RecordStore, query: UploadsQuery): Promise<UploadsPage> {
  const { bucketId, prefix, delimiter, limit } = query;
  const uploads: UploadRecord[] = [];
  const groups: string[] = [];
  if (limit === 0) return { uploads, groups, truncated: false };
  let { gte, lt } = rangeOf(query);
  let size = ROWS_FIRST;
  while (Buffer.compare(gte, lt) < 0) {
    const count = uploads.length + groups.length;
    const wanted = delimiter === undefined ? Math.min(ROWS_MAX, limit - count + 1) : size;
    const rows: readonly Found<UploadRecord>[] = await store.page(
      uploadSpace,
      { gte, lt },
      { limit: wanted },
    );
    let group: string | undefined;
    for (const { key, value } of rows) {
      const name = decodeKey(key)[2] as string;
      group = groupOf(name, { prefix, delimiter });
      if (group !== undefined && group === groups.at(-1)) continue;
      if (uploads.length + groups.length === limit) return { uploads, groups, truncated: true };
      if (group === undefined) uploads.push(value);
      else groups.push(group);
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < wanted) break;
    // The rest of a group is jumped over.
    gte =
      group === undefined ? successor(last.key) : uploadSpace.withTextPrefix([bucketId], group).lt;
    size = nextSize(size, uploads.length + groups.length - count);
  }
  return { uploads, groups, truncated: false };
}

function rangeOf(query: UploadsQuery): { gte: Buffer; lt: Buffer } {
  const { bucketId, prefix, after } = query;
  const { gte, lt } = uploadSpace.withTextPrefix([bucketId], prefix);
  if (after === undefined) return { gte, lt };
  const from = behind(query, after);
  return { gte: Buffer.compare(from, gte) > 0 ? from : gte, lt };
}

function behind(
  { bucketId, prefix, delimiter }: UploadsQuery,
  { name, uploadId }: NonNullable<UploadsQuery["after"]>,
): Buffer {
  const group = name.startsWith(prefix) ? groupOf(name, { prefix, delimiter }) : undefined;
  if (group !== undefined) return uploadSpace.withTextPrefix([bucketId], group).lt;
  if (uploadId !== undefined) return successor(uploadSpace.key(bucketId, name, uploadId));
  return uploadSpace.under(bucketId, name).lt;
}
