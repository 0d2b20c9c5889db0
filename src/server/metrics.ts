/** What Prometheus reads: counts of this process, and the sum over all processes of a deployment. */
import {
  AggregatorRegistry,
  collectDefaultMetrics,
  Counter,
  Gauge,
  Histogram,
  type MetricObject,
  Registry,
} from "prom-client";

/** The metrics of one process as plain data, to be sent to the process that sums them up. */
export type MetricsSnapshot = readonly MetricObject[];

export interface RequestOutcome {
  readonly service: string;
  readonly operation: string;
  readonly status: number;
  readonly seconds: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

export interface CountedEvent {
  /** Label values come from closed sets: each combination is kept for ever. */
  add(labels?: Readonly<Record<string, string>>, count?: number): void;
}

/** How the values of several processes become one. */
export type Across = "sum" | "max" | "min" | "first";

const LATENCY_BUCKETS_SECONDS = [
  0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120,
];

export const METRICS_CONTENT_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: Counter<"service" | "operation" | "status">;
  readonly #latency: Histogram<"service" | "operation">;
  readonly #bytesIn: Counter;
  readonly #bytesOut: Counter;
  readonly #authenticationFailures: Counter<"reason">;

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
    const registers = [this.#registry];
    this.#requests = new Counter({
      name: "strongroom_requests_total",
      help: "Requests answered",
      labelNames: ["service", "operation", "status"],
      registers,
    });
    this.#latency = new Histogram({
      name: "strongroom_request_duration_seconds",
      help: "From the end of a request's headers to the end of its reply",
      labelNames: ["service", "operation"],
      buckets: LATENCY_BUCKETS_SECONDS,
      registers,
    });
    this.#bytesIn = new Counter({
      name: "strongroom_request_body_bytes_total",
      help: "Bytes of request bodies read",
      registers,
    });
    this.#bytesOut = new Counter({
      name: "strongroom_reply_body_bytes_total",
      help: "Bytes of reply bodies written",
      registers,
    });
    this.#authenticationFailures = new Counter({
      name: "strongroom_authentication_failures_total",
      help: "Requests whose signature or token did not authenticate",
      labelNames: ["reason"],
      registers,
    });
  }

  /** `reason` is the error's code. */
  authenticationFailed(reason: string): void {
    this.#authenticationFailures.inc({ reason });
  }

  answered(outcome: RequestOutcome): void {
    const { service, operation } = outcome;
    this.#requests.inc({ service, operation, status: outcome.status });
    this.#latency.observe({ service, operation }, outcome.seconds);
    if (outcome.bytesIn > 0) this.#bytesIn.inc(outcome.bytesIn);
    if (outcome.bytesOut > 0) this.#bytesOut.inc(outcome.bytesOut);
  }

  /** A value that is read when somebody asks. `name` without the prefix `strongroom_`. */
  gauge(name: string, help: string, read: () => number, across: Across = "sum"): void {
    const gauge = new Gauge({
      name: `strongroom_${name}`,
      help,
      registers: [this.#registry],
      aggregator: across,
      collect() {
        gauge.set(read());
      },
    });
  }

  /** Something to count. `name` without the prefix; by custom it ends in `_total`. */
  counter(name: string, help: string, labels: readonly string[] = []): CountedEvent {
    const counter = new Counter({
      name: `strongroom_${name}`,
      help,
      labelNames: [...labels],
      registers: [this.#registry],
    });
    return { add: (values = {}, count = 1) => counter.inc({ ...values }, count) };
  }

  /** A count that is kept elsewhere and read when somebody asks. By custom `name` ends in `_total`. */
  total(name: string, help: string, read: () => number): void {
    const counter = new Counter({
      name: `strongroom_${name}`,
      help,
      registers: [this.#registry],
      collect() {
        counter.reset();
        counter.inc(read());
      },
    });
  }

  snapshot(): Promise<MetricsSnapshot> {
    return this.#registry.getMetricsAsJSON();
  }

  /** The Prometheus text of this process alone. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

/** The Prometheus text of several processes as one. */
export function textOfAll(snapshots: readonly MetricsSnapshot[]): Promise<string> {
  return AggregatorRegistry.aggregate(snapshots.map((snapshot) => [...snapshot])).metrics();
}
