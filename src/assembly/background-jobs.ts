/**
 * The work that nobody asks for: collecting garbage, rotating keys that are due, destroying those
 * whose window has ended, and the change of epoch that makes destruction real. One process of the
 * deployment does it at a time, under a lease.
 */
import { type Clock, type Log, SECOND_MS } from "../base/index.ts";
import {
  Collector,
  DeploymentClock,
  type JobContext,
  Lease,
  LeaseLost,
  type ProcessSession,
  type Sessions,
} from "../records/index.ts";

/** How often a pass begins. */
const PASS_MS = 5 * SECOND_MS;
const LEASE_MS = 30 * SECOND_MS;

/** One kind of work; a pass does what there is to do now. Throws LeaseLost. */
export interface Job {
  readonly name: string;
  /** Waits while the deployment's clock is suspect. */
  readonly destructive: boolean;
  readonly run: (context: JobContext) => Promise<void>;
}

export interface JobsOptions {
  readonly context: Omit<JobContext, "lease" | "session">;
  readonly sessions: Pick<Sessions, "acquire" | "current">;
  /** Deadlines of destructive jobs are told by the deployment's clock, which they are given. */
  readonly jobs: readonly Job[];
  readonly clock: Clock;
  readonly log: Log;
  readonly passMs?: number;
}

export class BackgroundJobs {
  readonly #context: JobContext;
  readonly #collector: Collector;
  readonly #options: JobsOptions;
  readonly #timer: NodeJS.Timeout;
  #pass: Promise<void> = Promise.resolve();
  #idle = true;
  /** During a pass: one pass writes under one process session. */
  #session: ProcessSession | undefined;
  /** While this process holds the lease. */
  #time: DeploymentClock | undefined;

  constructor(options: JobsOptions) {
    const { context, sessions, clock, passMs = PASS_MS } = options;
    const { store } = context;
    const session = () => this.#session ?? sessions.current;
    const lease = new Lease({ store, session, clock, job: "background", lifeMs: LEASE_MS });
    this.#options = options;
    this.#context = { ...context, session, lease };
    this.#collector = new Collector(this.#context);
    this.#timer = setInterval(() => {
      if (this.#idle) this.#pass = this.#runPass();
    }, passMs);
    this.#timer.unref();
  }

  /** Waits for the pass under way and gives the lease up. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#pass;
    await this.#context.lease.release();
  }

  async #runPass(): Promise<void> {
    this.#idle = false;
    const held = this.#options.sessions.acquire();
    this.#session = held.session;
    try {
      if (!(await this.#context.lease.renew())) {
        this.#time = undefined;
        return;
      }
      const { store, clock } = this.#context;
      let time = this.#time ?? (await DeploymentClock.read(store, clock));
      if (!(await time.persist(this.#context))) time = await DeploymentClock.read(store, clock);
      this.#time = time;
      await this.#runJob({
        name: "collector",
        destructive: false,
        run: () => this.#collector.pass(),
      });
      for (const job of this.#options.jobs) {
        if (!job.destructive || !time.suspect) await this.#runJob(job);
      }
    } catch (error) {
      if (!(error instanceof LeaseLost)) {
        this.#options.log.error({ err: error }, "the background jobs could not run");
      }
    } finally {
      this.#session = undefined;
      held.release();
      this.#idle = true;
    }
  }

  /** One job's failure is logged and tried again in the next pass; the others still run. */
  async #runJob({ name, destructive, run }: Job): Promise<void> {
    const clock = destructive && this.#time ? this.#time : this.#context.clock;
    try {
      await run({ ...this.#context, clock });
    } catch (error) {
      if (error instanceof LeaseLost) throw error;
      this.#options.log.error({ err: error, job: name }, "a background job failed");
    }
  }
}
