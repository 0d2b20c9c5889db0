/** Lists in pages: Limit, Marker, Truncated and NextMarker. */
import { type Found, type RecordStore, type Space, successor } from "../records/index.ts";
import type { KeyRange } from "../records/index.ts";
import { invalidMarker, validation } from "./errors.ts";

/** At most this many entries are read from the store at once. */
const READ_MAX = 1000;

export interface PageBounds {
  /** AWS's default and greatest page, which the model knows for some lists only. */
  readonly usual: number;
  readonly max: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly Truncated: boolean;
  readonly NextMarker?: string;
}

/** Throws ValidationException for more than AWS gives in one page. */
export function readLimit(limit: number | undefined, { usual, max }: PageBounds): number {
  if (limit === undefined) return usual;
  if (limit <= max) return limit;
  throw validation(
    `1 validation error detected: Value '${limit}' at 'limit' failed to satisfy constraint: Member must have value less than or equal to ${max}`,
  );
}

/** What a marker stands for: the last item of the page before. Of a list, and of no other. */
function renderMarker(list: string, last: string): string {
  return Buffer.from(JSON.stringify([list, last])).toString("base64url");
}

/** Throws InvalidMarkerException. */
export function parseMarker(list: string, marker: string | undefined): string | undefined {
  if (marker === undefined) return undefined;
  const parsed = parseJson(Buffer.from(marker, "base64url").toString());
  if (!Array.isArray(parsed)) throw invalidMarker();
  const [of, last] = parsed as readonly unknown[];
  if (of !== list || typeof last !== "string") throw invalidMarker();
  return last;
}

/** A page of items in memory, which `name` tells apart and orders. */
export function pageOf<T>(
  items: readonly T[],
  name: (item: T) => string,
  asked: { readonly list: string; readonly limit: number; readonly after: string | undefined },
): Page<T> {
  const { list, limit, after } = asked;
  const rest = items
    .filter((item) => after === undefined || name(item) > after)
    .toSorted((a, b) => (name(a) < name(b) ? -1 : 1));
  return cut(rest, name, { list, limit });
}

/** A page of stored records, in the order of their keys. `after` is the key of the last one. */
export async function storedPage<V>(
  store: RecordStore,
  source: {
    readonly space: Space<never, V>;
    readonly range: KeyRange;
    readonly after: Buffer | undefined;
  },
  asked: { readonly list: string; readonly limit: number; readonly name: (value: V) => string },
): Promise<Page<V>> {
  const { space, range, after } = source;
  const found: Found<V>[] = [];
  let gte = after ? successor(after) : range.gte;
  while (found.length <= asked.limit) {
    const limit = Math.min(asked.limit + 1 - found.length, READ_MAX);
    const read = await store.page(space, { gte, lt: range.lt }, { limit });
    found.push(...read);
    const last = read.at(-1);
    if (!last || read.length < limit) break;
    gte = successor(last.key);
  }
  return cut(
    found.map(({ value }) => value),
    asked.name,
    asked,
  );
}

function cut<T>(
  items: readonly T[],
  name: (item: T) => string,
  { list, limit }: { readonly list: string; readonly limit: number },
): Page<T> {
  const page = items.slice(0, limit);
  const last = page.at(-1);
  if (items.length <= limit || last === undefined) return { items: page, Truncated: false };
  return { items: page, Truncated: true, NextMarker: renderMarker(list, name(last)) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
