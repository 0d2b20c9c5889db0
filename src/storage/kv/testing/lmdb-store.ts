/** LMDB stores in temporary folders. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EnvironmentOptions } from "../lmdb/environment.ts";
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
    peer: peerOf({ directory }),
    open: (options) => LmdbKv.open({ directory, fatal: unexpected, ...options }),
    destroy: () => rm(parent, { recursive: true, force: true }),
  };
}

/** How a child process opens it, with a map of its own. */
export function peerOf(options: EnvironmentOptions): NonNullable<Store["peer"]> {
  return { module: import.meta.url, argument: JSON.stringify(options) };
}

export function openPeer(argument: string): Promise<LmdbKv> {
  const options = JSON.parse(argument) as EnvironmentOptions;
  return LmdbKv.open({ ...options, fatal: unexpected });
}

function unexpected(error: Error): void {
  throw error;
}
