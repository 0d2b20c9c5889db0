/** The toy program as a process of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { TestContext } from "node:test";

const MAIN = fileURLToPath(new URL("toy-main.ts", import.meta.url));
/** What the first process compiles the others need not. */
const COMPILED = fileURLToPath(new URL("../../../node_modules/.cache/strongroom", import.meta.url));
const ANYWHERE = ["--listen", "127.0.0.1:0", "--console", "127.0.0.1:0"];

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** One command from beginning to end. */
export async function run(folder: string, words: string[], environment = {}): Promise<Finished> {
  const program = launch(folder, words, environment);
  return program.finished;
}

export interface Serving {
  readonly child: ChildProcess;
  readonly api: string;
  readonly console: string;
  readonly finished: Promise<Finished>;
  /** What it wrote to standard error so far. */
  readonly err: () => string;
}

/** A deployment on free ports; ends with the test. */
export async function serve(
  t: TestContext,
  folder: string,
  words: string[] = [],
): Promise<Serving> {
  const program = launch(folder, ["serve", ...ANYWHERE, ...words], {});
  t.after(async () => {
    program.child.kill("SIGKILL");
    await program.finished;
  });
  const announced = await program.says(/API +(\S+)\n +console +(\S+)\n/);
  return { ...program, api: announced[1] ?? "", console: announced[2] ?? "" };
}

function launch(folder: string, words: string[], environment: Record<string, string>) {
  const child = spawn(process.execPath, [MAIN, ...words], {
    cwd: folder,
    env: { ...process.env, NODE_COMPILE_CACHE: COMPILED, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  const finished = once(child, "close").then(([code]) => ({
    code: typeof code === "number" ? code : null,
    out,
    err,
  }));
  const says = async (pattern: RegExp) => {
    for (;;) {
      const match = pattern.exec(out);
      if (match) return match;
      // oxlint-disable-next-line no-await-in-loop -- until it is said
      const ended = await Promise.race([once(child.stdout, "data").then(() => false), finished]);
      if (ended) throw new Error(`ended before ${pattern.source}: ${out}${err}`);
    }
  };
  return { child, finished, says, err: () => err };
}
