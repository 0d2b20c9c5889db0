/** Certificate and key: read at start, and again when the files change. */
import { readFileSync, statSync, type Stats } from "node:fs";
import type { Log } from "../base/index.ts";
import { type TlsMaterial, tlsProblem } from "../server/index.ts";
import type { TlsFiles } from "./config.ts";
import { Refusal } from "./sentences.ts";

/** Looking at the names (and not at the files behind them) also sees links that are switched. */
const LOOK_MS = 2000;

/** Throws Refusal when a file is unreadable or the two do not go together. */
export function readTls(files: TlsFiles): TlsMaterial {
  const material = { cert: read(files.cert, "certificate"), key: read(files.key, "key") };
  const problem = tlsProblem(material);
  if (problem !== undefined) {
    throw new Refusal(`${files.cert} and ${files.key} cannot be used for TLS: ${problem}`);
  }
  return material;
}

/** Calls `changed` with each new usable pair; unusable ones are logged and the old pair stays. */
export function watchTls(
  files: TlsFiles,
  log: Log,
  changed: (material: TlsMaterial) => void,
  lookMs: number = LOOK_MS,
): { close(): void } {
  let seen = stamp(files);
  const timer = setInterval(() => {
    const now = stamp(files);
    if (now === seen) return;
    seen = now;
    try {
      changed(readTls(files));
      log.info({ cert: files.cert }, "tls certificate read again");
    } catch (error) {
      // Half of a renewal: the other file's change is seen by a later look.
      log.warn({ error }, "tls certificate not taken over");
    }
  }, lookMs);
  timer.unref();
  return { close: () => clearInterval(timer) };
}

function read(file: string, what: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Refusal(`cannot read the TLS ${what} ${file}: ${message(error)}`, { cause: error });
  }
}

function stamp({ cert, key }: TlsFiles): string {
  return [cert, key]
    .map((file) => statSync(file, { throwIfNoEntry: false }))
    .map((stats: Stats | undefined) => `${stats?.ino}/${stats?.mtimeMs}/${stats?.size}`)
    .join(" ");
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : "unknown reason";
}
