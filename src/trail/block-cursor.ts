/** Reads the audit blocks of one process session in one region, newest first, a few at a time. */
import {
  type AuditBlockRecord,
  auditSpace,
  decodeKey,
  type Found,
  type RecordStore,
} from "../records/index.ts";
import { LOOKUP_PAGE_BLOCKS, PLACE_HELD_MS_MAX } from "./limits.ts";

interface Session {
  readonly region: string;
  readonly session: Uint8Array;
  /** Events that happened later are not asked for. */
  readonly untilMs: number;
}

export class BlockCursor {
  readonly #store: RecordStore;
  readonly #of: Session;
  /** The lowest place read so far, or the one above the first to be read. */
  #before: bigint;
  /** Whether blocks below that place may be too late to matter: they are jumped over first. */
  #late: boolean;
  #ended = false;
  /** No event that is asked for and still unread happened later than this. */
  latestUnreadMs: number;

  private constructor(store: RecordStore, of: Session, newest: Found<AuditBlockRecord>) {
    const latestMs = newest.value.at + PLACE_HELD_MS_MAX;
    this.#store = store;
    this.#of = of;
    this.#before = placeOf(newest.key) + 1n;
    this.#late = latestMs > of.untilMs;
    this.latestUnreadMs = Math.min(latestMs, of.untilMs);
  }

  /** Looks at the newest block only: most sessions of ninety days hold nothing that is asked for. */
  static async open(store: RecordStore, of: Session): Promise<BlockCursor | undefined> {
    const range = auditSpace.under(of.region, of.session);
    const [newest] = await store.page(auditSpace, range, { limit: 1, reverse: true });
    return newest && new BlockCursor(store, of, newest);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** The next blocks; none when there are no more. */
  async read(): Promise<readonly AuditBlockRecord[]> {
    if (this.#ended) return [];
    const { region, session } = this.#of;
    if (this.#late) this.#before = await firstLate(this.#store, this.#of, this.#before);
    this.#late = false;
    const { gte } = auditSpace.under(region, session);
    const lt = auditSpace.key(region, session, this.#before);
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

/** The first place whose block was filled after what is asked for, plus what a place may be held. */
async function firstLate(
  store: RecordStore,
  { region, session, untilMs }: Session,
  end: bigint,
): Promise<bigint> {
  let low = 0n;
  let high = end;
  while (low < high) {
    const middle = (low + high) / 2n;
    const at = await filledAt(store, region, session, middle, high);
    if (at === undefined || at > untilMs + PLACE_HELD_MS_MAX) high = middle;
    else low = middle + 1n;
  }
  return low;
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
