/**
 * A page of a bucket's names in the order of their bytes, grouped by a delimiter. A group is read
 * no further than to be known: the rest of it is jumped over.
 */
import {
  currentSpace,
  type Found,
  listedName,
  type ListingRecord,
  type RecordStore,
  successor,
} from "../../records/index.ts";

export interface NamesQuery {
  readonly bucketId: string;
  readonly prefix: string;
  /** Not empty. */
  readonly delimiter?: string | undefined;
  /** Names up to this one, and the group that it is or lies in, are left out. */
  readonly after?: string | undefined;
  /** Of names and groups together. */
  readonly limit: number;
}

export interface NamesPage {
  readonly rows: readonly ListedRow[];
  /** Common prefixes, the delimiter included. */
  readonly groups: readonly string[];
  /** Whether there is more after `last`. */
  readonly truncated: boolean;
  /** The last name or group of the page. */
  readonly last: string | undefined;
}

export interface ListedRow {
  readonly name: string;
  readonly row: ListingRecord;
}

/** The engine's page. */
export const ROWS_MAX = 1000;
/** What a jump costs, in rows read: groups smaller than this are cheaper read than jumped over. */
const ROWS_MIN = 8;
/** Rows read at first where there may be groups. */
export const ROWS_FIRST = 64;

export async function listNames(store: RecordStore, query: NamesQuery): Promise<NamesPage> {
  const { limit, delimiter } = query;
  const page = new Page(query);
  if (limit === 0) return page.end({ truncated: false });
  let { gte, lt } = rangeOf(query);
  let size = ROWS_FIRST;
  while (Buffer.compare(gte, lt) < 0) {
    const wanted = delimiter === undefined ? Math.min(ROWS_MAX, limit - page.count + 1) : size;
    const before = page.count;
    const found = await store.page(currentSpace, { gte, lt }, { limit: wanted });
    for (const row of found) {
      if (!page.take(row)) return page.end({ truncated: true });
    }
    const last = found.at(-1);
    if (last === undefined || found.length < wanted) break;
    const { group } = page;
    gte = group === undefined ? successor(last.key) : behindGroup(query.bucketId, group);
    size = nextSize(size, page.count - before);
  }
  return page.end({ truncated: false });
}

/**
 * How many rows to read next where there may be groups, after `size` of them gave so many items.
 * Few items in many rows: most of what was read was the inside of groups.
 */
export function nextSize(size: number, items: number): number {
  return items * ROWS_MIN > size ? Math.min(ROWS_MAX, size * 4) : Math.max(ROWS_MIN, size >> 2);
}

/** The group that a name belongs to; undefined when it stands for itself. */
export function groupOf(
  name: string,
  { prefix, delimiter }: Pick<NamesQuery, "prefix" | "delimiter">,
): string | undefined {
  if (delimiter === undefined) return undefined;
  const at = name.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : name.slice(0, at + delimiter.length);
}

class Page {
  readonly #query: NamesQuery;
  /** Where names begin in the bucket's keys. */
  readonly #nameAt: number;
  readonly #rows: ListedRow[] = [];
  readonly #groups: string[] = [];
  #last: string | undefined;
  /** The group that the last row belonged to. */
  group: string | undefined;

  constructor(query: NamesQuery) {
    this.#query = query;
    this.#nameAt = currentSpace.under(query.bucketId).gte.length;
  }

  get count(): number {
    return this.#rows.length + this.#groups.length;
  }

  /** False: there is no room for it. */
  take({ key, value }: Found<ListingRecord>): boolean {
    const name = listedName(key, this.#nameAt);
    if (this.group !== undefined && name.startsWith(this.group)) return true;
    if (this.count >= this.#query.limit) return false;
    this.group = groupOf(name, this.#query);
    if (this.group === undefined) this.#rows.push({ name, row: value });
    else this.#groups.push(this.group);
    this.#last = this.group ?? name;
    return true;
  }

  end({ truncated }: { readonly truncated: boolean }): NamesPage {
    return { rows: this.#rows, groups: this.#groups, truncated, last: this.#last };
  }
}

function rangeOf(query: NamesQuery): { gte: Buffer; lt: Buffer } {
  const { bucketId, prefix, after } = query;
  const { gte, lt } = currentSpace.withTextPrefix([bucketId], prefix);
  if (after === undefined) return { gte, lt };
  const group = after.startsWith(prefix) ? groupOf(after, query) : undefined;
  const from =
    group === undefined
      ? successor(currentSpace.key(bucketId, after))
      : behindGroup(bucketId, group);
  return { gte: Buffer.compare(from, gte) > 0 ? from : gte, lt };
}

function behindGroup(bucketId: string, group: string): Buffer {
  return currentSpace.withTextPrefix([bucketId], group).lt;
}
