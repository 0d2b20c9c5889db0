/** Looks at the data folder before anything opens it, and says in words what is wrong with it. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { Refusal } from "./sentences.ts";

export interface Folders {
  readonly dataFolder: string;
  readonly rootKeyFile: string;
}

/** Names the layout of the folder, in decimal. Older programs refuse newer ones by it. */
const FORMAT_FILE = "format";
const FORMAT = 1;
export const CONTROL_SOCKET = "control.sock";

/** What may lie in a folder that is new all the same. */
const NOT_OURS: ReadonlySet<string> = new Set([
  CONTROL_SOCKET,
  "lost+found",
  ".DS_Store",
  ".gitkeep",
]);

/** Makes the folder where there is none. Throws Refusal. */
export function prepareDataFolder({ dataFolder, rootKeyFile }: Folders): { fresh: boolean } {
  refuseRootKeyInside({ dataFolder, rootKeyFile });
  makeWritable(dataFolder);
  const fresh = isFresh(dataFolder);
  if (!fresh) refuseMissingRootKey({ dataFolder, rootKeyFile });
  return { fresh };
}

/** For commands that need a deployment which is there already. Throws Refusal. */
export function requireDeployment({ dataFolder, rootKeyFile }: Folders): void {
  refuseRootKeyInside({ dataFolder, rootKeyFile });
  if (!existsSync(dataFolder) || isFresh(dataFolder)) {
    throw new Refusal(
      `there is no deployment in ${dataFolder}: start one with \`strongroom serve\`, or name its folder with --data`,
    );
  }
  refuseMissingRootKey({ dataFolder, rootKeyFile });
}

/** Called under the lock, before the first file of the store is made. */
export function markFormat(dataFolder: string): void {
  const file = join(dataFolder, FORMAT_FILE);
  if (!existsSync(file)) writeFileSync(file, `${FORMAT}\n`, { mode: 0o600, flush: true });
}

function refuseRootKeyInside({ dataFolder, rootKeyFile }: Folders): void {
  const way = relative(realPath(dataFolder), realPath(rootKeyFile));
  if (way === ".." || way.startsWith(`..${sep}`)) return;
  throw new Refusal(
    `the root key ${rootKeyFile} would lie inside the data folder, where every copy of the data takes it along: ` +
      "name a file outside of it with --root-key",
  );
}

function makeWritable(dataFolder: string): void {
  const probe = join(dataFolder, `.probe-${process.pid}`);
  try {
    makeFolder(dataFolder);
    writeFileSync(probe, "");
    rmSync(probe);
  } catch (error) {
    throw new Refusal(`cannot write to the data folder ${dataFolder}: ${reason(error)}`, {
      cause: error,
    });
  }
}

/**
 * Step by step: node's recursive form never returns where a file system answers ENOENT for a new
 * name in a folder that is there, as /proc does.
 */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

function isFresh(dataFolder: string): boolean {
  const entries = readdirSync(dataFolder).filter((name) => !NOT_OURS.has(name));
  if (!entries.includes(FORMAT_FILE)) {
    if (entries.length === 0) return true;
    throw new Refusal(
      `${dataFolder} holds files but no deployment: name an empty or a new folder with --data`,
    );
  }
  const format = readFileSync(join(dataFolder, FORMAT_FILE), "utf8").trim();
  if (format !== String(FORMAT)) {
    throw new Refusal(
      `${dataFolder} has format \`${format.slice(0, 20)}\` and this program knows ${FORMAT}: ` +
        "it was written by a newer strongroom, start that one",
    );
  }
  return entries.length === 1;
}

function refuseMissingRootKey({ dataFolder, rootKeyFile }: Folders): void {
  if (existsSync(rootKeyFile)) return;
  throw new Refusal(
    `${dataFolder} holds a deployment but its root key ${rootKeyFile} is missing: put it back or name it with ` +
      "--root-key; without it nothing in the folder can be read",
  );
}

/** With links resolved, as far as the path exists. */
function realPath(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  const parent = dirname(path);
  return parent === path ? path : join(realPath(parent), basename(path));
}

function reason(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "EACCES":
    case "EPERM":
      return "permission is denied; make it yours with chown, or name another with --data";
    case "EROFS":
      return "its file system is read-only; mount it writable, or name another with --data";
    case "ENOTDIR":
    case "EEXIST":
      return "a part of its path is a file; name another with --data";
    case "ENOSPC":
    case "EDQUOT":
      return "its disk is full; make room, or name another with --data";
    default:
      return `${error instanceof Error ? error.message : "unknown reason"}; name another with --data`;
  }
}
