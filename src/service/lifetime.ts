import type { Log } from "../base/index.ts";
import type { ProcessSession } from "../records/index.ts";

/** What a request holds from its first run to the end of its reply. */
export class Lifetime {
  readonly session: ProcessSession;
  /** Outputs of nested calls, by what was asked: a run that asks again gets the same. */
  readonly memo = new Map<string, unknown>();
  readonly #log: Log;
  readonly #releases: (() => void | Promise<void>)[] = [];
  readonly #cleanUps: (() => void | Promise<void>)[] = [];
  #ended = false;

  constructor(session: ProcessSession, log: Log) {
    this.session = session;
    this.#log = log;
  }

  /** Last come, first released. */
  defer(release: () => void | Promise<void>): void {
    this.#releases.push(release);
  }

  /** For when the request has failed and wrote nothing. */
  abandon(cleanUp: () => void | Promise<void>): void {
    this.#cleanUps.push(cleanUp);
  }

  /** The request failed; `wroteNothing` unless a commit's outcome is unknown. Never throws. */
  async fail({ wroteNothing }: { readonly wroteNothing: boolean }): Promise<void> {
    if (wroteNothing) await this.#runAll(this.#cleanUps);
    await this.end();
  }

  /** Never throws: what fails to be released is logged. Ends once. */
  async end(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.#runAll(this.#releases);
  }

  async #runAll(works: readonly (() => void | Promise<void>)[]): Promise<void> {
    for (const work of works.toReversed()) {
      try {
        await work();
      } catch (error) {
        this.#log.error({ err: error }, "a request could not release what it held");
      }
    }
  }
}
