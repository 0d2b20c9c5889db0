/** Reads the audit blocks of one process session in one region, newest first, a few at a time. */
import {
  type AuditBlockRecord,
  auditSpace,
  decodeKey,
  type RecordStore,
} from "../records/index.ts";
import { LOOKUP_PAGE_BLOCKS, PLACE_HELD_MS_MAX } from "./limits.ts";

export class BlockCursor {
  readonly #store: RecordStore;
  readonly #region: string;
  readonly #session: Uint8Array;
  /** The lowest place read so far, or the one above the first to be read. */
  #before: bigint;
  #ended = false;
  /** No event that is still unread happened later than this. */
  latestUnreadMs = Number.POSITIVE_INFINITY;

  private constructor(store: RecordStore, region: string, session: Uint8Array, before: bigint) {
    this.#store = store;
    this.#region = region;
    this.#session = session;
    this.#before = before;
  }

  /** At the newest block that may hold events of `untilMs` or earlier. */
  static async open(
    store: RecordStore,
    { region, session, untilMs }: { region: string; session: Uint8Array; untilMs: number },
  ): Promise<BlockCursor> {
    const newest = await newestPlace(store, region, session);
    // The first place whose block was filled after `untilMs` plus what a place may be held.
    let low = 0n;
    let high = newest + 1n;
    while (low < high) {
      const middle = (low + high) / 2n;
      const at = await filledAt(store, region, session, middle, high);
      if (at === undefined || at > untilMs + PLACE_HELD_MS_MAX) high = middle;
      else low = middle + 1n;
    }
    return new BlockCursor(store, region, session, low);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** The next blocks; none when there are no more. */
  async read(): Promise<readonly AuditBlockRecord[]> {
    if (this.#ended) return [];
    const { gte } = auditSpace.under(this.#region, this.#session);
    const lt = auditSpace.key(this.#region, this.#session, this.#before);
    const limit = LOOKUP_PAGE_BLOCKS;
    const found = await this.#store.page(auditSpace, { gte, lt }, { limit, reverse: true });
    const last = found.at(-1);
    if (found.length < limit || last === undefined) {
      this.#ended = true;
      this.latestUnreadMs = Number.NEGATIVE_INFINITY;
    } else {
      this.#before = placeOf(last.key);
      this.latestUnreadMs = last.value.at + PLACE_HELD_MS_MAX;
    }
    return found.map(({ value }) => value);
  }
}

/** The process sessions that have blocks in a region. */
export async function sessionsOf(store: RecordStore, region: string): Promise<Uint8Array[]> {
  const sessions: Uint8Array[] = [];
  const { lt } = auditSpace.under(region);
  let { gte } = auditSpace.under(region);
  for (;;) {
    const [entry] = await store.kv.range({ gte, lt, limit: 1, keysOnly: true });
    if (!entry) return sessions;
    const session = decodeKey(entry.key)[2] as Uint8Array;
    sessions.push(session);
    gte = auditSpace.under(region, session).lt;
  }
}

async function newestPlace(store: RecordStore, region: string, session: Uint8Array) {
  const range = auditSpace.under(region, session);
  const [entry] = await store.kv.range({ ...range, limit: 1, keysOnly: true, reverse: true });
  return entry ? placeOf(entry.key) : -1n;
}

/** When the first block at or after a place, and below `end`, was filled. */
async function filledAt(
  store: RecordStore,
  region: string,
  session: Uint8Array,
  place: bigint,
  end: bigint,
): Promise<number | undefined> {
  const gte = auditSpace.key(region, session, place);
  const lt = auditSpace.key(region, session, end);
  const [found] = await store.page(auditSpace, { gte, lt }, { limit: 1 });
  return found?.value.at;
}

function placeOf(key: Uint8Array): bigint {
  return decodeKey(key)[3] as bigint;
}
