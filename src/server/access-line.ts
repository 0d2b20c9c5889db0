import type { Log } from "../base/index.ts";
import type { HttpExchange } from "./http-exchange.ts";
import type { RequestOutcome } from "./metrics.ts";

/** Longer paths and agents are cut in the log: clients choose them. */
const TEXT_MAX = 256;

/**
 * One line per request. No query and no headers but the agent: signatures and tokens travel there.
 */
export function logAccess(log: Log, exchange: HttpExchange, outcome: RequestOutcome): void {
  const { description, reply } = exchange;
  const line = {
    requestId: exchange.requestId,
    remoteAddress: exchange.remoteAddress,
    method: exchange.method,
    path: exchange.path.slice(0, TEXT_MAX),
    ...description,
    status: outcome.status,
    ms: Math.round(outcome.seconds * 1e6) / 1e3,
    bytesIn: outcome.bytesIn,
    bytesOut: outcome.bytesOut,
    userAgent: exchange.headers["user-agent"]?.slice(0, TEXT_MAX),
  };
  if (reply.broken) log.info(line, "request cut");
  else if (outcome.status >= 500) log.warn(line, "request failed");
  else log.info(line, "request");
}
