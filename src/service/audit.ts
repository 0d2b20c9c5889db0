/**
 * The audit log's writing side. A unit that writes carries its own block; events of calls that
 * write nothing are gathered: while one block's commit is in flight the next is filled, and all
 * who wait for a block succeed or fail with it.
 */
import type { Clock } from "../base/index.ts";
import {
  type AuditEventRecord,
  auditSpace,
  Change,
  type ProcessSession,
  CommitUnknown,
  type RecordStore,
} from "../records/index.ts";
import type { Caller } from "./caller.ts";
import type { AnyOperation, AuditResource, Target } from "./operation.ts";
import type { RequestInfo } from "./request.ts";
import type { ServiceError } from "../wire/index.ts";

/** All that a record is made of. */
export interface CallFacts {
  readonly operation: AnyOperation;
  readonly request: RequestInfo;
  readonly caller: Caller;
  readonly via?: string;
  /** Undefined: the call was refused before its input could be read. */
  readonly input: object | undefined;
  readonly targets: readonly Target[];
  readonly output?: object;
  readonly error?: ServiceError;
  readonly completedAt: Date;
  /** UUID of this event: a nested call has its own. */
  readonly eventId: string;
  /** A nested call has its own. */
  readonly requestId: string;
}

/** An AwsServiceEvent: nobody's request. */
export interface ServiceEvent {
  readonly service: "kms";
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly eventId: string;
  readonly time: Date;
  readonly resources: readonly AuditResource[];
  /** The record's serviceEventDetails. */
  readonly details?: object;
}

/** Makes CloudTrail's records; trail/ implements it and main.ts passes it in. */
export interface Recorder {
  /** The copies of the call's event, one per account concerned; none when nobody selects it. */
  record(facts: CallFacts): readonly AuditEventRecord[];
  /** What the service did by itself: a key rotated or deleted at the end of its window. */
  recordService(event: ServiceEvent): readonly AuditEventRecord[];
}

/** The limits of one gathered block. */
export const BLOCK_EVENTS_MAX = 256;
export const BLOCK_BYTES_MAX = 256 * 1024;
/** Events waiting for a block, per region: beyond it a request is refused, not kept in memory. */
export const WAITING_EVENTS_MAX = 20_000;

/** The audit cannot take this request's events now; the request fails. */
export class AuditUnavailable extends Error {
  override readonly name = "AuditUnavailable";
}

interface Waiting {
  readonly events: readonly AuditEventRecord[];
  readonly done: () => void;
  readonly fail: (error: unknown) => void;
}

export class AuditLog {
  /** What has become durable since the start of this process. */
  readonly counts = { blocks: 0, events: 0 };
  readonly #store: RecordStore;
  readonly #clock: Clock;
  readonly #gatherers = new WeakMap<ProcessSession, Map<string, Gatherer>>();
  /** Places that were taken and could not be filled. */
  readonly #unfilled = new WeakMap<ProcessSession, BlockPlace[]>();

  constructor(store: RecordStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** The place of a unit's own block: taken once, kept by every retry of the unit. */
  place(session: ProcessSession, region: string): BlockPlace {
    const takenAt = this.#clock.now().getTime();
    return { region, session, seq: session.nextAuditSeq(region), takenAt };
  }

  /** Puts the unit's block into its change. */
  write(
    change: Change,
    place: BlockPlace,
    unit: Buffer,
    events: readonly AuditEventRecord[],
  ): void {
    const at = this.#clock.now().getTime();
    change.put(auditSpace, [place.region, place.session.id, place.seq], { unit, at, events });
  }

  /** A block of so many events has become durable. */
  wrote(events: number): void {
    this.counts.blocks += 1;
    this.counts.events += events;
  }

  /** Whether the unit's block is there: after a commit whose outcome is unknown. */
  async wasWritten(place: BlockPlace, unit: Buffer): Promise<boolean> {
    const found = await this.#store.get(auditSpace, place.region, place.session.id, place.seq);
    return found?.value.unit?.equals(unit) ?? false;
  }

  /** Resolves when the events are durable. */
  async append(
    session: ProcessSession,
    region: string,
    events: readonly AuditEventRecord[],
  ): Promise<void> {
    if (events.length === 0) return;
    let regions = this.#gatherers.get(session);
    if (!regions) this.#gatherers.set(session, (regions = new Map()));
    let gatherer = regions.get(region);
    if (!gatherer) {
      gatherer = new Gatherer((batch) => this.#commitBlock(this.place(session, region), batch));
      regions.set(region, gatherer);
    }
    return gatherer.append(events);
  }

  /**
   * Fills the place of a unit that gave up, with the events that it leaves if any: places stay
   * dense, and no later event comes to stand before earlier ones.
   */
  async settle(place: BlockPlace, events: readonly AuditEventRecord[]): Promise<void> {
    if (events.length > 0) return this.#commitBlock(place, events);
    // Nobody waits for an empty block: it is tried again at the end of the session.
    await this.#commitBlock(place, []).catch(() => {});
  }

  /** Fills the places that could not be filled: at the end of a session. */
  async close(session: ProcessSession): Promise<void> {
    const places = this.#unfilled.get(session) ?? [];
    this.#unfilled.delete(session);
    for (const place of places) await this.#commitBlock(place, []);
  }

  async #commitBlock(place: BlockPlace, events: readonly AuditEventRecord[]): Promise<void> {
    const key = [place.region, place.session.id, place.seq] as const;
    // An empty block tells of no later time than its place does: it may be written long after.
    const at = events.length > 0 ? this.#clock.now().getTime() : place.takenAt;
    const change = new Change().put(auditSpace, [...key], { at, events });
    change.purpose = "events";
    for (;;) {
      try {
        const version = await this.#store.commit(change, place.session);
        if (version === undefined) throw new AuditUnavailable("the process session has ended");
        this.wrote(events.length);
        return;
      } catch (error) {
        if (!(error instanceof CommitUnknown)) {
          this.#leaveUnfilled(place);
          throw error;
        }
        if (await this.#store.get(auditSpace, ...key)) return this.wrote(events.length);
      }
    }
  }

  #leaveUnfilled(place: BlockPlace): void {
    const places = this.#unfilled.get(place.session) ?? [];
    places.push(place);
    this.#unfilled.set(place.session, places);
  }
}

/** Where a block stands. */
export interface BlockPlace {
  readonly region: string;
  readonly session: ProcessSession;
  readonly seq: bigint;
  /** By the wall clock. */
  readonly takenAt: number;
}

class Gatherer {
  readonly #commit: (events: readonly AuditEventRecord[]) => Promise<void>;
  #waiting: Waiting[] = [];
  #waitingEvents = 0;
  #busy = false;

  constructor(commit: (events: readonly AuditEventRecord[]) => Promise<void>) {
    this.#commit = commit;
  }

  append(events: readonly AuditEventRecord[]): Promise<void> {
    if (this.#waitingEvents + events.length > WAITING_EVENTS_MAX) {
      return Promise.reject(new AuditUnavailable("too many events wait to be made durable"));
    }
    return new Promise((done, fail) => {
      this.#waiting.push({ events, done, fail });
      this.#waitingEvents += events.length;
      if (!this.#busy) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#busy = true;
    // Requests of the same turn of the event loop share the first block.
    await new Promise((turn) => setImmediate(turn));
    while (this.#waiting.length > 0) {
      const batch = this.#takeBlock();
      try {
        await this.#commit(batch.flatMap(({ events }) => events));
        for (const { done } of batch) done();
      } catch (error) {
        for (const { fail } of batch) fail(error);
      }
    }
    this.#busy = false;
  }

  #takeBlock(): Waiting[] {
    let events = 0;
    let bytes = 0;
    let count = 0;
    for (const next of this.#waiting) {
      const size = next.events.reduce((sum, { json }) => sum + json.length, 0);
      const full = events + next.events.length > BLOCK_EVENTS_MAX || bytes + size > BLOCK_BYTES_MAX;
      if (count > 0 && full) break;
      events += next.events.length;
      bytes += size;
      count += 1;
    }
    this.#waitingEvents -= events;
    return this.#waiting.splice(0, count);
  }
}
