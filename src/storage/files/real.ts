/** The machine's own file system. */
import { constants } from "node:fs";
import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  rename,
  rmdir,
  stat,
  statfs,
  unlink,
} from "node:fs/promises";
import { errorCode } from "./error-code.ts";
import type { Files, OpenFile } from "./files.ts";

const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
// Absent on Windows, which opens no symbolic link by accident: making one there takes a privilege.
const READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0);

export const realFiles: Files = {
  async create(path) {
    return new RealFile(await open(path, CREATE, FILE_MODE), 0);
  },

  async open(path) {
    const handle = await unlessAbsent(open(path, READ));
    if (handle === undefined) return undefined;
    try {
      return new RealFile(handle, (await handle.stat()).size);
    } catch (error) {
      await handle.close();
      throw error;
    }
  },

  rename,

  async unlink(path) {
    return (await unlessAbsent(unlink(path).then(() => true))) ?? false;
  },

  makeDirectory: (path) => succeedsUnless(mkdir(path, DIRECTORY_MODE), ["EEXIST"]),

  // Some systems say EEXIST where Linux says ENOTEMPTY.
  removeDirectory: (path) => succeedsUnless(rmdir(path), ["ENOENT", "ENOTEMPTY", "EEXIST"]),

  list: (path) => unlessAbsent(readdir(path)),

  async syncDirectory(path) {
    // UNSAFE: Windows cannot sync a folder; there NTFS's own journal orders names, and a power cut
    // may forget the newest of them.
    if (process.platform === "win32") return (await this.size(path)) !== undefined;
    const handle = await unlessAbsent(open(path, constants.O_RDONLY));
    if (handle === undefined) return false;
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    return true;
  },

  async size(path) {
    return (await unlessAbsent(stat(path)))?.size;
  },

  async space(path) {
    const { bavail, blocks, bsize } = await statfs(path);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  },
};

class RealFile implements OpenFile {
  readonly bytes: number;
  readonly #handle: FileHandle;

  constructor(handle: FileHandle, bytes: number) {
    this.#handle = handle;
    this.bytes = bytes;
  }

  async write(buffers: readonly Uint8Array[], position: number): Promise<number> {
    const [only] = buffers;
    if (buffers.length === 1 && only !== undefined) {
      return (await this.#handle.write(only, 0, only.length, position)).bytesWritten;
    }
    return (await this.#handle.writev(buffers, position)).bytesWritten;
  }

  async read(target: Uint8Array, position: number): Promise<number> {
    return (await this.#handle.read(target, 0, target.length, position)).bytesRead;
  }

  syncData(): Promise<void> {
    return this.#handle.datasync();
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

async function unlessAbsent<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

async function succeedsUnless(work: Promise<void>, codes: readonly string[]): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (codes.includes(errorCode(error) ?? "")) return false;
    throw error;
  }
}
