/** A run of `--full`, as a table for people and as JSON for programs. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Filled } from "./fill.ts";
import { fullBudgets } from "./full-budgets.ts";
import type { Sizes } from "./gauges.ts";
import type { Kind, Tally } from "./mixed-load.ts";
import type { ReadBack } from "./read-back.ts";
import { type Report, verdict } from "./report.ts";
import type { Stopped } from "./stopped-worker.ts";

interface KindFigures {
  readonly requests: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** One row: what was done in it, and how large everything was at its end. */
export interface Interval {
  readonly endSeconds: number;
  readonly perSecond: number;
  /** Of the workers, per request. */
  readonly cpuMicroseconds: number;
  /** Processors' worth of work by anyone else. */
  readonly othersBusy: number;
  readonly kinds: Readonly<Record<Kind, KindFigures>>;
  readonly maxMs: number;
  /** The longest time during which no reply came to anyone. */
  readonly silenceMs: number;
  /** The same for the connections that only read. */
  readonly readSilenceMs: number;
  /** By status. */
  readonly refused: Readonly<Record<string, number>>;
  /** Requests whose connection ended before the reply. */
  readonly cut: number;
  readonly sizes: Sizes;
}

export interface StopReport extends Stopped {
  /** Into the load, and for how long it was watched. */
  readonly fromSeconds: number;
  readonly seconds: number;
  /** Of the file, in that time. */
  readonly grewBytes: number;
}

export interface FullReport extends Pick<
  Report,
  "at" | "node" | "machine" | "memoryBytes" | "workers" | "connections"
> {
  readonly minutes: number;
  /** Absent: no limit could be set. */
  readonly memoryLimitBytes?: number;
  readonly filled: Filled & { readonly objectBytes: number };
  readonly filledRead: ReadBack;
  readonly intervals: readonly Interval[];
  readonly stop: StopReport;
  /** Writes. */
  readonly acknowledged: number;
  readonly writtenRead: ReadBack;
  readonly before: Sizes;
  readonly after: Sizes;
}

type Cell = readonly [heading: string, show: (interval: Interval) => string];

const MIB = 1024 ** 2;
const CELLS: readonly Cell[] = [
  ["second", ({ endSeconds }) => endSeconds.toFixed(0)],
  ["req/s", ({ perSecond }) => perSecond.toFixed(0)],
  ["cpu µs", ({ cpuMicroseconds }) => cpuMicroseconds.toFixed(0)],
  ["GET p50", ({ kinds }) => milliseconds(kinds.get.p50Ms)],
  ["GET p99", ({ kinds }) => milliseconds(kinds.get.p99Ms)],
  ["PUT p50", ({ kinds }) => milliseconds(kinds.put.p50Ms)],
  ["PUT p99", ({ kinds }) => milliseconds(kinds.put.p99Ms)],
  ["list p99", ({ kinds }) => milliseconds(kinds.list.p99Ms)],
  ["max ms", ({ maxMs }) => maxMs.toFixed(0)],
  ["silent ms", ({ silenceMs }) => silenceMs.toFixed(0)],
  ["unread ms", ({ readSilenceMs }) => readSilenceMs.toFixed(0)],
  ["cut", ({ cut }) => String(cut)],
  ["refused", ({ refused }) => refusals(refused)],
  ["rss MiB", ({ sizes }) => mebibytes(sizes.residentBytes)],
  ["anon MiB", ({ sizes }) => mebibytes(sizes.anonymousBytes)],
  ["file MiB", ({ sizes }) => mebibytes(sizes.fileBytes)],
  ["live MiB", ({ sizes }) => mebibytes(sizes.liveBytes)],
  ["reader s", ({ sizes }) => sizes.oldestReaderSeconds.toFixed(1)],
  ["faults", ({ sizes }) => String(sizes.majorFaults)],
  ["group MiB", ({ sizes }) => mebibytes(sizes.limitedBytes)],
  ["others", ({ othersBusy }) => othersBusy.toFixed(2)],
];

export function intervalOf(
  tally: Tally,
  { from, endSeconds }: { readonly from: number; readonly endSeconds: number },
  sizes: Sizes,
): Interval {
  const { put, get, head, list } = tally.latencies;
  const figures = (latencies: typeof put) => ({
    requests: latencies.count,
    p50Ms: latencies.quantile(0.5),
    p99Ms: latencies.quantile(0.99),
  });
  return {
    endSeconds,
    perSecond: tally.requests / (endSeconds - from),
    cpuMicroseconds: (sizes.serverCpuSeconds / tally.requests) * 1e6,
    othersBusy: sizes.othersCpuSeconds / (endSeconds - from),
    kinds: { put: figures(put), get: figures(get), head: figures(head), list: figures(list) },
    maxMs: tally.maxMs,
    silenceMs: tally.silenceMs,
    readSilenceMs: tally.readSilenceMs,
    refused: tally.refused,
    cut: tally.cut,
    sizes,
  };
}

export function fullHeadings(): string {
  return line(CELLS.map(([heading]) => heading));
}

export function fullRow(interval: Interval): string {
  return line(CELLS.map(([, show]) => show(interval)));
}

/** What follows the table. */
export function fullSummary(report: FullReport): string {
  const { filled, stop, before, after, acknowledged, memoryLimitBytes } = report;
  const seconds = (ms: number | undefined) =>
    ms === undefined ? "never" : `after ${(ms / 1000).toFixed(1)} s`;
  const lines = [
    "",
    `${filled.objects} objects filled in past HTTP at ${(filled.objects / filled.seconds).toFixed(0)} a ` +
      `second: ${mebibytes(filled.fileBytes)} MiB`,
    memoryLimitBytes === undefined
      ? "NO memory limit could be set: the database was not shown to be larger than memory"
      : `memory limit: ${mebibytes(memoryLimitBytes)} MiB`,
    `one of ${stop.workersBefore} workers stopped at ${stop.fromSeconds.toFixed(0)} s, watched for ` +
      `${stop.seconds.toFixed(0)} s: gone ${seconds(stop.goneAfterMs)}, its successor started ` +
      `${seconds(stop.replacedAfterMs)}; the file grew by ${mebibytes(stop.grewBytes)} MiB meanwhile`,
    `${acknowledged} writes acknowledged; the file grew by ` +
      `${mebibytes(after.fileBytes - before.fileBytes)} MiB in all`,
    "",
    "budgets",
    ...fullBudgets(report).map((each) => `  ${verdict(each)}  ${each.text}: ${each.measured}`),
  ];
  return `${lines.join("\n")}\n`;
}

/** Into test/bench/results, and into `extra` where that is given. */
export function saveFull(report: FullReport, extra: string | undefined): string {
  const folder = join(dirname(fileURLToPath(import.meta.url)), "results");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `full-${report.at.replaceAll(/[:.]/g, "-")}.json`);
  const text = `${JSON.stringify({ ...report, budgets: fullBudgets(report) }, undefined, 2)}\n`;
  for (const path of extra === undefined ? [file] : [file, extra]) writeFileSync(path, text);
  return file;
}

function line(cells: readonly string[]): string {
  const padded = cells.map((cell, at) => cell.padStart(Math.max(7, CELLS[at]?.[0].length ?? 0)));
  return `${padded.join(" ")}\n`;
}

function refusals(refused: Readonly<Record<string, number>>): string {
  return Object.entries(refused)
    .map(([status, count]) => `${count}x${status}`)
    .join();
}

function milliseconds(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(1);
}

function mebibytes(bytes: number | undefined): string {
  return bytes === undefined ? "" : (bytes / MIB).toFixed(0);
}
