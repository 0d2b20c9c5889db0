/**
 * The clock of destructive deadlines: key deletion, retention, pruning. It never runs faster than
 * time has certainly passed: with the monotonic clock while a process runs, and by the downtime, at
 * most a day, when one starts. A wall clock that was set ahead by more destroys nothing: the jobs
 * wait until an operator says that the time is right.
 */
import { type Clock, DAY_MS, MINUTE_MS } from "../base/index.ts";
import type { Version } from "../storage/index.ts";
import { Change, type Found } from "./change.ts";
import { commitJob, type JobContext } from "./job.ts";
import type { ProcessSession } from "./session.ts";
import { type ClockRecord, clockSpace } from "./spaces/system.ts";
import type { RecordStore } from "./store.ts";

/** How much downtime is believed without asking. */
export const DOWNTIME_MS_MAX = DAY_MS;
/** How often the mark is written. */
const PERSIST_MS = MINUTE_MS;

export class DeploymentClock implements Clock {
  readonly #clock: Clock;
  readonly #reached: number;
  readonly #sinceMs: number;
  /** The wall clock ran ahead: destructive jobs wait. */
  readonly suspect: boolean;
  /** Of the mark as this clock read or wrote it last; 0 while there is none. */
  #mark: Version;
  #persistedMs = Number.NEGATIVE_INFINITY;

  private constructor(clock: Clock, mark: Version, state: { reached: number; suspect: boolean }) {
    this.#clock = clock;
    this.#reached = state.reached;
    this.#sinceMs = clock.monotonicMs();
    this.suspect = state.suspect;
    this.#mark = mark;
  }

  /** Where the deployment's time stands now, by the mark of whoever ran last. */
  static async read(store: RecordStore, clock: Clock): Promise<DeploymentClock> {
    const found = await store.get(clockSpace, "deployment");
    const wall = clock.now().getTime();
    if (!found) return new DeploymentClock(clock, 0n, { reached: wall, suspect: false });
    const { reached, wall: wallThen, suspect } = found.value;
    const downtime = Math.max(0, wall - wallThen);
    const jumped = downtime > DOWNTIME_MS_MAX;
    const believed = Math.min(downtime, DOWNTIME_MS_MAX);
    const state = { reached: reached + believed, suspect: suspect || jumped };
    return new DeploymentClock(clock, found.version, state);
  }

  /** Whether destructive jobs wait, as whoever runs them has written it: for any process to tell. */
  static async isSuspect(store: RecordStore): Promise<boolean> {
    return (await store.get(clockSpace, "deployment"))?.value.suspect ?? false;
  }

  now(): Date {
    return new Date(this.#reached + this.monotonicMs() - this.#sinceMs);
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs();
  }

  /**
   * Writes the mark, now and then. False: somebody else wrote it, an operator who accepted the wall
   * clock or another process, and this clock is to be read anew. Throws LeaseLost.
   */
  async persist(context: JobContext): Promise<boolean> {
    const found = await context.store.get(clockSpace, "deployment");
    if ((found?.version ?? 0n) !== this.#mark) return false;
    const nowMs = this.monotonicMs();
    if (nowMs - this.#persistedMs < PERSIST_MS) return true;
    const change = markChange(found, {
      reached: this.now().getTime(),
      wall: this.#clock.now().getTime(),
      suspect: this.suspect,
    });
    if (!(await commitJob(context, change))) return false;
    this.#mark = (await context.store.get(clockSpace, "deployment"))?.version ?? 0n;
    this.#persistedMs = nowMs;
    return true;
  }

  /** The operator says that the wall clock is right: the deployment's time catches up with it. */
  static async accept(store: RecordStore, session: ProcessSession, clock: Clock): Promise<Date> {
    const wall = clock.now().getTime();
    for (;;) {
      const found = await store.get(clockSpace, "deployment");
      const change = markChange(found, { reached: wall, wall, suspect: false });
      change.purpose = "upkeep";
      if ((await store.commit(change, session)) !== undefined) return new Date(wall);
    }
  }
}

function markChange(found: Found<ClockRecord> | undefined, mark: ClockRecord): Change {
  const change = new Change().put(clockSpace, ["deployment"], mark);
  return found ? change.expect(found) : change.expectAbsent(clockSpace, "deployment");
}
