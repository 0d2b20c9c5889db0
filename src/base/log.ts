/**
 * Where a house says what an operator should know. Lines carry fields, never secrets, bodies,
 * metadata or encryption contexts; the implementation (server/) redacts and renders them.
 */
export interface Log {
  debug(fields: Readonly<Record<string, unknown>>, message: string): void;
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

const nothing = () => {};

/** Says nothing: for tests. */
export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
