/** The storage of a data folder: metadata in `kv`, bodies in `blobs`, one reserve for both. */
import type { Log } from "../base/index.ts";
import { type BlobStore, DiskReserve, LmdbKv, openDiskBlobs, realFiles } from "../storage/index.ts";

export interface Store {
  readonly kv: LmdbKv;
  readonly blobs: BlobStore;
  readonly reserve: DiskReserve;
  close(): Promise<void>;
}

/** `fatal` ends the process: after a failed sync nothing that is read back can be trusted. */
export async function openStore(
  dataFolder: string,
  { log, fatal }: { readonly log: Log; readonly fatal: (error: Error) => void },
): Promise<Store> {
  const files = realFiles;
  const reserve = await DiskReserve.watch({ space: () => files.space(dataFolder), log });
  const kv = await LmdbKv.open({ directory: `${dataFolder}/kv`, fatal, reserve });
  const blobs = await openDiskBlobs({ files, folder: `${dataFolder}/blobs`, fatal, reserve });
  return {
    kv,
    blobs,
    reserve,
    async close() {
      reserve.close();
      await kv.close();
    },
  };
}
