/** Whether this process can serve: named checks that other houses add. */
import { type Clock, SECOND_MS } from "../base/index.ts";

/** Answers nothing when all is well, else a sentence without secrets: anyone may read it. */
export type HealthCheck = () => Promise<string | undefined> | string | undefined;

export interface HealthReport {
  readonly ready: boolean;
  /** By name of check, in order of registration. */
  readonly checks: ReadonlyMap<string, string>;
}

const CHECK_MS_MAX = 2 * SECOND_MS;
/** Whoever asks more often is given the answer of a moment ago. */
const FRESH_MS = 500;

export class Health {
  readonly #clock: Clock;
  readonly #checks = new Map<string, HealthCheck>();
  readonly #warnings = new Map<string, HealthCheck>();
  #latest: { readonly atMs: number; readonly report: Promise<HealthReport> } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What stands in the way of serving. A later check of the same name replaces the earlier. */
  check(name: string, check: HealthCheck): void {
    this.#checks.set(name, check);
    this.#latest = undefined;
  }

  /** What an operator should see to, while requests are still served. */
  warning(name: string, check: HealthCheck): void {
    this.#warnings.set(name, check);
    this.#latest = undefined;
  }

  report(): Promise<HealthReport> {
    const nowMs = this.#clock.monotonicMs();
    if (this.#latest && nowMs - this.#latest.atMs < FRESH_MS) return this.#latest.report;
    const report = this.#run();
    this.#latest = { atMs: nowMs, report };
    return report;
  }

  async #run(): Promise<HealthReport> {
    const problems = await outcomes(this.#checks);
    const warnings = await outcomes(this.#warnings);
    return {
      ready: problems.every(([, problem]) => problem === undefined),
      checks: new Map([
        ...problems.map(([name, problem]) => [name, problem ?? "ok"] as const),
        ...warnings.map(([name, told]) => [name, told ? `warning: ${told}` : "ok"] as const),
      ]),
    };
  }
}

function outcomes(checks: ReadonlyMap<string, HealthCheck>) {
  return Promise.all(
    [...checks].map(async ([name, check]) => [name, await outcome(check)] as const),
  );
}

/** What a check throws may hold anything, so it is not shown. */
async function outcome(check: HealthCheck): Promise<string | undefined> {
  const timer = Promise.withResolvers<string>();
  const late = setTimeout(() => timer.resolve("no answer in time"), CHECK_MS_MAX);
  try {
    return await Promise.race([check(), timer.promise]);
  } catch {
    return "the check failed";
  } finally {
    clearTimeout(late);
  }
}
