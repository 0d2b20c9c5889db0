/** The primary: owns the data folder, opens it first, and keeps the workers that answer requests. */
import cluster from "node:cluster";
import { SECOND_MS } from "../base/index.ts";
import { createLog, type ProcessLog } from "../server/index.ts";
import { announcement } from "./announcement.ts";
import { endOnBugs } from "./bugs.ts";
import { carryOut } from "./commands.ts";
import type { Config } from "./config.ts";
import { ControlSocket } from "./control-socket.ts";
import { markFormat, prepareDataFolder } from "./data-folder.ts";
import type { Deployment, OpenDeployment } from "./deployment.ts";
import { deploymentOptions } from "./deployment-options.ts";
import { endpointOf } from "./endpoint.ts";
import { withPort } from "./free-port.ts";
import { HARDENED_FLAGS } from "./hardening.ts";
import { gatherMetrics } from "./metrics-gathering.ts";
import { ReaderWatch } from "./reader-watch.ts";
import { Refusal } from "./sentences.ts";
import { Supervisor } from "./supervisor.ts";
import { readTls } from "./tls-files.ts";
import { DRAIN_MS_MAX } from "./worker.ts";

export interface ServeSurroundings {
  readonly open: OpenDeployment;
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Standard output. */
  readonly print: (text: string) => void;
}

const WATCH_MS = SECOND_MS;
/** On top of the workers' own limit, before they are killed. */
const DRAIN_GRACE_MS = 5 * SECOND_MS;
/** npm and the shell may each pass the same key press on. */
const SAME_SIGNAL_MS = SECOND_MS;

/** Runs until it is told to stop: answers the exit code. Throws Refusal. */
export async function serve(config: Config, surroundings: ServeSurroundings): Promise<number> {
  if (config.tlsFiles) readTls(config.tlsFiles);
  const { fresh } = prepareDataFolder(config);
  const running = Promise.withResolvers<(command: string, argument: unknown) => Promise<unknown>>();
  const lock = await ControlSocket.bind(config.dataFolder, async (command, argument) =>
    (await running.promise)(command, argument),
  );
  const log = createLog({ level: config.logLevel, fields: { process: "primary" } });
  endOnBugs(log);
  try {
    markFormat(config.dataFolder);
    const options = deploymentOptions(config, { role: "primary", fresh, log });
    const deployment = await surroundings.open(options);
    try {
      return await supervise(config, surroundings, {
        deployment,
        lock,
        log,
        running: running.resolve,
      });
    } finally {
      await deployment.close();
    }
  } finally {
    await lock.close();
    log.flush();
  }
}

interface Primary {
  readonly deployment: Deployment;
  readonly lock: ControlSocket;
  readonly log: ProcessLog;
  readonly running: (commands: (command: string, argument: unknown) => Promise<unknown>) => void;
}

async function supervise(
  config: Config,
  surroundings: ServeSurroundings,
  { deployment, lock, log, running }: Primary,
): Promise<number> {
  const [api, page] = [await withPort(config.listen), await withPort(config.console)];
  const watching = watch({ deployment, lock, log });
  const supervisor = new Supervisor({
    workers: config.workers,
    ports: { api: api.port, console: page.port },
    fork: forkWorker(() => supervisor.ready),
    ended: watching.look,
    log,
  });
  watching.over(supervisor);
  const stopping = stopSignal();
  const failed = Promise.race([supervisor.ended, watching.failed]);
  try {
    const started = await Promise.race([supervisor.start(), failed, stopping]);
    if (started === "stop") return 0;
    if (started !== undefined) throw new Refusal(started);
    const tls = { tls: config.tlsFiles !== undefined };
    const endpoint = endpointOf(api, tls);
    const place = { endpoint, region: config.region };
    running((command, argument) => carryOut(deployment, place, command, argument));
    const console = endpointOf(page, tls);
    surroundings.print(announcement({ endpoint, console, config, ...surroundings }));
    log.info({ endpoint, console, workers: config.workers }, "serving");
    const ending = await Promise.race([failed, stopping]);
    if (ending !== "stop") throw new Refusal(ending);
    log.info({}, "draining");
    return 0;
  } finally {
    watching.stop();
    await supervisor.drain(DRAIN_MS_MAX + DRAIN_GRACE_MS);
  }
}

function forkWorker(ready: () => ReturnType<typeof cluster.fork>[]) {
  cluster.setupPrimary({ execArgv: [...new Set([...process.execArgv, ...HARDENED_FLAGS])] });
  return () => {
    const worker = cluster.fork();
    gatherMetrics(worker, ready);
    return worker;
  };
}

/** Looks every second whether the folder is still ours and no reader holds an old snapshot. */
function watch({ deployment, lock, log }: Omit<Primary, "running">): Watch {
  const { promise, resolve } = Promise.withResolvers<string>();
  const readers = new ReaderWatch();
  let supervisor: Supervisor | undefined;
  const look = () => {
    if (!lock.held()) resolve(LOCK_LOST);
    try {
      for (const { pid, transaction } of readers.look(deployment.checkReaders())) {
        const killed = supervisor?.kill(pid) === true;
        log.error({ pid, transaction, killed }, "a reader holds an old snapshot");
      }
    } catch (error) {
      log.error({ error }, "readers not checked");
    }
  };
  const timer = setInterval(look, WATCH_MS);
  return {
    failed: promise,
    look,
    over: (watched) => {
      supervisor = watched;
    },
    stop: () => clearInterval(timer),
  };
}

interface Watch {
  readonly failed: Promise<string>;
  readonly look: () => void;
  readonly over: (supervisor: Supervisor) => void;
  readonly stop: () => void;
}

const LOCK_LOST =
  "the control socket was removed or replaced: the data folder may have another owner";

/** Resolves at the first signal to stop; one more, after a while, ends the process at once. */
function stopSignal(): Promise<"stop"> {
  const { promise, resolve } = Promise.withResolvers<"stop">();
  let settled = false;
  const stop = () => {
    if (settled) process.exit(1);
    resolve("stop");
    setTimeout(() => {
      settled = true;
    }, SAME_SIGNAL_MS).unref();
  };
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, stop);
  return promise;
}
