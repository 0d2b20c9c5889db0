/**
 * `--full`: a database larger than the memory that it may use, a mixed load on it, and in the
 * middle one worker that stands still.
 */
import { randomInt } from "node:crypto";
import { statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { databaseFile, estimatedBytes, fill, type Filled } from "./fill.ts";
import { fullBudgets } from "./full-budgets.ts";
import {
  type FullReport,
  fullHeadings,
  fullRow,
  fullSummary,
  type Interval,
  intervalOf,
  saveFull,
  type StopReport,
} from "./full-report.ts";
import { Gauges } from "./gauges.ts";
import { Ledger } from "./ledger.ts";
import { forgetPages, MemoryLimit } from "./memory-limit.ts";
import { MixedLoad } from "./mixed-load.ts";
import type { BenchOptions } from "./options.ts";
import { Program } from "./program.ts";
import { readBack } from "./read-back.ts";
import { machine } from "./report.ts";
import { stopWorker } from "./stopped-worker.ts";
import { GIB, KIB, MIB } from "./wanted.ts";

const PUT_BYTES = 4 * KIB;
const LIMIT_BYTES_MIN = 512 * MIB;
const STOP_SECONDS = 60;
/** Around the stop, long enough for a killed worker's place to be taken. */
const WATCH_BEFORE_SECONDS = 2;
const WATCH_AFTER_SECONDS = 15;
/** How many objects are read back: of those filled in, and of those that the load wrote. */
const FILLED_READ = 500;
const WRITTEN_READ = 3000;

type Say = (text: string) => void;

/** Answers the exit code: 1 when a budget was missed or the run could not be made. */
export async function fullBench(options: BenchOptions, say: Say): Promise<number> {
  const { objects, objectBytes, connections } = options;
  if (objects < connections) throw new Error("--objects: at least one for each connection");
  await using program = new Program(options);
  const needed = 2.5 * estimatedBytes(objects, objectBytes);
  if (program.freeBytes < needed) {
    say(
      `not begun: ${objects} objects need ${gib(needed)} GiB of free disk (2.5 times what the ` +
        `database is expected to take), and ${options.under} has ${gib(program.freeBytes)} GiB: ` +
        "take fewer with --objects, or another disk with --under\n",
    );
    return 1;
  }
  await program.start();
  await program.server.stop();
  const filled = await fillIn(program, options, say);
  const file = databaseFile(program.server);
  if (!forgetPages(file)) say("dd cannot drop the filled pages from memory: reads begin warm\n");
  const limitBytes = Math.max(LIMIT_BYTES_MIN, Math.round(filled.fileBytes / 4));
  using limit = limitOf(limitBytes, filled, say);
  await program.server.start();
  limit?.add([program.server.pid, ...program.workers]);
  const report = await underLoad(program, { options, filled, limit }, say);
  say(fullSummary(report));
  say(`\nwritten to ${saveFull(report, options.json)}\n`);
  return fullBudgets(report).every(({ reached }) => reached !== false) ? 0 : 1;
}

async function fillIn(
  { server, keyArn }: Program,
  { objects, objectBytes }: BenchOptions,
  say: Say,
): Promise<Filled> {
  say(
    `filling in ${objects} objects of ${objectBytes} bytes, PAST HTTP: in-process, by PutObject's own ` +
      "functions, in order of name, many to a commit. This is not the speed of PUT.\n",
  );
  let said = 0;
  const filled = await fill({
    server,
    keyArn,
    objects,
    objectBytes,
    progress: (done, seconds) => {
      if (seconds - said < 30) return;
      said = seconds;
      say(`  ${done} objects, ${(done / seconds).toFixed(0)} a second\n`);
    },
  });
  say(
    `filled: ${(filled.objects / filled.seconds).toFixed(0)} objects a second, ` +
      `the database has ${gib(filled.fileBytes)} GiB\n`,
  );
  return filled;
}

function limitOf(bytes: number, { fileBytes }: Filled, say: Say): MemoryLimit | undefined {
  const limit = MemoryLimit.of(bytes);
  if (typeof limit === "string") {
    say(
      `\n*** NO MEMORY LIMIT: ${limit}. ***\n` +
        "*** The whole database may lie in memory: these figures do not show a database larger " +
        "than it. ***\n\n",
    );
    return undefined;
  }
  say(`memory limit: ${gib(bytes)} GiB\n`);
  if (fileBytes <= bytes) say("*** The database is NOT larger than the limit: take more. ***\n");
  return limit;
}

interface Ready {
  readonly options: BenchOptions;
  readonly filled: Filled;
  readonly limit: MemoryLimit | undefined;
}

async function underLoad(
  program: Program,
  { options, filled, limit }: Ready,
  say: Say,
): Promise<FullReport> {
  const { connections, objects, objectBytes, minutes, workers } = options;
  const ledger = new Ledger(objects, { filledBytes: objectBytes, putBytes: PUT_BYTES });
  const filledRead = await readBack(program, ledger, drawn(objects));
  using gauges = new Gauges(program, limit);
  const before = await gauges.take();
  const { target, keyArn } = program;
  const load = new MixedLoad({ target, keyArn, connections, ledger });
  say(fullHeadings());
  const stopping = stopInTheMiddle(program, ledger, minutes * 60);
  const intervals = await watch(load, gauges, minutes * 60, say);
  const stop = await stopping;
  await load.stop();
  const after = await gauges.take();
  return {
    at: new Date().toISOString(),
    ...machine(),
    workers,
    connections,
    minutes,
    ...(limit && { memoryLimitBytes: limit.bytes }),
    filled: { ...filled, objectBytes },
    filledRead,
    intervals,
    stop,
    acknowledged: ledger.acknowledged,
    writtenRead: await readBack(program, ledger, ledger.sample(WRITTEN_READ)),
    before,
    after,
  };
}

/** A row for each minute; six for a run that is shorter than that. */
async function watch(
  load: MixedLoad,
  gauges: Gauges,
  totalSeconds: number,
  say: Say,
): Promise<Interval[]> {
  const rowSeconds = Math.min(60, totalSeconds / 6);
  const startedMs = performance.now();
  const elapsed = () => (performance.now() - startedMs) / 1000;
  const intervals: Interval[] = [];
  let from = 0;
  while (from < totalSeconds - 1) {
    await sleep(Math.max(0, (intervals.length + 1) * rowSeconds - elapsed()) * 1000);
    const tally = load.take();
    const endSeconds = elapsed();
    const interval = intervalOf(tally, { from, endSeconds }, await gauges.take());
    intervals.push(interval);
    say(fullRow(interval));
    from = endSeconds;
  }
  return intervals;
}

/** What is acknowledged around the stop is read back whole. */
async function stopInTheMiddle(
  { server }: Program,
  ledger: Ledger,
  totalSeconds: number,
): Promise<StopReport> {
  const fromSeconds = Math.max(totalSeconds * 0.3, totalSeconds / 2 - STOP_SECONDS / 2);
  await sleep((fromSeconds - WATCH_BEFORE_SECONDS) * 1000);
  ledger.watching = true;
  await sleep(WATCH_BEFORE_SECONDS * 1000);
  const fileSize = () => statSync(databaseFile(server)).size;
  const fileBytesBefore = fileSize();
  const watchEnd = setTimeout(() => (ledger.watching = false), WATCH_AFTER_SECONDS * 1000);
  const seconds = Math.min(STOP_SECONDS, totalSeconds - fromSeconds);
  const stopped = await stopWorker(server.pid, seconds);
  clearTimeout(watchEnd);
  ledger.watching = false;
  return { ...stopped, fromSeconds, seconds, grewBytes: fileSize() - fileBytesBefore };
}

function drawn(objects: number): number[] {
  return Array.from({ length: Math.min(objects, FILLED_READ) }, () => randomInt(objects));
}

function gib(bytes: number): string {
  return (bytes / GIB).toFixed(1);
}
