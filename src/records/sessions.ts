/**
 * The process sessions of one process: the live one, under which requests begin, and earlier ones,
 * each of which ends when the last request that began under it has ended. A process whose session
 * was taken away by the collector can commit nothing any more, and ends itself.
 */
import { type Clock, HOUR_MS, type Log } from "../base/index.ts";
import { CommitUnknown, StorageError } from "../storage/index.ts";
import type { Deployment } from "./bootstrap.ts";
import { Change } from "./change.ts";
import type { ProcessSession } from "./session.ts";
import { beatSpace, epochSpace, fencedSpace, gcEpochSpace, sessionSpace } from "./spaces/system.ts";
import type { RecordStore } from "./store.ts";

/** How often a live process says so. */
export const BEAT_MS = 5_000;
/** A process session is replaced by a new one after this long, so that it can be swept. */
export const SESSION_LIFE_MS = HOUR_MS;

export interface SessionsOptions {
  readonly deployment: Deployment;
  readonly clock: Clock;
  readonly log: Log;
  readonly pid: number;
  readonly host: string;
  /** The process must end: its session was taken away. */
  readonly fatal: (error: Error) => void;
  /** Before a session's record is removed: what must still be written under it. */
  readonly beforeEnd?: (session: ProcessSession) => Promise<void>;
}

interface Live {
  readonly session: ProcessSession;
  readonly startedMs: number;
  requests: number;
  count: number;
}

export class Sessions {
  readonly #options: SessionsOptions;
  readonly #store: RecordStore;
  /** Requests under way, by the gc-epoch in which they began. */
  readonly #begun = new Map<number, number>();
  #gcEpoch = 0;
  #current: Live;
  readonly #earlier = new Set<Live>();
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> = Promise.resolve();

  private constructor(options: SessionsOptions, current: Live) {
    this.#options = options;
    this.#store = options.deployment.store;
    this.#current = current;
  }

  /** Begins the first session; its record and its beat are durable when this resolves. */
  static async start(options: SessionsOptions): Promise<Sessions> {
    const sessions = new Sessions(options, await begin(options));
    await sessions.beat();
    sessions.#timer = setInterval(() => {
      sessions.#beating = sessions.#beating.then(() => sessions.#beatOrDie());
    }, BEAT_MS);
    sessions.#timer.unref();
    return sessions;
  }

  /** The session for a request that begins now, held until `release`. */
  acquire(): { readonly session: ProcessSession; release(): void } {
    const live = this.#current;
    const gcEpoch = this.#gcEpoch;
    live.requests += 1;
    this.#begun.set(gcEpoch, (this.#begun.get(gcEpoch) ?? 0) + 1);
    let held = true;
    return {
      session: live.session,
      release: () => {
        if (!held) return;
        held = false;
        live.requests -= 1;
        const left = (this.#begun.get(gcEpoch) ?? 1) - 1;
        if (left === 0) this.#begun.delete(gcEpoch);
        else this.#begun.set(gcEpoch, left);
      },
    };
  }

  get current(): ProcessSession {
    return this.#current.session;
  }

  /** Says that this process lives, and what it has left behind. Rejects when it was fenced. */
  async beat(): Promise<void> {
    const gcEpoch = await this.#store.get(gcEpochSpace, "current");
    const epoch = await this.#store.get(epochSpace, "current");
    this.#gcEpoch = gcEpoch?.value.gcEpoch ?? 0;
    // While a change is under way secrets of the epoch before are still to be opened.
    if (epoch && !epoch.value.retiring)
      this.#options.deployment.keyring.forgetBefore(epoch.value.epoch);
    const published = Math.min(this.#gcEpoch, ...this.#begun.keys());
    for (const live of [this.#current, ...this.#earlier]) {
      live.count += 1;
      const change = new Change().put(beatSpace, [live.session.id], {
        count: live.count,
        gcEpoch: published,
        storeKeyEpoch: epoch?.value.epoch ?? 0,
      });
      change.purpose = "upkeep";
      const version = await this.#store.commit(change, live.session);
      if (version === undefined)
        throw new Error("this process was taken for dead by the collector");
    }
    await this.#rotate();
  }

  /** Ends all sessions: after the last request. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#beating;
    for (const live of [...this.#earlier, this.#current]) await this.#end(live);
    this.#earlier.clear();
  }

  async #beatOrDie(): Promise<void> {
    try {
      await this.beat();
    } catch (error) {
      if (error instanceof StorageError || error instanceof CommitUnknown) {
        // It still answers what it can, and beats again when the disk lets it.
        this.#options.log.error({ err: error }, "this process cannot say that it lives");
        return;
      }
      this.#options.fatal(error instanceof Error ? error : new Error(String(error)));
    }
  }

  async #rotate(): Promise<void> {
    const ageMs = this.#options.clock.monotonicMs() - this.#current.startedMs;
    if (ageMs > SESSION_LIFE_MS) {
      const next = await begin(this.#options);
      this.#earlier.add(this.#current);
      this.#current = next;
    }
    for (const live of this.#earlier) {
      if (live.requests > 0) continue;
      await this.#end(live);
      this.#earlier.delete(live);
    }
  }

  /** What failed requests left behind is swept as that of a dead process is. */
  async #end({ session }: Live): Promise<void> {
    await this.#options.beforeEnd?.(session);
    const fencedAt = this.#options.clock.now().getTime();
    const change = new Change()
      .delete(sessionSpace, session.id)
      .delete(beatSpace, session.id)
      .put(fencedSpace, [session.id], { fencedAt, sweeps: 0 });
    change.purpose = "upkeep";
    const version = await this.#store.commit(change, session);
    if (version === undefined) {
      this.#options.log.warn({ session: session.name }, "a process session had ended already");
    }
  }
}

async function begin({ deployment, clock, pid, host }: SessionsOptions): Promise<Live> {
  const session = await deployment.beginSession({ pid, host });
  return { session, startedMs: clock.monotonicMs(), requests: 0, count: 0 };
}
