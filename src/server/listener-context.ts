import type { Cidr, Clock, Log } from "../base/index.ts";
import type { ByteBudget } from "./byte-budget.ts";
import type { ServerLimits } from "./limits.ts";
import type { PaceWatch } from "./pace.ts";

/** What all exchanges of one listener share. */
export interface ListenerContext {
  readonly limits: ServerLimits;
  readonly clock: Clock;
  readonly log: Log;
  readonly pace: PaceWatch;
  readonly budget: ByteBudget;
  readonly trustedProxies: readonly Cidr[];
  /** Whether connections end with the exchange they are in. */
  readonly draining: () => boolean;
}
