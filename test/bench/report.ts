/** A run's results, as a table for people and as JSON for programs. */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Budget, budgets, RATIOS } from "./budgets.ts";
import type { Result } from "./measurement.ts";

export interface Report {
  readonly at: string;
  readonly node: string;
  readonly machine: {
    readonly processors: number;
    readonly model: string;
    readonly kernel: string;
  };
  readonly memoryBytes: number;
  readonly workers: number;
  readonly connections: number;
  readonly opensslBytesPerSecond: number | undefined;
  /** By scenario; what was left out is in `leftOut`. */
  readonly results: Readonly<Record<string, Result>>;
  readonly leftOut: readonly string[];
}

type Cell = readonly [heading: string, show: (result: Result) => string];

const MIB = 1024 ** 2;
const CELLS: readonly Cell[] = [
  ["req/s", ({ perSecond }) => number(perSecond)],
  ["p50 ms", ({ p50Ms }) => number(p50Ms)],
  ["p99 ms", ({ p99Ms }) => number(p99Ms)],
  ["MB/s", ({ megabytesPerSecond }) => number(megabytesPerSecond)],
  ["cpu µs", ({ cpuMicroseconds }) => number(cpuMicroseconds)],
  ["client µs", ({ clientCpuMicroseconds }) => number(clientCpuMicroseconds)],
  ["syncs", ({ syncsPerRequest }) => number(syncsPerRequest)],
  ["events", ({ eventsPerRequest }) => number(eventsPerRequest)],
  ["peak MiB", ({ peakBytes }) => number(peakBytes / MIB)],
  ["anon MiB", ({ anonymousBytes }) => number(anonymousBytes / MIB)],
  ["others", ({ othersBusy }) => othersBusy.toFixed(2)],
  ["load", ({ loadAverage }) => loadAverage.toFixed(1)],
  ["failed", ({ failures, firstFailure }) => (failures > 0 ? `${failures} (${firstFailure})` : "")],
];
const NAME_WIDTH = 32;

export function headings(): string {
  return line(
    "",
    CELLS.map(([heading]) => heading),
  );
}

export function row(name: string, result: Result): string {
  return line(
    name,
    CELLS.map(([, show]) => show(result)),
  );
}

/** What follows the table: ratios and budgets. */
export function summary(report: Report): string {
  const { results, opensslBytesPerSecond, leftOut } = report;
  const lines: string[] = [""];
  if (opensslBytesPerSecond !== undefined) {
    lines.push(`openssl speed, AES-256-GCM, one core: ${number(opensslBytesPerSecond / 1e6)} MB/s`);
  }
  for (const [name, bare] of RATIOS) {
    const [measured, reference] = [results[name], results[bare]];
    if (!measured || !reference) continue;
    const share = (value: number) => `${(value * 100).toFixed(0)} %`;
    const rate = share(measured.perSecond / reference.perSecond);
    const cost = (measured.cpuMicroseconds / reference.cpuMicroseconds).toFixed(1);
    lines.push(`${name}: ${rate} of the rate of ${bare}, at ${cost} times its processor time`);
  }
  lines.push("", "budgets (two cores that nobody else uses, one worker)");
  for (const budget of budgets(report))
    lines.push(`  ${verdict(budget)}  ${budget.text}: ${budget.measured}`);
  for (const sentence of leftOut) lines.push(`left out: ${sentence}`);
  return `${lines.join("\n")}\n`;
}

/** Into test/bench/results, and into `extra` where that is given. */
export function save(report: Report, extra: string | undefined): string {
  const folder = join(dirname(fileURLToPath(import.meta.url)), "results");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${report.at.replaceAll(/[:.]/g, "-")}.json`);
  const text = `${JSON.stringify({ ...report, budgets: budgets(report) }, undefined, 2)}\n`;
  for (const path of extra === undefined ? [file] : [file, extra]) writeFileSync(path, text);
  return file;
}

export function machine(): Pick<Report, "node" | "machine" | "memoryBytes"> {
  const processors = cpus();
  return {
    node: process.version,
    machine: {
      processors: processors.length,
      model: processors[0]?.model ?? "unknown",
      kernel: release(),
    },
    memoryBytes: totalmem(),
  };
}

/** Four characters. */
export function verdict({ reached }: Budget): string {
  if (reached === undefined) return " -- ";
  return reached ? "yes " : "NO  ";
}

function line(name: string, cells: readonly string[]): string {
  const padded = cells.map((cell, at) => cell.padStart(Math.max(8, CELLS[at]?.[0].length ?? 0)));
  return `${name.padEnd(NAME_WIDTH)} ${padded.join(" ")}\n`;
}

/** Three figures that count. */
function number(value: number | undefined): string {
  if (value === undefined) return "";
  if (value === 0) return "0";
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
