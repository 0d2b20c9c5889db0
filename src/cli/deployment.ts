/**
 * What the command line runs: everything below the transport, as one thing that a process opens.
 *
 * The primary opens it first, alone, and so makes a new deployment where there is none (root key
 * first, then the store); then every worker opens it for itself. A command opens it when nothing
 * else runs.
 */
import type { Log } from "../base/index.ts";
import type { Handler, Health, Metrics } from "../server/index.ts";
import type { GivenRootCredentials } from "./config.ts";

/** Throws Refusal when the folder cannot be opened as things are: the sentence is printed. */
export type OpenDeployment = (options: DeploymentOptions) => Promise<Deployment>;

export interface DeploymentOptions {
  readonly role: "primary" | "worker" | "command";
  readonly dataFolder: string;
  readonly rootKeyFile: string;
  /** Whether the folder holds nothing yet. Only the primary is ever told so. */
  readonly fresh: boolean;
  readonly account: string;
  readonly region: string;
  readonly regions: readonly string[];
  readonly domains: readonly string[];
  /** Only for the primary. */
  readonly rootCredentials: GivenRootCredentials | undefined;
  readonly log: Log;
}

export interface Deployment {
  /** Begins to answer requests in this process. Once, and only in a worker. */
  start(worker: WorkerServices): Promise<RequestService>;
  /** Of the first account. */
  rootCredentials(): Promise<RootCredentials>;
  /** Throws Refusal when the account exists. The only time that its secret is told. */
  createAccount(account: { accountId: string; name: string }): Promise<RootCredentials>;
  /**
   * The operator says that the wall clock is right after it ran ahead: destructive deadlines count
   * by it again. Answers the time that was accepted.
   */
  acceptClock(): Promise<Date>;
  /** The engine's open read transactions, for the primary's watchdog; dead ones are dropped first. */
  checkReaders(): ReaderReport;
  close(): Promise<void>;
}

export interface WorkerServices {
  /** From 1; a restarted worker has a new one. */
  readonly workerId: number;
  readonly apiEndpoint: string;
  /** The origin that the API answers CORS for. */
  readonly consoleOrigin: string;
  readonly metrics: Metrics;
  readonly health: Health;
}

export interface RequestService {
  readonly handle: Handler;
  /** After the last exchange: finishes what goes on in the background. */
  stop(): Promise<void>;
}

export interface RootCredentials {
  readonly accountId: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface ReaderReport {
  /** The latest transaction that was committed. */
  readonly committed: number;
  readonly readers: readonly Reader[];
}

export interface Reader {
  readonly pid: number;
  /** The one whose snapshot it reads. */
  readonly transaction: number;
}
