export { type ApiOptions, createApi } from "./api/api.ts";
export { consolePage } from "./console-page.ts";
export type {
  CallDescription,
  Exchange,
  Handler,
  ReplyBody,
  ReplyHeaders,
  TlsDetails,
} from "./exchange.ts";
export { ExchangeError, type ExchangeErrorCode } from "./exchange-error.ts";
export { Health, type HealthCheck, type HealthReport } from "./health.ts";
export { SERVER_LIMITS, type ServerLimits } from "./limits.ts";
export { listen, type Listener, type ListenOptions } from "./listener.ts";
export { createLog, LOG_LEVELS, type LogLevel, type ProcessLog } from "./log.ts";
export {
  type Across,
  type CountedEvent,
  Metrics,
  type MetricsSnapshot,
  textOfAll,
} from "./metrics.ts";
export { s3RequestId } from "./request-ids.ts";
export type { StatusPages } from "./status-pages.ts";
export { type TlsMaterial, tlsProblem } from "./tls.ts";
