/**
 * Group commit: while one write transaction is synced, commits gather; the next takes them all. So
 * a sync is shared by whoever waits, and a lone caller waits for nobody.
 *
 *     submit → waiting → lmdb's thread has the lock → take, decide, write (this thread) → commit
 *            → fdatasync, meta page (lmdb's thread) → settle
 *
 * The batch is taken when the lock is there, not when it is asked for: what arrives meanwhile joins.
 */
import { type Clock, InvariantError, MINUTE_MS, SECOND_MS } from "../../../base/index.ts";
import { CommitUnknown, StorageError } from "../errors.ts";
import { evaluate, type Outcome, type Verdict } from "../evaluate.ts";
import type { Commit } from "../kv.ts";
import type { Environment } from "./environment.ts";
import { causeOf, writeFailure } from "./write-failure.ts";

/** What one transaction takes at most, so that the event loop is held for few milliseconds. */
const BATCH_OPERATIONS_MAX = 5000;
const BATCH_BYTES_MAX = 8 * 1024 ** 2;
/** Requests are bounded long before: more waiting than this is a fault. */
const WAITING_MAX = 65_536;
/** Another process that is stopped while it holds the lock is killed by the primary before this. */
const LOCK_WAIT_MS_MAX = MINUTE_MS;
const LOCK_LOOK_MS = 5 * SECOND_MS;

interface Pending {
  readonly commit: Commit;
  readonly settle: (version: number | undefined) => void;
  readonly fail: (error: Error) => void;
}

export type WriterEnvironment = Pick<
  Environment,
  | "transaction"
  | "lastVersion"
  | "version"
  | "value"
  | "put"
  | "remove"
  | "putLastVersion"
  | "pageFlushes"
  | "hasFailed"
>;

export interface WriterOptions {
  readonly environment: WriterEnvironment;
  readonly clock: Clock;
  /** The process must end. It may be called many times; commits are refused from the first on. */
  readonly fatal: (error: Error) => void;
  /** A commit took effect. */
  readonly committed: (commit: Commit) => void;
  /** So many bytes of keys and values went into a transaction. */
  readonly wrote: (bytes: number) => void;
  /** A write failed: there may be no room. */
  readonly failed: () => void;
}

export class GroupWriter {
  readonly counts = { commits: 0, refused: 0, failed: 0, syncs: 0 };
  readonly #options: WriterOptions;
  readonly #watch: NodeJS.Timeout;
  #waiting: Pending[] = [];
  #running: Promise<void> | undefined;
  #phase: "idle" | "asking" | "writing" | "committing" = "idle";
  #askedMs = 0;
  #dead: Error | undefined;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#watch = setInterval(() => this.#watchLock(), LOCK_LOOK_MS);
    this.#watch.unref();
    process.on("exit", this.#onExit);
  }

  submit(commit: Commit): Promise<number | undefined> {
    return new Promise((settle, fail) => {
      if (this.#dead) return fail(new StorageError("the store has failed", { cause: this.#dead }));
      if (this.#waiting.length >= WAITING_MAX) {
        return fail(new StorageError("too many commits are waiting"));
      }
      this.#waiting.push({ commit, settle, fail });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when everything submitted has been settled. */
  async close(): Promise<void> {
    await this.#running;
    clearInterval(this.#watch);
    process.off("exit", this.#onExit);
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) await this.#writeBatch();
    this.#running = undefined;
  }

  async #writeBatch(): Promise<void> {
    const { environment, clock } = this.#options;
    const flushes = environment.pageFlushes();
    let batch: readonly Pending[] = [];
    let outcomes: readonly Outcome[] = [];
    let thrown: unknown;
    this.#phase = "asking";
    this.#askedMs = clock.monotonicMs();
    try {
      await environment.transaction(() => {
        this.#phase = "writing";
        batch = this.#take();
        try {
          outcomes = this.#apply(batch);
        } catch (error) {
          thrown = error;
        }
        this.#phase = "committing";
      });
    } catch (rejection) {
      thrown ??= await causeOf(rejection);
    }
    this.#phase = "idle";
    if (thrown === undefined) return this.#settle(batch, outcomes);
    this.#fail(batch, thrown, { written: environment.pageFlushes() !== flushes });
  }

  /** Decides, then writes, within the open transaction. Nothing is written when deciding throws. */
  #apply(batch: readonly Pending[]): readonly Outcome[] {
    const { environment } = this.#options;
    const commits = batch.map(({ commit }) => commit);
    const verdict = evaluate(commits, environment, environment.lastVersion());
    if (!verdict.outcomes.some(isVersion)) return verdict.outcomes;
    try {
      this.#write(verdict);
    } catch (error) {
      // LMDB marks a transaction as failed when a write fails: else this is a bug of ours. Half a
      // batch must not become durable, as it would when this callback returns.
      if (!environment.hasFailed()) killThisProcess();
      throw error;
    }
    return verdict.outcomes;
  }

  #write({ changes, lastVersion }: Verdict): void {
    const { environment, wrote } = this.#options;
    let bytes = 0;
    for (const { key, value, version } of changes) {
      if (value === undefined) environment.remove(key);
      else environment.put(key, value, version);
      bytes += key.length + (value?.length ?? 0);
    }
    environment.putLastVersion(lastVersion);
    wrote(bytes);
  }

  #take(): Pending[] {
    let operations = 0;
    let bytes = 0;
    let count = 0;
    for (const { commit } of this.#waiting) {
      const { checks, puts, deletes, adds } = commit;
      operations += checks.length + puts.length + deletes.length + adds.length;
      for (const { value } of puts) bytes += value.length;
      if (count > 0 && (operations > BATCH_OPERATIONS_MAX || bytes > BATCH_BYTES_MAX)) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  #settle(batch: readonly Pending[], outcomes: readonly Outcome[]): void {
    const before = this.counts.commits;
    for (const [index, { commit, settle, fail }] of batch.entries()) {
      const outcome = outcomes[index];
      if (outcome instanceof Error) {
        this.counts.failed++;
        fail(outcome);
      } else if (outcome === undefined) {
        this.counts.refused++;
        settle(undefined);
      } else {
        this.counts.commits++;
        this.#options.committed(commit);
        settle(outcome);
      }
    }
    if (this.counts.commits > before) this.counts.syncs++;
  }

  #fail(batch: readonly Pending[], cause: unknown, { written }: { written: boolean }): void {
    this.counts.failed += batch.length;
    const { error, fatal } = writeFailure(cause, { written });
    if (fatal) {
      this.#die(error);
      for (const { fail } of batch) fail(new CommitUnknown({ cause: error }));
      return;
    }
    for (const { fail } of batch) fail(cause instanceof InvariantError ? cause : error);
    this.#options.failed();
  }

  #die(error: Error): void {
    this.#dead ??= error;
    for (const { fail } of this.#waiting.splice(0)) fail(error);
    this.#options.fatal(error);
  }

  /** lmdb-js never settles a transaction that could not begin, and a lock may never come. */
  #watchLock(): void {
    if (this.#phase !== "asking" || this.#dead) return;
    const waitedMs = this.#options.clock.monotonicMs() - this.#askedMs;
    if (waitedMs > LOCK_WAIT_MS_MAX) this.#die(new StorageError("the write lock did not come"));
  }

  /**
   * Node waits at its exit for lmdb's thread, and that thread for our callback, which does not come
   * any more: for ever, and with the lock that all processes need. A transaction that is being
   * committed ends by itself.
   */
  readonly #onExit = () => {
    if (this.#phase === "asking" || this.#phase === "writing") killThisProcess();
  };
}

function isVersion(outcome: Outcome): boolean {
  return typeof outcome === "number";
}

function killThisProcess(): void {
  process.kill(process.pid, "SIGKILL");
}
