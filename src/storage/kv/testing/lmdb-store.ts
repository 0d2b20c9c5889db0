/** LMDB stores in temporary folders. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LmdbKv, type LmdbOptions } from "../lmdb/lmdb.ts";
import type { Store } from "./store.ts";

export interface LmdbStore extends Store {
  readonly directory: string;
  open(options?: Partial<LmdbOptions>): Promise<LmdbKv>;
}

export async function createLmdbStore(): Promise<LmdbStore> {
  const parent = await mkdtemp(join(tmpdir(), "strongroom-kv-"));
  const directory = join(parent, "kv");
  return {
    directory,
    peer: { module: import.meta.url, argument: directory },
    open: (options) => LmdbKv.open({ directory, fatal: unexpected, ...options }),
    destroy: () => rm(parent, { recursive: true, force: true }),
  };
}

export function openPeer(directory: string): Promise<LmdbKv> {
  return LmdbKv.open({ directory, fatal: unexpected });
}

function unexpected(error: Error): void {
  throw error;
}
