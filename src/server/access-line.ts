import type { HttpExchange } from "./http-exchange.ts";
import type { ProcessLog } from "./log.ts";
import type { RequestOutcome } from "./metrics.ts";

/** Longer paths and agents are cut in the log: clients choose them. */
const TEXT_MAX = 256;

/**
 * One line per request: those that went well at level debug (composing and writing a line costs
 * about as much as the rest of the transport, and the audit log has the calls), refused and cut
 * ones at info, failed ones at warn. No query and no headers but the agent: signatures and
 * tokens travel there.
 */
export function logAccess(log: ProcessLog, exchange: HttpExchange, outcome: RequestOutcome): void {
  const { description, reply } = exchange;
  const well = outcome.status < 400 && !reply.broken;
  if (!log.enabled(well ? "debug" : "warn")) return;
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
  else if (well) log.debug(line, "request");
  else log.info(line, "request refused");
}
