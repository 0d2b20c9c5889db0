/** What a deployment is told: the options and the environment, read once into one value. */
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { type Cidr, isLoopback } from "../base/index.ts";
import type { LogLevel } from "../server/index.ts";
import { OptionReader } from "./option-reader.ts";
import { type Environment, type GivenOptions, OPTIONS } from "./options.ts";
import { UsageError } from "./sentences.ts";
import { type Address, parseAccessKeyId, parseSecretKey } from "./values.ts";

export interface Config {
  /** Both absolute. */
  readonly dataFolder: string;
  readonly rootKeyFile: string;
  readonly listen: Address;
  readonly console: Address;
  readonly workers: number;
  readonly region: string;
  readonly account: string;
  readonly domains: readonly string[];
  readonly tlsFiles: TlsFiles | undefined;
  readonly insecureHttp: boolean;
  readonly trustedProxies: readonly Cidr[];
  readonly logLevel: LogLevel;
  readonly connectionsMax: number;
  readonly requestsInFlightMax: number;
  /** From the environment; absent ones are generated on first start. */
  readonly rootCredentials: GivenRootCredentials | undefined;
}

export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

export interface GivenRootCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const DEFAULT_DOMAINS = ["localhost", "s3.localhost"];

export const ROOT_ACCESS_KEY_ID = "STRONGROOM_ROOT_ACCESS_KEY_ID";
export const ROOT_SECRET_ACCESS_KEY = "STRONGROOM_ROOT_SECRET_ACCESS_KEY";

/** Throws UsageError: the first thing that is wrong, as one line. */
export function readConfig(given: GivenOptions, environment: Environment): Config {
  const reader = new OptionReader(given, environment);
  const need = <Value>(value: Value | undefined, flag: string): Value => {
    if (value === undefined) throw new UsageError(`${flag} needs a value`);
    return value;
  };
  const dataFolder = resolve(need(reader.one("data", OPTIONS.data), "--data"));
  const domains = reader.many("domain", OPTIONS.domain);
  const config: Config = {
    dataFolder,
    rootKeyFile: resolve(reader.one("rootKey", OPTIONS.rootKey) ?? `${dataFolder}.root-key`),
    listen: need(reader.one("listen", OPTIONS.listen), "--listen"),
    console: need(reader.one("console", OPTIONS.console), "--console"),
    workers: reader.one("workers", OPTIONS.workers) ?? availableParallelism(),
    region: need(reader.one("region", OPTIONS.region), "--region"),
    account: need(reader.one("account", OPTIONS.account), "--account"),
    domains: domains.length > 0 ? [...new Set(domains)] : DEFAULT_DOMAINS,
    tlsFiles: readTlsFiles(reader),
    trustedProxies: reader.many("trustedProxy", OPTIONS.trustedProxy),
    logLevel: need(reader.one("logLevel", OPTIONS.logLevel), "--log-level"),
    connectionsMax: need(reader.one("maxConnections", OPTIONS.maxConnections), "--max-connections"),
    requestsInFlightMax: need(reader.one("maxRequests", OPTIONS.maxRequests), "--max-requests"),
    insecureHttp: reader.one("insecureHttp", OPTIONS.insecureHttp) === true,
    rootCredentials: readRootCredentials(reader),
  };
  return config;
}

/** The variables that begin like ours but are not: most likely misspelt. */
export function unknownVariables(environment: Environment): string[] {
  const known: ReadonlySet<string> = new Set([
    ...Object.values(OPTIONS).map(({ variable }) => variable),
    ROOT_ACCESS_KEY_ID,
    ROOT_SECRET_ACCESS_KEY,
  ]);
  return Object.keys(environment).filter(
    (name) => name.startsWith("STRONGROOM_") && !known.has(name),
  );
}

function readTlsFiles(reader: OptionReader): TlsFiles | undefined {
  const cert = reader.one("tlsCert", OPTIONS.tlsCert);
  const key = reader.one("tlsKey", OPTIONS.tlsKey);
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    throw new UsageError("--tls-cert and --tls-key are given together or not at all");
  }
  return { cert: resolve(cert), key: resolve(key) };
}

function readRootCredentials(reader: OptionReader): GivenRootCredentials | undefined {
  const accessKeyId = reader.secret(ROOT_ACCESS_KEY_ID, parseAccessKeyId);
  const secretAccessKey = reader.secret(ROOT_SECRET_ACCESS_KEY, parseSecretKey);
  if (accessKeyId === undefined && secretAccessKey === undefined) return undefined;
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw new UsageError(
      `${ROOT_ACCESS_KEY_ID} and ${ROOT_SECRET_ACCESS_KEY} are given together or not at all`,
    );
  }
  return { accessKeyId, secretAccessKey };
}

/** What only those who listen must not do. Throws UsageError. */
export function checkAddresses(config: Config): void {
  refuseSharedAddress(config);
  if (!config.insecureHttp) refuseOpenPlainHttp(config);
}

function refuseSharedAddress({ listen, console }: Config): void {
  if (listen.port !== 0 && listen.port === console.port && listen.host === console.host) {
    throw new UsageError("--listen and --console need different addresses");
  }
}

/** Credentials and objects in the clear are for one's own machine only, unless one insists. */
function refuseOpenPlainHttp({ listen, console, tlsFiles, trustedProxies }: Config): void {
  if (tlsFiles || trustedProxies.length > 0) return;
  for (const [flag, { host }] of [["--listen", listen] as const, ["--console", console] as const]) {
    if (host === "localhost" || isLoopback(host)) continue;
    throw new UsageError(
      `${flag}: plain HTTP on ${host} would let others read along: give --tls-cert and --tls-key, ` +
        "or --trusted-proxy for a proxy that speaks TLS, or --insecure-http if that is acceptable",
    );
  }
}
