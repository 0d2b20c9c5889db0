/** Every option: its flag, its environment variable, its default, and how its text is read. */
import { LOG_LEVELS, SERVER_LIMITS } from "../server/index.ts";
import {
  parseAccountId,
  parseAddress,
  parseBlock,
  parseDomain,
  parseOneOf,
  parseRegion,
  parseSwitch,
  parseWhole,
} from "./values.ts";

export interface Option<Value> {
  /** As commander reads it. */
  readonly flag: string;
  readonly text: string;
  readonly variable: string;
  readonly parse: (text: string) => Value;
  /** May be given several times; in the environment separated by commas or spaces. */
  readonly many?: true;
  /** What holds when neither option nor variable is given, as it would be typed. */
  readonly fallback?: string;
}

const path = (text: string): string => text;

export const OPTIONS = {
  data: {
    flag: "--data <folder>",
    text: "where everything is kept, encrypted",
    variable: "STRONGROOM_DATA",
    parse: path,
    fallback: "./data",
  },
  rootKey: {
    flag: "--root-key <file>",
    text: "the key that opens the data folder; never inside it (default: <data>.root-key)",
    variable: "STRONGROOM_ROOT_KEY",
    parse: path,
  },
  listen: {
    flag: "--listen <host:port>",
    text: "where the API answers",
    variable: "STRONGROOM_LISTEN",
    parse: parseAddress,
    fallback: "127.0.0.1:9000",
  },
  console: {
    flag: "--console <host:port>",
    text: "where the console answers",
    variable: "STRONGROOM_CONSOLE",
    parse: parseAddress,
    fallback: "127.0.0.1:9001",
  },
  workers: {
    flag: "--workers <number>",
    text: "processes that answer requests (default: one per core)",
    variable: "STRONGROOM_WORKERS",
    parse: parseWhole(1, 256),
  },
  region: {
    flag: "--region <name>",
    text: "the region of those who name none; every AWS region is answered",
    variable: "STRONGROOM_REGION",
    parse: parseRegion,
    fallback: "us-east-1",
  },
  account: {
    flag: "--account <id>",
    text: "the first account",
    variable: "STRONGROOM_ACCOUNT",
    parse: parseAccountId,
    fallback: "123456789012",
  },
  domain: {
    flag: "--domain <name...>",
    text: "base domains of bucket host names (default: localhost and s3.localhost)",
    variable: "STRONGROOM_DOMAIN",
    parse: parseDomain,
    many: true,
  },
  tlsCert: {
    flag: "--tls-cert <file>",
    text: "certificate chain in PEM; read again when it changes",
    variable: "STRONGROOM_TLS_CERT",
    parse: path,
  },
  tlsKey: {
    flag: "--tls-key <file>",
    text: "the certificate's private key in PEM",
    variable: "STRONGROOM_TLS_KEY",
    parse: path,
  },
  insecureHttp: {
    flag: "--insecure-http",
    text: "allow plain HTTP on an address that others can reach",
    variable: "STRONGROOM_INSECURE_HTTP",
    parse: parseSwitch,
    fallback: "false",
  },
  trustedProxy: {
    flag: "--trusted-proxy <cidr...>",
    text: "proxies whose X-Forwarded-For and X-Forwarded-Proto are believed",
    variable: "STRONGROOM_TRUSTED_PROXY",
    parse: parseBlock,
    many: true,
  },
  logLevel: {
    flag: "--log-level <level>",
    text: `${LOG_LEVELS.join(", ")}; debug writes a line for every request`,
    variable: "STRONGROOM_LOG_LEVEL",
    parse: parseOneOf(LOG_LEVELS),
    fallback: "info",
  },
  maxConnections: {
    flag: "--max-connections <number>",
    text: "connections that one worker holds",
    variable: "STRONGROOM_MAX_CONNECTIONS",
    parse: parseWhole(1, 1_000_000),
    fallback: String(SERVER_LIMITS.connectionsMax),
  },
  maxRequests: {
    flag: "--max-requests <number>",
    text: "requests that one worker answers at a time; beyond it 503 SlowDown",
    variable: "STRONGROOM_MAX_REQUESTS",
    parse: parseWhole(1, 1_000_000),
    fallback: String(SERVER_LIMITS.requestsInFlightMax),
  },
} as const satisfies Record<string, Option<unknown>>;

export type OptionName = keyof typeof OPTIONS;

/** What commander found, by option: text, several texts, or that a flag is there. */
export type GivenOptions = Readonly<Record<string, string | readonly string[] | true | undefined>>;
export type Environment = Readonly<Record<string, string | undefined>>;
