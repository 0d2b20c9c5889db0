/**
 * Files that are there whole or not at all, also after a power cut. Both ways write a temporary
 * file beside the target, sync its data, give it its name and sync the folder: a name is durable
 * only when its folder is.
 *
 * UNSAFE: a disk that acknowledges a sync it has not done, or a file system without atomic rename
 * and link, keeps none of this.
 */
import { link, open, readdir, rename, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { randomId } from "../crypto/index.ts";

const OWNER_ONLY = 0o600;
const TEMPORARY = /^\.[0-9a-f]{16}\.tmp$/;

/** Rejects with EEXIST where there is such a file: it is left as it is. */
export async function createDurably(path: string, content: Uint8Array): Promise<void> {
  const temporary = await writeTemporary(path, content);
  try {
    await link(temporary, path);
  } finally {
    await unlink(temporary);
  }
  await syncFolder(dirname(path));
}

/**
 * The old content or the new, never another. Temporary files that a crash left behind go first:
 * they may hold what this replacement is to make unreadable. One caller at a time.
 */
export async function replaceDurably(path: string, content: Uint8Array): Promise<void> {
  await removeLeftovers(path);
  const temporary = await writeTemporary(path, content);
  try {
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary);
    throw error;
  }
  await syncFolder(dirname(path));
}

async function writeTemporary(path: string, content: Uint8Array): Promise<string> {
  const temporary = `${path}.${randomId(8)}.tmp`;
  const file = await open(temporary, "wx", OWNER_ONLY);
  try {
    await file.writeFile(content);
    await file.datasync();
  } catch (error) {
    await unlink(temporary);
    throw error;
  } finally {
    await file.close();
  }
  return temporary;
}

async function removeLeftovers(path: string): Promise<void> {
  const name = basename(path);
  const leftovers = (await readdir(dirname(path))).filter(
    (other) => other.startsWith(name) && TEMPORARY.test(other.slice(name.length)),
  );
  await Promise.all(leftovers.map((other) => unlink(join(dirname(path), other))));
}

async function syncFolder(folder: string): Promise<void> {
  // Windows keeps names with the file and opens no folders.
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
