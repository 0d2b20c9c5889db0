/**
 * The list of a completed object's parts, in pages: which they are, how long, where each begins.
 * Each page's SHA-256 stands in the object's record, and the SHA-256 of those in its envelope: a
 * reader checks only the pages that it needs. docs/formats/s3-records.md is the specification.
 */
import { AuthenticationError, encodeFields, equalBytes, sha256 } from "../../crypto/index.ts";
import {
  type BodyRecord,
  type Change,
  partPageSpace,
  type PartRecord,
  type PartRow,
  type RecordStore,
} from "../../records/index.ts";
import { BodyGone } from "../bodies/body-gone.ts";
import { PARTS_PER_PAGE } from "../limits.ts";

export type PartsBody = Extract<BodyRecord, { readonly kind: "parts" }>;

/** Gathers the parts of an object in their order. */
export class PartList {
  readonly #pages: PartRow[][] = [];
  #count = 0;
  #size = 0;

  add({ number, size, body }: PartRecord): void {
    let page = this.#pages.at(-1);
    if (page === undefined || page.length === PARTS_PER_PAGE) {
      page = [];
      this.#pages.push(page);
    }
    page.push([number, size, this.#size, markOf(body)]);
    this.#count += 1;
    this.#size += size;
  }

  get count(): number {
    return this.#count;
  }

  /** Plaintext bytes of all parts. */
  get size(): number {
    return this.#size;
  }

  /** Of the list, as an object's record keeps it. */
  get pages(): PartsBody["pages"] {
    return this.#pages.map((rows) => [rows[0]?.[2] ?? 0, pageDigest(rows)] as const);
  }

  /** At most ten records of some 50 KB. */
  put(change: Change, uploadId: string): void {
    for (const [at, parts] of this.#pages.entries()) {
      change.put(partPageSpace, [uploadId, BigInt(at)], { parts });
    }
  }
}

/** What the envelope binds of the list. */
export function partListDigest(pages: PartsBody["pages"]): Buffer {
  return sha256(encodeFields(pages.flat()));
}

/** What binds a part's record to its row. */
export function markOf({ envelope }: PartRecord["body"]): Buffer {
  return sha256(envelope);
}

/**
 * The rows of the parts from `ordinal` on, the first being 0. Throws AuthenticationError for a page
 * that is not the object's, BodyGone where it is missing.
 */
export async function* rowsFrom(
  body: PartsBody,
  ordinal: number,
  store: RecordStore,
): AsyncGenerator<PartRow, void, void> {
  let skip = ordinal % PARTS_PER_PAGE;
  for (let at = Math.floor(ordinal / PARTS_PER_PAGE); at < body.pages.length; at += 1) {
    const rows = await readPage(body, at, store);
    yield* rows.slice(skip);
    skip = 0;
  }
}

/** The rows of the parts from the one on that holds the byte at `offset`. */
export async function* rowsAt(
  body: PartsBody,
  offset: number,
  store: RecordStore,
): AsyncGenerator<PartRow, void, void> {
  const page = body.pages.findLastIndex(([begins]) => begins <= offset);
  for await (const row of rowsFrom(body, page * PARTS_PER_PAGE, store)) {
    const [, size, begins] = row;
    if (begins + size > offset || offset === 0) yield row;
  }
}

/** The rows of the parts whose numbers follow `number`. */
export async function* rowsAfter(
  body: PartsBody,
  number: number,
  store: RecordStore,
): AsyncGenerator<PartRow, void, void> {
  for await (const row of rowsFrom(body, 0, store)) if (row[0] > number) yield row;
}

async function readPage(
  { upload, pages }: PartsBody,
  at: number,
  store: RecordStore,
): Promise<readonly PartRow[]> {
  const found = await store.get(partPageSpace, upload, BigInt(at));
  if (!found) throw new BodyGone();
  const { parts } = found.value;
  const expected = pages[at]?.[1];
  if (!expected || !equalBytes(pageDigest(parts), expected)) throw new AuthenticationError();
  return parts;
}

function pageDigest(rows: readonly PartRow[]): Buffer {
  return sha256(encodeFields(rows.flat()));
}
