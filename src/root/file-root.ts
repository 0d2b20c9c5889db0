/**
 * The root of trust that is a file: its versions are random keys of 256 bits, kept in a file that
 * only its owner may read, beside the data folder and never in it. Whoever has the file and the
 * data reads everything; without the file the data opens nothing, and nobody can help.
 *
 * UNSAFE: destroying a version rewrites the file without it. A copy of the file made before, and
 * the disk blocks where it lay, keep it: SECURITY.md says what that opens.
 */
import { constants, type Stats } from "node:fs";
import { type FileHandle, open, realpath } from "node:fs/promises";
import { assert, type Clock } from "../base/index.ts";
import { randomSecret, type Secret, unwrapSecret, wrapSecret } from "../crypto/index.ts";
import { createDurably, replaceDurably } from "./durable-file.ts";
import {
  malformed,
  missing,
  readableByOthers,
  RootKeyError,
  unusable,
  withoutVersion,
} from "./root-key-error.ts";
import {
  decodeRootKeyFile,
  encodeRootKeyFile,
  ROOT_KEY_FILE_BYTES_MAX,
  type RootKeys,
} from "./root-key-file.ts";
import type { Destruction, RootOfTrust, WrappedByRoot } from "./root-of-trust.ts";

export interface FileRootOptions {
  readonly path: string;
  /**
   * `new`: nothing has been sealed yet, so a file that is missing is made. `existing`: a missing
   * file is refused, since a new key would open nothing of what is there.
   */
  readonly deployment: "new" | "existing";
  readonly clock: Clock;
}

/** Rejects with RootKeyError where the file is missing, malformed or readable by others. */
export async function openFileRoot(options: FileRootOptions): Promise<RootOfTrust> {
  const { path, deployment, clock } = options;
  const keys = (await readKeys(path)) ?? (await makeKeys(path, deployment));
  return new FileRoot(path, clock, keys);
}

class FileRoot implements RootOfTrust {
  readonly kind = "file";
  readonly #path: string;
  readonly #clock: Clock;
  #keys: RootKeys;

  constructor(path: string, clock: Clock, keys: RootKeys) {
    this.#path = path;
    this.#clock = clock;
    this.#keys = keys;
  }

  async versions(): Promise<readonly string[]> {
    await this.#reload();
    return [...this.#keys.keys()].map(String);
  }

  async current(): Promise<string> {
    await this.#reload();
    return String(currentOf(this.#keys));
  }

  async add(): Promise<string> {
    await this.#reload();
    const number = currentOf(this.#keys) + 1;
    using key = randomSecret(32);
    await this.#replace(new Map([...this.#keys, [number, key]]));
    return String(number);
  }

  async wrap(secret: Secret, aad: Uint8Array): Promise<WrappedByRoot> {
    const version = await this.current();
    const bytes = wrapSecret(this.#key(version), "root-wrap", fields(version, aad), secret);
    return { version, bytes };
  }

  async unwrap(version: string, bytes: Uint8Array, aad: Uint8Array): Promise<Secret> {
    if (!this.#keys.has(numberOf(version))) await this.#reload();
    return unwrapSecret(this.#key(version), "root-wrap", fields(version, aad), bytes);
  }

  async destroy(version: string): Promise<Destruction> {
    await this.#reload();
    const number = numberOf(version);
    assert(number !== currentOf(this.#keys), "the current version of the root is not destroyed");
    if (this.#keys.has(number)) {
      await this.#replace(new Map([...this.#keys].filter(([other]) => other !== number)));
    }
    return { goneAt: this.#clock.now() };
  }

  [Symbol.dispose](): void {
    for (const key of this.#keys.values()) key[Symbol.dispose]();
    this.#keys = new Map();
  }

  #key(version: string): Secret {
    const key = this.#keys.get(numberOf(version));
    if (!key) throw withoutVersion(this.#path, version);
    return key;
  }

  /** What is used from then on is what was read back. */
  async #replace(keys: RootKeys): Promise<void> {
    const text = encodeRootKeyFile(keys);
    try {
      // A link to the file stays a link.
      await replaceDurably(await realpath(this.#path), text);
    } catch (error) {
      throw unusable(this.#path, "written", error);
    } finally {
      text.fill(0);
    }
    await this.#reload();
  }

  async #reload(): Promise<void> {
    const keys = await readKeys(this.#path);
    if (!keys) throw missing(this.#path);
    this[Symbol.dispose]();
    this.#keys = keys;
  }
}

function currentOf(keys: RootKeys): number {
  return Math.max(...keys.keys());
}

/** Of a version's name; NaN, which no version has, for any other text. */
function numberOf(version: string): number {
  return /^[1-9]\d{0,9}$/.test(version) ? Number(version) : Number.NaN;
}

function fields(version: string, aad: Uint8Array) {
  return ["file", version, aad];
}

async function makeKeys(path: string, deployment: "new" | "existing"): Promise<RootKeys> {
  if (deployment === "existing") throw missing(path);
  using key = randomSecret(32);
  const text = encodeRootKeyFile(new Map([[1, key]]));
  try {
    await createDurably(path, text);
  } catch (error) {
    // Another process of this first start was quicker: its key is the one.
    if (codeOf(error) !== "EEXIST") throw unusable(path, "made", error);
  } finally {
    text.fill(0);
  }
  const keys = await readKeys(path);
  if (!keys) throw missing(path);
  return keys;
}

/** Undefined where there is no such file. */
async function readKeys(path: string): Promise<RootKeys | undefined> {
  let text: Buffer | undefined;
  try {
    text = await readOwnersFile(path);
  } catch (error) {
    throw error instanceof RootKeyError ? error : unusable(path, "read", error);
  }
  const keys = text && decodeRootKeyFile(text);
  text?.fill(0);
  if (text && !keys) throw malformed(path);
  return keys;
}

async function readOwnersFile(path: string): Promise<Buffer | undefined> {
  const file = await openIfThere(path);
  if (!file) return undefined;
  try {
    const stats = await file.stat();
    checkFile(path, stats);
    const text = Buffer.alloc(stats.size);
    const { bytesRead } = await file.read(text, 0, text.length, 0);
    return text.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    // Without waiting: the path may name a pipe.
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

function checkFile(path: string, stats: Stats): void {
  if (!stats.isFile() || stats.size > ROOT_KEY_FILE_BYTES_MAX) throw malformed(path);
  // Windows has no such modes; there the folder's rights have to do.
  if (process.platform !== "win32" && (stats.mode & 0o077) !== 0) throw readableByOthers(path);
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
