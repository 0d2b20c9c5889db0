/** Pages of IAM's lists. A marker is the last name of the page before, in base 64. */
import {
  decodeKey,
  type NameRecord,
  type RecordStore,
  type Space,
  successor,
} from "../records/index.ts";
import { invalidMarker } from "./errors.ts";
import { PAGE_ITEMS_DEFAULT } from "./limits.ts";

export interface PageInput {
  readonly Marker?: string;
  readonly MaxItems?: number;
}

export interface PageOutput {
  readonly IsTruncated: boolean;
  readonly Marker?: string;
}

/** One page of a list that is in memory, in its own order; `nameOf` is unique in it. */
export function pageOf<T>(
  items: readonly T[],
  { Marker, MaxItems = PAGE_ITEMS_DEFAULT }: PageInput,
  nameOf: (item: T) => string,
): { readonly items: readonly T[]; readonly page: PageOutput } {
  const start = Marker === undefined ? 0 : 1 + findMarked(items, parseMarker(Marker), nameOf);
  const shown = items.slice(start, start + MaxItems);
  const last = shown.at(-1);
  const more = start + MaxItems < items.length && last !== undefined;
  return { items: shown, page: pageAfter(more ? nameOf(last) : undefined) };
}

/** One page of an account's names below a path, in alphabetical order. */
export async function pageOfNames<V extends Pick<NameRecord, "path">>(
  store: RecordStore,
  names: Space<[accountId: string, lowerName: string], V>,
  { accountId, pathPrefix }: { readonly accountId: string; readonly pathPrefix: string },
  { Marker, MaxItems = PAGE_ITEMS_DEFAULT }: PageInput,
): Promise<{ readonly items: readonly V[]; readonly page: PageOutput }> {
  const range = names.under(accountId);
  const from =
    Marker === undefined ? range.gte : successor(names.key(accountId, parseMarker(Marker)));
  const items: V[] = [];
  let lastKey: Buffer | undefined;
  for await (const { key, value } of store.all(names, { gte: from, lt: range.lt })) {
    if (!value.path.startsWith(pathPrefix)) continue;
    if (items.length === MaxItems) return { items, page: pageAfter(lastKey && nameIn(lastKey)) };
    items.push(value);
    lastKey = key;
  }
  return { items, page: pageAfter(undefined) };
}

function pageAfter(name: string | undefined): PageOutput {
  if (name === undefined) return { IsTruncated: false };
  return { IsTruncated: true, Marker: Buffer.from(name).toString("base64url") };
}

function parseMarker(marker: string): string {
  const name = Buffer.from(marker, "base64url");
  if (name.length === 0 || name.toString("base64url") !== marker) throw invalidMarker();
  return name.toString();
}

function findMarked<T>(items: readonly T[], name: string, nameOf: (item: T) => string): number {
  const at = items.findIndex((item) => nameOf(item) === name);
  if (at === -1) throw invalidMarker();
  return at;
}

function nameIn(key: Buffer): string {
  return String(decodeKey(key).at(-1));
}
