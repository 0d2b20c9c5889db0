/**
 * Everything that proves the project: `npm test`. Each stage is a command that can be run by itself;
 * `npm test -- unit lint` runs some of them. The last line counts the tests.
 */
import { spawn, spawnSync } from "node:child_process";

interface Stage {
  readonly name: string;
  readonly command: readonly string[];
  /** Its output ends with node:test's counts. */
  readonly counts?: true;
}

const node = process.execPath;
const tests = (pattern: string, concurrency: number): readonly string[] => [
  node,
  "--disable-warning=ExperimentalWarning",
  "--test",
  "--test-reporter=spec",
  `--test-concurrency=${concurrency}`,
  pattern,
];

const STAGES: readonly Stage[] = [
  { name: "format", command: ["oxfmt", "--check", "."] },
  { name: "types", command: ["tsc"] },
  {
    name: "lint",
    command: ["oxlint", "--type-aware", "--deny-warnings", "src", "test", "tools", "bin"],
  },
  { name: "unused", command: ["knip"] },
  { name: "model", command: [node, "tools/model.ts", "--check"] },
  { name: "compatibility", command: [node, "tools/compatibility.ts", "--check"] },
  { name: "unit", command: tests("{src,tools}/**/*.test.ts", 2), counts: true },
  // Two at a time: much of it is waiting, for slow clients and for the AWS CLI.
  { name: "conformance", command: tests("test/**/*.test.ts", 2), counts: true },
];

const COUNTED = /^ℹ (pass|fail|skipped|cancelled|todo) (\d+)/gm;

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !STAGES.some((stage) => stage.name === name));
if (unknown.length > 0) {
  const names = STAGES.map(({ name }) => name).join(", ");
  process.stderr.write(`no such stage: ${unknown.join(", ")}; there are ${names}\n`);
  process.exit(2);
}

const totals = { pass: 0, fail: 0, skipped: 0, cancelled: 0, todo: 0 };
const failed: string[] = [];
sayWhatIsMissing();
for (const stage of STAGES) {
  if (asked.length > 0 && !asked.includes(stage.name)) continue;
  process.stdout.write(`\n== ${stage.name}: ${stage.command.slice(-2).join(" ")}\n`);
  const started = performance.now();
  const { code, output } = await run(stage.command);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(
    `== ${stage.name}: ${code === 0 ? "ok" : `FAILED (${code})`}, ${seconds} s\n`,
  );
  if (code !== 0) failed.push(stage.name);
  if (stage.counts) count(output);
}

if (failed.length > 0) process.stdout.write(`\nfailed: ${failed.join(", ")}\n`);
const broken = totals.fail + totals.cancelled;
process.stdout.write(`\n${totals.pass} passed, ${broken} failed, ${totals.skipped} skipped\n`);
process.exit(failed.length > 0 ? 1 : 0);

function run(command: readonly string[]): Promise<{ code: number; output: string }> {
  const [program = "", ...args] = command;
  return new Promise((done) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.setEncoding("utf8");
    child.stdout.on("data", (text: string) => {
      output += text;
      process.stdout.write(text);
    });
    child.on("error", (error) => done({ code: 127, output: error.message }));
    child.on("close", (code) => done({ code: code ?? 1, output }));
  });
}

function count(output: string): void {
  for (const [, kind, number] of output.matchAll(COUNTED)) {
    totals[kind as keyof typeof totals] += Number(number);
  }
}

/** Cases that need these are skipped without them, and that must not go unnoticed. */
function sayWhatIsMissing(): void {
  const missing = [
    { name: "the AWS CLI (aws)", probe: ["aws", "--version"] },
    { name: "boto3 for python3", probe: ["python3", "-c", "import boto3"] },
  ].filter(({ probe: [program = "", ...args] }) => spawnSync(program, args).status !== 0);
  for (const { name } of missing) {
    process.stdout.write(`\n!!! ${name} is NOT here: the cases that use it are SKIPPED\n`);
  }
}
