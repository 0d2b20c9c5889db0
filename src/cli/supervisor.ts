/**
 * Keeps the workers of a deployment running: starts them, starts anew those that end, and kills
 * those that no longer beat. A silent worker is more than a lost worker: its snapshot keeps the
 * store from reusing pages, and it may hold the write lock.
 */
import type { Worker } from "node:cluster";
import { type Log, SECOND_MS } from "../base/index.ts";
import type { Ports, ToPrimary, ToWorker } from "./messages.ts";

export interface SupervisorOptions {
  readonly workers: number;
  /** The same for all workers, and none of them 0. */
  readonly ports: Ports;
  readonly fork: () => Worker;
  /** A worker is gone, and with it what it held. */
  readonly ended: () => void;
  readonly log: Log;
  /** For tests. */
  readonly lookMs?: number;
}

interface Child {
  readonly worker: Worker;
  ready: boolean;
  /** Looks since it was started, and since it last beat. */
  looks: number;
  silentLooks: number;
}

const LOOK_MS = SECOND_MS;
/** Counted in looks and not in time: a primary that slept itself judges nobody by it. */
const SILENT_LOOKS_MAX = 10;
/** A worker that lived for so many looks did not die at once. */
const SETTLED_LOOKS = 10;
const STILLBIRTHS_MAX = 5;
const RESTART_MS_MIN = 100;
const RESTART_MS_MAX = 10 * SECOND_MS;

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #children = new Map<number, Child>();
  readonly #ended = Promise.withResolvers<string>();
  readonly #timer: NodeJS.Timeout;
  readonly #restarts = new Set<NodeJS.Timeout>();
  readonly #first = Promise.withResolvers<void>();
  #draining = false;
  #stillbirths = 0;
  #quickDeaths = 0;
  #allGone: (() => void) | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#look(), options.lookMs ?? LOOK_MS);
  }

  /** The sentence with which it gave up, should that ever happen. */
  get ended(): Promise<string> {
    return this.#ended.promise;
  }

  get ready(): Worker[] {
    return [...this.#children.values()].filter(({ ready }) => ready).map(({ worker }) => worker);
  }

  /** Starts one worker, and once it listens the others on the same ports. */
  async start(): Promise<undefined> {
    this.#fork();
    await this.#first.promise;
    for (let count = 1; count < this.#options.workers; count += 1) this.#fork();
    return undefined;
  }

  /** Ends our own child; somebody else's process is left alone. */
  kill(pid: number): boolean {
    const child = [...this.#children.values()].find(({ worker }) => worker.process.pid === pid);
    child?.worker.process.kill("SIGKILL");
    return child !== undefined;
  }

  /** Asks all workers to finish; kills after `limitMs` those that have not. */
  async drain(limitMs: number): Promise<void> {
    this.#draining = true;
    clearInterval(this.#timer);
    for (const restart of this.#restarts) clearTimeout(restart);
    if (this.#children.size === 0) return;
    const gone = Promise.withResolvers<void>();
    this.#allGone = gone.resolve;
    for (const { worker } of this.#children.values()) tell(worker, { type: "drain" });
    const late = setTimeout(() => {
      for (const { worker } of this.#children.values()) worker.process.kill("SIGKILL");
    }, limitMs);
    await gone.promise;
    clearTimeout(late);
  }

  #fork(): void {
    const worker = this.#options.fork();
    const child: Child = { worker, ready: false, looks: 0, silentLooks: 0 };
    this.#children.set(worker.id, child);
    worker.on("message", (message: ToPrimary) => this.#heard(child, message));
    worker.on("exit", (code, signal) => this.#exited(child, signal ?? code));
    worker.on("error", (error) => this.#options.log.warn({ error }, "worker not reached"));
  }

  #heard(child: Child, message: ToPrimary): void {
    if (message.type === "beat") child.silentLooks = 0;
    // Not before: what reaches a process that does not listen yet is lost.
    if (message.type === "hello") this.#greeted(child);
    if (message.type === "ready") {
      child.ready = true;
      this.#stillbirths = 0;
      this.#first.resolve();
    }
    if (message.type === "refused") {
      this.#options.log.error({ worker: child.worker.id }, message.sentence);
      if (!this.#draining) this.#ended.resolve(message.sentence);
    }
  }

  /** A worker that listens only now, and missed that all were told to finish, holds nothing yet. */
  #greeted({ worker }: Child): void {
    if (this.#draining) worker.process.kill("SIGKILL");
    else tell(worker, { type: "start", ports: this.#options.ports });
  }

  #exited({ worker, ready, looks }: Child, reason: string | number): void {
    this.#children.delete(worker.id);
    this.#options.ended();
    if (this.#draining) {
      if (this.#children.size === 0) this.#allGone?.();
      return;
    }
    this.#options.log.warn({ worker: worker.id, pid: worker.process.pid, reason }, "worker ended");
    this.#stillbirths = ready ? 0 : this.#stillbirths + 1;
    this.#quickDeaths = looks < SETTLED_LOOKS ? this.#quickDeaths + 1 : 0;
    if (this.#stillbirths >= STILLBIRTHS_MAX) {
      this.#ended.resolve("workers end as soon as they start: the log lines above say why");
      return;
    }
    const restart = setTimeout(() => {
      this.#restarts.delete(restart);
      this.#fork();
    }, restartMs(this.#quickDeaths));
    this.#restarts.add(restart);
  }

  #look(): void {
    for (const child of this.#children.values()) {
      child.looks += 1;
      child.silentLooks += 1;
      if (child.silentLooks < SILENT_LOOKS_MAX) continue;
      const { worker } = child;
      this.#options.log.error(
        { worker: worker.id, pid: worker.process.pid },
        "worker is silent: killed",
      );
      worker.process.kill("SIGKILL");
    }
  }
}

/** The first one at once; each quick death doubles the wait. */
function restartMs(quickDeaths: number): number {
  if (quickDeaths <= 1) return RESTART_MS_MIN;
  return Math.min(RESTART_MS_MAX, RESTART_MS_MIN * 2 ** (quickDeaths - 1));
}

/** A worker that is just ending cannot be told; its exit is seen anyway. */
export function tell(worker: Worker, message: ToWorker): void {
  if (worker.isConnected()) worker.send(message, () => {});
}
