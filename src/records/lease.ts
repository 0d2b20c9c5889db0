/**
 * Who runs the background jobs of a deployment: one process at a time. A lease is a record that its
 * holder renews; one that stood still for its life, by the clock of whoever watches, may be taken.
 * No wall clock is compared with another.
 */
import type { Clock } from "../base/index.ts";
import { Change, type Found } from "./change.ts";
import type { ProcessSession } from "./session.ts";
import { type LeaseRecord, leaseSpace } from "./spaces/system.ts";
import type { RecordStore } from "./store.ts";

interface Options {
  readonly store: RecordStore;
  readonly session: () => ProcessSession;
  readonly clock: Clock;
  readonly job: string;
  readonly lifeMs: number;
}

export class Lease {
  readonly #options: Options;
  #seen: { readonly text: string; readonly sinceMs: number } | undefined;
  #held: Found<LeaseRecord> | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Takes or renews the lease; whether this process holds it now. */
  async renew(): Promise<boolean> {
    const { store, session, job, lifeMs } = this.#options;
    const found = await store.get(leaseSpace, job);
    const holder = session().name;
    if (found && found.value.holder !== holder && !this.#stoodStill(found.value)) {
      this.#held = undefined;
      return false;
    }
    const value = { holder, count: (found?.value.count ?? 0) + 1, lifeMs };
    const change = new Change().put(leaseSpace, [job], value);
    if (found) change.expect(found);
    else change.expectAbsent(leaseSpace, job);
    change.purpose = "upkeep";
    const version = await store.commit(change, session());
    this.#held = version === undefined ? undefined : { key: leaseSpace.key(job), version, value };
    return this.#held !== undefined;
  }

  /** Gives the lease up, so that another process need not wait for it. */
  async release(): Promise<void> {
    const held = this.#held;
    this.#held = undefined;
    if (!held) return;
    const change = new Change().expect(held).remove(held);
    change.purpose = "upkeep";
    await this.#options.store.commit(change, this.#options.session());
  }

  /** Makes a job's commit depend on the lease: without it nothing is written. */
  protect(change: Change): Change {
    if (!this.#held) throw new LeaseLost();
    return change.expect(this.#held);
  }

  #stoodStill({ holder, count, lifeMs }: LeaseRecord): boolean {
    const text = `${holder} ${count}`;
    const now = this.#options.clock.monotonicMs();
    if (this.#seen?.text !== text) this.#seen = { text, sinceMs: now };
    return now - this.#seen.sinceMs >= lifeMs;
  }
}

/** The job's lease has gone to another process: it stops where it is. */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost";

  constructor() {
    super("the lease of this job is held by another process");
  }
}
