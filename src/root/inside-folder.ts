import { realpath } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";

/**
 * Whether `path` lies in `folder`, or is it, once symbolic links are followed. Neither need exist
 * yet. A root key there would be copied with the data that it is to protect.
 */
export async function liesInside(path: string, folder: string): Promise<boolean> {
  const way = relative(await resolveLinks(resolve(folder)), await resolveLinks(resolve(path)));
  return way === "" || !(isAbsolute(way) || way === ".." || /^\.\.[/\\]/.test(way));
}

/** The real path of what exists of an absolute path, and the rest as it is. */
async function resolveLinks(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!isMissing(error) || dirname(path) === path) throw error;
    return join(await resolveLinks(dirname(path)), basename(path));
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
