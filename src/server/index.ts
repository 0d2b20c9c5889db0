export { createApi } from "./api/api.ts";
export { consolePage } from "./console-page.ts";
export type { Exchange, Handler } from "./exchange.ts";
export { Health } from "./health.ts";
export { SERVER_LIMITS } from "./limits.ts";
export { listen, type Listener } from "./listener.ts";
export { createLog, LOG_LEVELS, type LogLevel, type ProcessLog } from "./log.ts";
export { Metrics, type MetricsSnapshot, textOfAll } from "./metrics.ts";
export { type TlsMaterial, tlsProblem } from "./tls.ts";
