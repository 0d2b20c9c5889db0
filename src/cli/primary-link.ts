/** A worker's side of the line to its primary. */
import { SECOND_MS } from "../base/index.ts";
import type { Metrics } from "../server/index.ts";
import { BEAT_MS, type Ports, type ToPrimary, type ToWorker } from "./messages.ts";

const METRICS_MS_MAX = 5 * SECOND_MS;

export class PrimaryLink {
  readonly started: Promise<Ports>;
  readonly drained: Promise<void>;
  readonly #metrics: Metrics;
  readonly #questions = new Map<number, (text: string) => void>();
  #lastId = 0;

  /** Beats from here on, so that a worker whose event loop stands still is noticed. */
  constructor(metrics: Metrics) {
    this.#metrics = metrics;
    const started = Promise.withResolvers<Ports>();
    const drained = Promise.withResolvers<void>();
    this.started = started.promise;
    this.drained = drained.promise;
    process.on("message", (message: ToWorker) => {
      if (message.type === "start") started.resolve(message.ports);
      if (message.type === "drain") drained.resolve();
      if (message.type === "snapshot") this.#sendSnapshot(message.id);
      if (message.type === "metrics") this.#questions.get(message.id)?.(message.text);
    });
    // A terminal signals the whole group; it is the primary that decides. Alone, we drain.
    process.on("SIGINT", () => {});
    process.on("SIGTERM", () => drained.resolve());
    this.tell({ type: "hello" });
    setInterval(() => this.tell({ type: "beat" }), BEAT_MS);
  }

  tell(message: ToPrimary): void {
    if (process.connected) process.send?.(message, undefined, {}, () => {});
  }

  /** The last word: resolves when it is on its way. */
  async tellAndWait(message: ToPrimary): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (!process.connected || !process.send) return;
    process.send(message, undefined, {}, () => resolve());
    await promise;
  }

  /** The metrics of all workers; those of this one alone should the primary not answer. */
  async metricsText(): Promise<string> {
    this.#lastId += 1;
    const id = this.#lastId;
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    const late = setTimeout(() => resolve(undefined), METRICS_MS_MAX);
    this.#questions.set(id, resolve);
    this.tell({ type: "metrics", id });
    const text = await promise;
    clearTimeout(late);
    this.#questions.delete(id);
    return text ?? (await this.#metrics.text());
  }

  #sendSnapshot(id: number): void {
    void this.#metrics.snapshot().then((snapshot) => this.tell({ type: "snapshot", id, snapshot }));
  }
}
