/** One scenario's run against one server, with what it cost that server and the machine. */
import { Load, type Loop, type Measured } from "./load.ts";
import {
  cpuSeconds,
  forgetPeak,
  load as loadAverage,
  machineBusySeconds,
  memoryOf,
} from "./processes.ts";

/** The server that is measured. */
export interface Subject {
  readonly url: string;
  /** The processes that do its work. */
  readonly processes: () => readonly number[];
  readonly counts: () => Promise<ReadonlyMap<string, number>>;
}

export interface Result {
  readonly requests: number;
  readonly failures: number;
  readonly firstFailure?: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Bodies, both ways. */
  readonly megabytesPerSecond: number;
  /** Of the server, per request. */
  readonly cpuMicroseconds: number;
  readonly clientCpuMicroseconds: number;
  readonly syncsPerRequest?: number;
  readonly commitsPerRequest?: number;
  readonly eventsPerRequest?: number;
  /** The largest of the server's processes. */
  readonly peakBytes: number;
  readonly anonymousBytes: number;
  /** Processors' worth of work by anyone else during the measurement. */
  readonly othersBusy: number;
  readonly loadAverage: number;
}

export interface Pace {
  readonly warmUpSeconds: number;
  readonly seconds: number;
  /** For each connection; then the time is only a limit. */
  readonly requestsMax?: number;
  /** Of each request's body. */
  readonly bodyBytes?: number;
}

export async function measure(
  subject: Subject,
  loop: Omit<Loop, "url">,
  { warmUpSeconds, seconds, requestsMax, bodyBytes = 0 }: Pace,
): Promise<Result> {
  using load = await Load.open({ url: subject.url, ...loop });
  if (warmUpSeconds > 0) await load.run(warmUpSeconds);
  const processes = subject.processes();
  for (const pid of processes) forgetPeak(pid);
  const countsBefore = await subject.counts();
  const before = costs(processes);
  const measured = await load.run(seconds, requestsMax);
  const after = costs(processes);
  const counts = differences(countsBefore, await subject.counts(), measured.requests);
  const memory = processes.map(memoryOf);
  const server = after.server - before.server;
  const client = after.client - before.client;
  return {
    ...figuresOf(measured, bodyBytes),
    cpuMicroseconds: (server / measured.requests) * 1e6,
    clientCpuMicroseconds: (client / measured.requests) * 1e6,
    ...counts,
    peakBytes: Math.max(...memory.map(({ peakBytes }) => peakBytes)),
    anonymousBytes: Math.max(...memory.map(({ anonymousBytes }) => anonymousBytes)),
    othersBusy: Math.max(0, after.machine - before.machine - server - client) / measured.seconds,
    loadAverage: loadAverage(),
  };
}

function figuresOf(measured: Measured, bodyBytes: number) {
  const { requests, failures, firstFailure, seconds, latencies, bytes } = measured;
  return {
    requests,
    failures,
    ...(firstFailure !== undefined && { firstFailure }),
    perSecond: requests / seconds,
    p50Ms: latencies.quantile(0.5),
    p99Ms: latencies.quantile(0.99),
    maxMs: latencies.quantile(1),
    megabytesPerSecond: (bytes + bodyBytes * requests) / seconds / 1e6,
  };
}

function costs(processes: readonly number[]) {
  return {
    server: processes.reduce((sum, pid) => sum + cpuSeconds(pid), 0),
    client: cpuSeconds(process.pid),
    machine: machineBusySeconds(),
  };
}

/** Empty for a server that counts nothing. */
function differences(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
  requests: number,
) {
  const each = (name: string) => ((after.get(name) ?? 0) - (before.get(name) ?? 0)) / requests;
  if (!after.has("store_syncs_total")) return {};
  return {
    syncsPerRequest: each("store_syncs_total"),
    commitsPerRequest: each("store_commits_total"),
    eventsPerRequest: each("audit_events_total"),
  };
}
