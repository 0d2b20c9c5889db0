/** What the primary and its workers tell each other. */
import type { MetricsSnapshot } from "../server/index.ts";

export type ToWorker =
  | { readonly type: "start"; readonly ports: Ports }
  | { readonly type: "drain" }
  | { readonly type: "snapshot"; readonly id: number }
  | { readonly type: "metrics"; readonly id: number; readonly text: string };

export type ToPrimary =
  /** Listens to the primary from now on. */
  | { readonly type: "hello" }
  | { readonly type: "beat" }
  | { readonly type: "ready" }
  /** Cannot start as things are; the worker ends after it. */
  | { readonly type: "refused"; readonly sentence: string }
  | { readonly type: "snapshot"; readonly id: number; readonly snapshot: MetricsSnapshot }
  | { readonly type: "metrics"; readonly id: number };

/** Where the API and the console listen. */
export interface Ports {
  readonly api: number;
  readonly console: number;
}

export const BEAT_MS = 1000;
