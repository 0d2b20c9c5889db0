/**
 * The clock of destructive deadlines: key deletion, retention, pruning. It never runs faster than
 * time has certainly passed: with the monotonic clock while a process runs, and by the downtime, at
 * most a day, when one starts. A wall clock that was set ahead by more destroys nothing: the jobs
 * wait until an operator says that the time is right.
 */
import { type Clock, DAY_MS, MINUTE_MS } from "../base/index.ts";
import { Change } from "./change.ts";
import { commitJob, type JobContext } from "./job.ts";
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
  #persistedMs = Number.NEGATIVE_INFINITY;

  private constructor(clock: Clock, reached: number, { suspect }: { suspect: boolean }) {
    this.#clock = clock;
    this.#reached = reached;
    this.#sinceMs = clock.monotonicMs();
    this.suspect = suspect;
  }

  /** Where the deployment's time stands now, by the mark of whoever ran last. */
  static async read(store: RecordStore, clock: Clock): Promise<DeploymentClock> {
    const found = await store.get(clockSpace, "deployment");
    const wall = clock.now().getTime();
    if (!found) return new DeploymentClock(clock, wall, { suspect: false });
    const { reached, wall: wallThen, suspect } = found.value;
    const downtime = Math.max(0, wall - wallThen);
    const jumped = downtime > DOWNTIME_MS_MAX;
    const believed = Math.min(downtime, DOWNTIME_MS_MAX);
    return new DeploymentClock(clock, reached + believed, { suspect: suspect || jumped });
  }

  now(): Date {
    return new Date(this.#reached + this.monotonicMs() - this.#sinceMs);
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs();
  }

  /** Writes the mark, now and then. Throws LeaseLost. */
  async persist(context: JobContext): Promise<void> {
    const nowMs = this.monotonicMs();
    if (nowMs - this.#persistedMs < PERSIST_MS) return;
    await writeMark(context, {
      reached: this.now().getTime(),
      wall: this.#clock.now().getTime(),
      suspect: this.suspect,
    });
    this.#persistedMs = nowMs;
  }

  /** The operator says that the wall clock is right: the deployment's time catches up with it. */
  static async accept(context: JobContext): Promise<void> {
    const wall = context.clock.now().getTime();
    await writeMark(context, { reached: wall, wall, suspect: false });
  }
}

async function writeMark(context: JobContext, mark: ClockRecord): Promise<void> {
  const found = await context.store.get(clockSpace, "deployment");
  const change = new Change().put(clockSpace, ["deployment"], mark);
  if (found) change.expect(found);
  else change.expectAbsent(clockSpace, "deployment");
  await commitJob(context, change);
}
