/** What was promised, and whether this run has reached it. */
import { BARE } from "./bare.ts";
import type { Report } from "./report.ts";
import type { Result } from "./measurement.ts";

export interface Budget {
  readonly text: string;
  /** Undefined: not measured in this run. */
  readonly reached: boolean | undefined;
  readonly measured: string;
}

const MIB = 1024 ** 2;
export const RATIOS: readonly (readonly [scenario: string, bare: string])[] = [
  ["PUT 4 KiB, bucket key on", BARE.put],
  ["GET 4 KiB, bucket key on", BARE.get],
  ["PUT 64 MiB, one stream", BARE.putLarge],
  ["GET 64 MiB, one stream", BARE.getLarge],
];

export function budgets({ results, opensslBytesPerSecond }: Report): Budget[] {
  const openssl = opensslBytesPerSecond ?? Number.NaN;
  const share = (name: string): Budget =>
    judge(
      results[name],
      `${name}: at least 40 % of openssl's AES-256-GCM`,
      ({ megabytesPerSecond }) => (megabytesPerSecond * 1e6) / openssl,
      (value) => value >= 0.4,
      (value) => `${(value * 100).toFixed(0)} %`,
    );
  const rate = (name: string, least: number): Budget =>
    judge(
      results[name],
      `${name}: at least ${least} a second`,
      ({ perSecond }) => perSecond,
      (value) => value >= least,
      (value) => `${value.toFixed(0)} a second`,
    );
  const memory = (name: string): Budget =>
    judge(
      results[name],
      `${name}: at most 256 MiB of memory`,
      ({ peakBytes }) => peakBytes / MIB,
      (value) => value <= 256,
      (value) => `${value.toFixed(0)} MiB`,
    );
  return [
    rate("PUT 4 KiB, bucket key on", 4500),
    rate("GET 4 KiB, bucket key on", 8000),
    rate("GET 4 KiB, bucket key off", 6000),
    judge(
      results["64 PUTs of one key"],
      "64 PUTs of one key: all succeed",
      ({ failures }) => failures,
      (value) => value === 0,
      (value) => `${value} failed`,
    ),
    judge(
      results["64 PUTs of one key"],
      "64 PUTs of one key: 99 % within a second",
      ({ p99Ms }) => p99Ms,
      (value) => value < 1000,
      (value) => `${value.toFixed(0)} ms`,
    ),
    share("GET 64 MiB, one stream"),
    share("GET 5 GiB, one stream"),
    memory("PUT 64 MiB, one stream"),
    memory("GET 64 MiB, one stream"),
    memory("PUT 5 GiB, one stream"),
    memory("GET 5 GiB, one stream"),
  ];
}

function judge(
  result: Result | undefined,
  text: string,
  value: (result: Result) => number,
  reached: (value: number) => boolean,
  shown: (value: number) => string,
): Budget {
  if (!result) return { text, reached: undefined, measured: "not measured" };
  const measured = value(result);
  if (Number.isNaN(measured)) return { text, reached: undefined, measured: "not measured" };
  return { text, reached: reached(measured), measured: shown(measured) };
}
