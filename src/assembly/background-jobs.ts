/**
 * The work that nobody asks for: collecting garbage, rotating keys that are due, destroying those
 * whose window has ended, and the change of epoch that makes destruction real. One process of the
 * deployment does it at a time, under a lease.
 */
import { type Clock, type Log, SECOND_MS } from "../base/index.ts";
import { Collector, type JobContext, Lease, LeaseLost } from "../records/index.ts";

/** How often a pass begins. */
const PASS_MS = 5 * SECOND_MS;
const LEASE_MS = 30 * SECOND_MS;

/** One kind of work; a pass does what there is to do now. Throws LeaseLost. */
export type Job = (context: JobContext) => Promise<void>;

export interface JobsOptions {
  readonly context: Omit<JobContext, "lease">;
  readonly jobs: readonly { readonly name: string; readonly run: Job }[];
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

  constructor(options: JobsOptions) {
    const { context, clock, passMs = PASS_MS } = options;
    const { store, session } = context;
    const lease = new Lease({ store, session, clock, job: "background", lifeMs: LEASE_MS });
    this.#options = options;
    this.#context = { ...context, lease };
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
    try {
      if (!(await this.#context.lease.renew())) return;
      const collect = { name: "collector", run: () => this.#collector.pass() };
      for (const job of [collect, ...this.#options.jobs]) await this.#runJob(job);
    } catch (error) {
      if (!(error instanceof LeaseLost)) {
        this.#options.log.error({ err: error }, "the background jobs could not run");
      }
    } finally {
      this.#idle = true;
    }
  }

  /** One job's failure is logged and tried again in the next pass; the others still run. */
  async #runJob({ name, run }: { readonly name: string; readonly run: Job }): Promise<void> {
    try {
      await run(this.#context);
    } catch (error) {
      if (error instanceof LeaseLost) throw error;
      this.#options.log.error({ err: error, job: name }, "a background job failed");
    }
  }
}
