/**
 * The program under test as a child process, or whatever `TARGET` names.
 *
 * With TARGET=<url> nothing is started: the suites speak to that endpoint with the credentials of
 * AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and what needs the process itself (restart, kill, a
 * second account) says that it is left out.
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { get as getHttp } from "node:http";
import { get as getHttps } from "node:https";
import { createServer, Socket, type Server as NetServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { until } from "./in-turn.ts";

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** What a suite needs to know of the deployment that it speaks to. */
export interface Endpoint {
  readonly url: string;
  readonly region: string;
  readonly account: string;
  readonly root: Credentials;
}

export interface ServerOptions {
  readonly workers?: number;
  /** More command-line arguments of `strongroom serve`. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** `given`: root credentials come by the environment (default); `made`: the server draws them. */
  readonly rootCredentials?: "given" | "made";
  /** Default: a fresh data folder. */
  readonly folder?: DataFolder;
  /** Certificate and key, then the API is served by HTTPS. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** Default 127.0.0.1. */
  readonly host?: "127.0.0.1" | "[::1]";
}

/** A data folder and the root-key file beside it. */
export interface DataFolder {
  readonly home: string;
  readonly data: string;
  readonly rootKey: string;
}

export const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const target = process.env["TARGET"];

const region = "us-east-1";
const account = "123456789012";
const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) killGroup(child);
});

/** Made once and removed when the test process ends. */
export function makeFolder(): DataFolder {
  const home = mkdtempSync(join(tmpdir(), "strongroom-conformance-"));
  process.on("exit", () => rmSync(home, { recursive: true, force: true }));
  return { home, data: join(home, "data"), rootKey: join(home, "data.root-key") };
}

/** Twenty characters and forty, as AWS draws them. */
export function drawCredentials(): Credentials {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const id = [...randomBytes(16)].map((byte) => alphabet[byte % 32]).join("");
  return { accessKeyId: `AKIA${id}`, secretAccessKey: randomBytes(30).toString("base64") };
}

export class Server implements Endpoint {
  readonly region = region;
  readonly account = account;
  readonly folder: DataFolder;
  url = "";
  consoleUrl = "";
  root: Credentials;
  readonly #options: ServerOptions;
  #child: ChildProcess | undefined;
  #log = "";

  constructor(options: ServerOptions = {}) {
    this.#options = options;
    this.folder = options.folder ?? makeFolder();
    this.root = drawCredentials();
  }

  /** Everything that the program has written to its outputs, over all its starts. */
  get log(): string {
    return this.#log;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Starts the program and comes back when it says that it is ready. Free ports each time. */
  async start(attempts = 3): Promise<this> {
    try {
      await this.#attempt();
    } catch (error) {
      const taken = error instanceof StartError && /another program does/.test(error.output);
      if (!taken || attempts <= 1) throw error;
      return this.start(attempts - 1);
    }
    if (this.#options.rootCredentials === "made") this.root = this.#printedCredentials();
    return this;
  }

  /** SIGTERM, as a supervisor stops it: requests in flight end, then the exit code is 0. */
  async stop(): Promise<void> {
    const code = await this.#end(() => this.#child?.kill("SIGTERM"));
    if (code !== 0) throw new Error(`stopped with ${code}:\n${this.#log.slice(-4000)}`);
  }

  /** SIGKILL to every process of the deployment at one moment. */
  async kill(): Promise<void> {
    await this.#end(() => this.#child && killGroup(this.#child));
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** A second account of the running deployment, and its root credentials. */
  createAccount(id: string, name: string): Credentials {
    const printed = this.command(["account", "create", "--id", id, "--name", name, "--json"]);
    if (printed.status !== 0) throw new Error(`account create: ${printed.stderr}`);
    const made: Credentials = JSON.parse(printed.stdout);
    return { accessKeyId: made.accessKeyId, secretAccessKey: made.secretAccessKey };
  }

  /** Runs another command of the program on this deployment's data folder. */
  command(args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
    const folder = ["--data", this.folder.data, "--root-key", this.folder.rootKey];
    return runProgram([...args, ...folder], {
      STRONGROOM_LISTEN: new URL(this.url).host,
    });
  }

  async #attempt(): Promise<void> {
    const [port, consolePort] = await freePorts();
    const scheme = this.#options.tls === undefined ? "http" : "https";
    this.url = `${scheme}://${this.#options.host ?? "127.0.0.1"}:${port}`;
    this.consoleUrl = `http://127.0.0.1:${consolePort}`;
    const child = this.#spawn(port, consolePort);
    const from = this.#log.length;
    let exit: string | undefined;
    child.once("exit", (code, signal) => (exit = `exit ${code ?? signal}`));
    await until("the server answers /-/ready", async () => {
      if (exit !== undefined) throw new StartError(exit, this.#log.slice(from));
      return (await statusOf(`${this.url}/-/ready`)) === 200 ? true : undefined;
    });
    hold(child, "unref");
  }

  #printedCredentials(): Credentials {
    const { stdout, stderr } = this.command(["env"]);
    const value = (name: string) => {
      const found = new RegExp(`^export ${name}=['"]?([^'"\\s]+)`, "m").exec(stdout)?.[1];
      if (found === undefined) throw new Error(`env prints no ${name}: ${stderr}`);
      return found;
    };
    return {
      accessKeyId: value("AWS_ACCESS_KEY_ID"),
      secretAccessKey: value("AWS_SECRET_ACCESS_KEY"),
    };
  }

  #spawn(port: number, consolePort: number): ChildProcess {
    const { workers = defaultWorkers(), args = [], env = {}, tls } = this.#options;
    const given = this.#options.rootCredentials !== "made";
    const child = spawn(
      process.execPath,
      [
        ...program,
        "serve",
        `--data=${this.folder.data}`,
        `--root-key=${this.folder.rootKey}`,
        `--listen=${this.#options.host ?? "127.0.0.1"}:${port}`,
        `--console=127.0.0.1:${consolePort}`,
        `--workers=${workers}`,
        "--log-level=warn",
        ...(tls === undefined ? [] : [`--tls-cert=${tls.certificate}`, `--tls-key=${tls.key}`]),
        ...args,
      ],
      {
        cwd: repository,
        detached: true,
        stdio: ["ignore", "pipe", "pipe"],
        env: { ...cleanEnvironment(), ...(given ? rootVariables(this.root) : {}), ...env },
      },
    );
    running.add(child);
    child.once("exit", () => running.delete(child));
    for (const output of [child.stdout, child.stderr]) {
      output?.setEncoding("utf8").on("data", (text: string) => (this.#log += text));
    }
    this.#child = child;
    return child;
  }

  async #end(signal: () => void): Promise<number | null> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return 0;
    hold(child, "ref");
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    const timer = setTimeout(() => killGroup(child), 20_000);
    signal();
    const code = await ended;
    clearTimeout(timer);
    return code;
  }
}

/** The program ended before it was ready. */
export class StartError extends Error {
  override readonly name = "StartError";
  readonly exit: string;
  readonly output: string;

  constructor(exit: string, output: string) {
    super(`the server did not start (${exit}):\n${output}`);
    this.exit = exit;
    this.output = output;
  }
}

/** The endpoint that `TARGET` names. */
export function targetEndpoint(url: string): Endpoint {
  const sessionToken = process.env["AWS_SESSION_TOKEN"];
  return {
    url,
    region: process.env["AWS_REGION"] ?? region,
    account: process.env["TARGET_ACCOUNT"] ?? account,
    root: {
      accessKeyId: variable("AWS_ACCESS_KEY_ID"),
      secretAccessKey: variable("AWS_SECRET_ACCESS_KEY"),
      ...(sessionToken === undefined ? {} : { sessionToken }),
    },
  };
}

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`TARGET needs ${name} in the environment`);
  return value;
}

const program = ["--disable-warning=ExperimentalWarning", "src/main.ts"];

/** Runs a command of the program to its end. */
export function runProgram(args: readonly string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...program, ...args], {
    cwd: repository,
    encoding: "utf8",
    timeout: 30_000,
    env: { ...cleanEnvironment(), ...env },
  });
  return { status, stdout, stderr };
}

/** This process's environment without anything that would configure the program or an SDK. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(AWS|STRONGROOM|NODE)_/.test(name),
  );
  return Object.fromEntries(kept);
}

/** The value of the Linux process's resident memory in bytes; 0 elsewhere. */
export function residentBytes(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

export function defaultWorkers(): number {
  return Number(process.env["CONFORMANCE_WORKERS"] ?? 1);
}

function rootVariables({ accessKeyId, secretAccessKey }: Credentials): Record<string, string> {
  return {
    STRONGROOM_ROOT_ACCESS_KEY_ID: accessKeyId,
    STRONGROOM_ROOT_SECRET_ACCESS_KEY: secretAccessKey,
  };
}

/** A server that a failed test left running does not keep the test process alive. */
function hold(child: ChildProcess, how: "ref" | "unref"): void {
  child[how]();
  for (const output of [child.stdout, child.stderr]) {
    if (output instanceof Socket) output[how]();
  }
}

function killGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  } catch {
    // Nothing of it is left.
  }
}

/** The status of a GET; undefined while nobody answers. The certificate is not looked at. */
function statusOf(url: string): Promise<number | undefined> {
  const get = url.startsWith("https:") ? getHttps : getHttp;
  return new Promise((resolve) => {
    get(url, { agent: false, rejectUnauthorized: false }, (reply) => {
      reply.resume();
      resolve(reply.statusCode);
    }).once("error", () => resolve(undefined));
  });
}

/** Two ports that nobody listens on now. Another process may take one before the server does. */
async function freePorts(): Promise<[number, number]> {
  const listeners = await Promise.all([listenAnywhere(), listenAnywhere()]);
  const [first, second] = listeners.map(portOf);
  await Promise.all(listeners.map((listener) => new Promise((resolve) => listener.close(resolve))));
  return [first ?? 0, second ?? 0];
}

function listenAnywhere(): Promise<NetServer> {
  const listener = createServer();
  return new Promise((resolve) => {
    listener.listen(0, "127.0.0.1", () => resolve(listener));
  });
}

function portOf(listener: NetServer): number {
  const address = listener.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
