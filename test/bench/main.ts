/** `npm run bench`: README.md beside this file says how to read what it prints. */
import { BareServer, bareScenarios } from "./bare.ts";
import { fullBench } from "./full.ts";
import type { Subject } from "./measurement.ts";
import { opensslGcm } from "./openssl.ts";
import { type BenchOptions, readOptions, USAGE } from "./options.ts";
import { Program } from "./program.ts";
import { headings, machine, type Report, save, summary } from "./report.ts";
import { Run } from "./run.ts";
import { scenarios } from "./scenarios.ts";

const say = (text: string) => process.stdout.write(text);

try {
  process.exitCode = await bench(readOptions(process.argv.slice(2)));
} catch (error) {
  const misused = error instanceof Error && "code" in error;
  process.stderr.write(misused ? `${error.message}\n${USAGE}` : `${String(error)}\n`);
  process.exitCode = misused ? 2 : 1;
}

/** Answers the exit code: 1 when anything was refused or left out. */
async function bench(options: BenchOptions): Promise<number> {
  if (options.full) return fullBench(options, say);
  const opensslBytesPerSecond = opensslGcm(1);
  const run = new Run(options, say);
  await using program = new Program(options);
  await program.start();
  say(headings());
  await measureBare(run, program.home);
  await run.all(scenarios(program, options), subjectOf(program), program);
  const { results, leftOut } = run;
  const report: Report = {
    at: new Date().toISOString(),
    ...machine(),
    workers: options.workers,
    connections: options.connections,
    opensslBytesPerSecond,
    results,
    leftOut,
  };
  say(summary(report));
  say(`\nwritten to ${save(report, options.json)}\n`);
  const refused = Object.values(results).some(({ failures }) => failures > 0);
  return refused || leftOut.length > 0 ? 1 : 0;
}

async function measureBare(run: Run, folder: string): Promise<void> {
  await using bare = await BareServer.start(folder);
  const { pid, url } = bare;
  const nothing = new Map<string, number>();
  await run.all(bareScenarios(), { url, processes: () => [pid], counts: async () => nothing });
}

function subjectOf(program: Program): Subject {
  return {
    url: program.target.url,
    processes: () => program.workers,
    counts: () => program.counts(),
  };
}
