/**
 * Events of one account and region, newest first, out of the blocks of all process sessions. The
 * order is total (time, then event id), so that a page ends at an event and the next begins there.
 */
import type { AuditEventRecord, RecordStore } from "../records/index.ts";
import { BlockCursor, sessionsOf } from "./block-cursor.ts";
import { LOOKUP_BLOCKS_MAX } from "./limits.ts";

/** Where a page ended. */
export interface Position {
  readonly time: number;
  readonly id: string;
}

export interface EventQuery {
  readonly account: string;
  readonly region: string;
  /** Inclusive, in milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly after?: Position;
  readonly limit: number;
  matches(event: AuditEventRecord): boolean;
}

export interface EventPage {
  readonly events: readonly AuditEventRecord[];
  /** Where to go on; absent when there is nothing more. */
  readonly next?: Position;
}

export async function searchEvents(store: RecordStore, query: EventQuery): Promise<EventPage> {
  const { region, fromMs, after, limit } = query;
  const untilMs = Math.min(query.toMs, after?.time ?? query.toMs);
  const cursors: BlockCursor[] = [];
  for (const session of await sessionsOf(store, region)) {
    const cursor = await BlockCursor.open(store, { region, session, untilMs });
    if (cursor) cursors.push(cursor);
  }
  const waiting: AuditEventRecord[] = [];
  const events: AuditEventRecord[] = [];
  let blocks = 0;
  for (;;) {
    const latest = cursors.reduce<BlockCursor | undefined>(laterUnread, undefined);
    const unreadMs = latest?.latestUnreadMs ?? Number.NEGATIVE_INFINITY;
    // Whatever happened after all that is unread has its place in the order.
    waiting.sort(newestFirst);
    const settled = waiting.findIndex(({ time }) => time <= unreadMs);
    events.push(...waiting.splice(0, settled === -1 ? waiting.length : settled));
    const exhausted = latest === undefined || unreadMs < fromMs;
    if (exhausted) events.push(...waiting.splice(0));
    if (events.length > limit) return pageOf(events.slice(0, limit));
    if (exhausted) return { events };
    // A page that stops early must end before it began, or asking on would never get anywhere.
    if (blocks >= LOOKUP_BLOCKS_MAX && unreadMs < untilMs) {
      // Nothing later than what is unread is missing, so the next page can begin there.
      return { events, next: { time: unreadMs, id: LAST_ID } };
    }
    const read = await latest.read();
    blocks += read.length;
    for (const block of read) {
      for (const event of block.events) if (wanted(event, query, untilMs)) waiting.push(event);
    }
  }
}

/** Comes after every event id: the position just before all events of its instant. */
const LAST_ID = "~";

function pageOf(events: readonly AuditEventRecord[]): EventPage {
  const last = events.at(-1);
  return last ? { events, next: { time: last.time, id: last.id } } : { events };
}

function wanted(event: AuditEventRecord, query: EventQuery, untilMs: number): boolean {
  const { account, fromMs, after } = query;
  if (event.account !== account || event.category !== "Management") return false;
  if (event.time < fromMs || event.time > untilMs) return false;
  if (after && newestFirst(event, after) <= 0) return false;
  return query.matches(event);
}

function newestFirst(a: Position, b: Position): number {
  if (a.time !== b.time) return b.time - a.time;
  return a.id === b.id ? 0 : a.id < b.id ? 1 : -1;
}

function laterUnread(best: BlockCursor | undefined, cursor: BlockCursor): BlockCursor | undefined {
  if (cursor.ended) return best;
  return best && best.latestUnreadMs >= cursor.latestUnreadMs ? best : cursor;
}
