/** The log as JSON lines: one object a line, each with a time, a level and what it is about. */
import { pino } from "pino";
import type { Log } from "../base/index.ts";
import { redact } from "./redact.ts";

export const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Where lines go; the default is standard error. */
export interface LogDestination {
  write(line: string): void;
}

/** The log of a process, and the way to write out what it still holds before the process ends. */
export interface ProcessLog extends Log {
  /** Whether lines of this level are written, so that nobody composes what nobody reads. */
  enabled(level: LogLevel): boolean;
  flush(): void;
}

/**
 * Lines that cross a pipe together with those of other processes stay whole up to this length:
 * what POSIX promises of one write.
 */
const ATOMIC_WRITE_BYTES = 4096;
/** Lines that a blocked reader keeps waiting; beyond it they are dropped, not the requests. */
const WAITING_BYTES_MAX = 1024 * 1024;

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
      serializers: { error: pino.stdSerializers.err, err: pino.stdSerializers.err },
    },
    options.destination ?? standardError,
  );
  return {
    debug: (fields, message) => {
      if (lines.isLevelEnabled("debug")) lines.debug(redact(fields), message);
    },
    info: (fields, message) => {
      if (lines.isLevelEnabled("info")) lines.info(redact(fields), message);
    },
    warn: (fields, message) => lines.warn(redact(fields), message),
    error: (fields, message) => lines.error(redact(fields), message),
    enabled: (level) => lines.isLevelEnabled(level),
    flush: () => standardError?.flushSync(),
  };
}

function openStandardError() {
  const maxWrite = ATOMIC_WRITE_BYTES;
  return pino.destination({ fd: 2, sync: false, maxWrite, maxLength: WAITING_BYTES_MAX });
}
