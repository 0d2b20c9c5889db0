/** The metrics of all workers as one text: whichever worker is asked, the answer is the same. */
import type { Worker } from "node:cluster";
import { SECOND_MS } from "../base/index.ts";
import { type MetricsSnapshot, textOfAll } from "../server/index.ts";
import type { ToPrimary } from "./messages.ts";
import { tell } from "./supervisor.ts";

const SNAPSHOT_MS_MAX = 2 * SECOND_MS;

/** In the primary: answers the workers' questions. */
export function gatherMetrics(asking: Worker, workers: () => readonly Worker[]): void {
  asking.on("message", (message: ToPrimary) => {
    if (message.type !== "metrics") return;
    const { id } = message;
    void Promise.all(workers().map((worker) => snapshotOf(worker)))
      .then((snapshots) => textOfAll(snapshots.filter((snapshot) => snapshot !== undefined)))
      .then((text) => tell(asking, { type: "metrics", id, text }));
  });
}

let lastId = 0;

/** Undefined when the worker is too busy, or ends: its counts are missing from this answer. */
function snapshotOf(worker: Worker): Promise<MetricsSnapshot | undefined> {
  lastId += 1;
  const id = lastId;
  const { promise, resolve } = Promise.withResolvers<MetricsSnapshot | undefined>();
  const hear = (message: ToPrimary) => {
    if (message.type === "snapshot" && message.id === id) resolve(message.snapshot);
  };
  const late = setTimeout(() => resolve(undefined), SNAPSHOT_MS_MAX);
  worker.on("message", hear);
  tell(worker, { type: "snapshot", id });
  return promise.finally(() => {
    clearTimeout(late);
    worker.off("message", hear);
  });
}
