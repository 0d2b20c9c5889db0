/** The log as JSON lines: one object a line, each with a time, a level and what it is about. */
import { pino } from "pino";
import type { Log } from "../base/index.ts";

export const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Where lines go; the default is standard error. */
export interface LogDestination {
  write(line: string): void;
}

/** The log of a process, and the way to write out what it still holds before the process ends. */
export interface ProcessLog extends Log {
  /** Whether lines of this level are written, so that nobody composes what nobody reads. */
  enabled(level: "debug" | "info"): boolean;
  flush(): void;
}

/**
 * Lines that cross a pipe together with those of other processes stay whole up to this length:
 * what POSIX promises of one write.
 */
const ATOMIC_WRITE_BYTES = 4096;
/** Lines that a blocked reader keeps waiting; beyond it they are dropped, not the requests. */
const WAITING_BYTES_MAX = 1024 * 1024;

/** Fields that are never written, wherever they occur in the first three levels of a line. */
const SECRET_FIELDS = [
  "authorization",
  "cookie",
  "password",
  "plaintext",
  "Plaintext",
  "privateKey",
  "rootKey",
  "secret",
  "secretAccessKey",
  "SecretAccessKey",
  "sessionToken",
  "SessionToken",
  "signature",
  "token",
  "x-amz-security-token",
  "x-amz-server-side-encryption-customer-key",
  "x-amz-copy-source-server-side-encryption-customer-key",
];

export function createLog(options: {
  level: LogLevel;
  /** Fields of every line: which process it is. */
  fields?: Readonly<Record<string, unknown>>;
  destination?: LogDestination;
}): ProcessLog {
  const standardError = options.destination ? undefined : openStandardError();
  const lines = pino(
    {
      level: options.level,
      base: { ...options.fields },
      timestamp: pino.stdTimeFunctions.isoTime,
      messageKey: "message",
      errorKey: "error",
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.err },
      redact: { paths: secretPaths(), censor: "[redacted]" },
    },
    options.destination ?? standardError,
  );
  return {
    debug: (fields, message) => lines.debug(fields, message),
    info: (fields, message) => lines.info(fields, message),
    warn: (fields, message) => lines.warn(fields, message),
    error: (fields, message) => lines.error(fields, message),
    enabled: (level) => lines.isLevelEnabled(level),
    flush: () => standardError?.flushSync(),
  };
}

function openStandardError() {
  const maxWrite = ATOMIC_WRITE_BYTES;
  return pino.destination({ fd: 2, sync: false, maxWrite, maxLength: WAITING_BYTES_MAX });
}

function secretPaths(): string[] {
  return SECRET_FIELDS.flatMap((field) => {
    const step = `["${field}"]`;
    return [step, `*${step}`, `*.*${step}`];
  });
}
