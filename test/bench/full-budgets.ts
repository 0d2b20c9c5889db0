/** What a run of `--full` must keep to. Speed is reported and not judged: disks differ too much. */
import type { Budget } from "./budgets.ts";
import type { FullReport } from "./full-report.ts";

const MIB = 1024 ** 2;
/** Ten looks of the supervisor, the worker's end, and a slow machine. */
const STALL_SECONDS_MAX = 15;
/** While writers wait for a lock that a stopped worker holds, readers go on. */
const READERS_WAIT_MS_MAX = 5000;
/** Pages that wait to be used again: a tenth of what was there, and at least this much. */
const SLACK_BYTES_MIN = 256 * MIB;

export function fullBudgets(report: FullReport): Budget[] {
  const { filledRead, writtenRead, intervals, before, after, stop } = report;
  const refused = intervals.flatMap((interval) => Object.values(interval.refused));
  const refusals = refused.reduce((sum, count) => sum + count, 0);
  const longestMs = Math.max(...intervals.map(({ maxMs }) => maxMs));
  const readersWaitMs = Math.max(...intervals.map(({ readSilenceMs }) => readSilenceMs));
  const unused = (before.liveBytes ?? Number.NaN) - before.fileBytes;
  const slack = after.fileBytes - (after.liveBytes ?? Number.NaN) + unused;
  const slackMax = Math.max(SLACK_BYTES_MIN, before.fileBytes / 10);
  return [
    {
      text: "objects that were filled in are read through the API",
      reached: filledRead.wrong === 0,
      measured: `${filledRead.wrong} of ${filledRead.read} wrong`,
    },
    {
      text: "no acknowledged write is lost",
      reached: writtenRead.read === 0 ? undefined : writtenRead.wrong === 0,
      measured: `${writtenRead.wrong} of ${writtenRead.read} read back wrong`,
    },
    {
      text: "no request is refused",
      reached: refusals === 0,
      measured: `${refusals} refused`,
    },
    {
      text: "a stopped worker is replaced",
      reached: stop.replacedAfterMs !== undefined,
      measured:
        stop.replacedAfterMs === undefined
          ? "it was not"
          : `after ${(stop.replacedAfterMs / 1000).toFixed(1)} s`,
    },
    {
      text: `readers of the other workers wait at most ${READERS_WAIT_MS_MAX / 1000} s`,
      reached: readersWaitMs < READERS_WAIT_MS_MAX,
      measured: `${(readersWaitMs / 1000).toFixed(1)} s without any reply to those who only read`,
    },
    {
      text: `no request takes longer than ${STALL_SECONDS_MAX} s`,
      reached: longestMs < STALL_SECONDS_MAX * 1000,
      measured: `${(longestMs / 1000).toFixed(1)} s at most`,
    },
    {
      text: `the file grows by what is stored and at most ${(slackMax / MIB).toFixed(0)} MiB more`,
      reached: Number.isNaN(slack) ? undefined : slack <= slackMax,
      measured: Number.isNaN(slack) ? "not measured" : `${(slack / MIB).toFixed(0)} MiB more`,
    },
  ];
}
