/** What operators ask of a running process: /-/live, /-/ready and /-/metrics. No bucket can be named "-". */
import type { Exchange } from "./exchange.ts";
import type { Health, HealthReport } from "./health.ts";
import { METRICS_CONTENT_TYPE } from "./metrics.ts";

export const STATUS_PREFIX = "/-/";

export interface StatusPages {
  readonly health: Health;
  /** The Prometheus text of the whole deployment. */
  readonly metricsText: () => Promise<string>;
}

const TEXT = { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" };

export async function answerStatus(exchange: Exchange, pages: StatusPages): Promise<void> {
  if (exchange.method !== "GET" && exchange.method !== "HEAD") {
    return exchange.respond(405, { ...TEXT, allow: "GET, HEAD" }, "GET and HEAD only\n");
  }
  switch (exchange.path) {
    case "/-/live":
      return exchange.respond(200, TEXT, "ok\n");
    case "/-/ready": {
      const report = await pages.health.report();
      return exchange.respond(report.ready ? 200 : 503, TEXT, linesOf(report));
    }
    case "/-/metrics": {
      const headers = { ...TEXT, "content-type": METRICS_CONTENT_TYPE };
      return exchange.respond(200, headers, await pages.metricsText());
    }
    default:
      return exchange.respond(404, TEXT, "try /-/live, /-/ready or /-/metrics\n");
  }
}

function linesOf({ ready, checks }: HealthReport): string {
  const lines = [...checks].map(([name, state]) => `${name}: ${state}\n`);
  return (ready ? "ready\n" : "not ready\n") + lines.join("");
}
