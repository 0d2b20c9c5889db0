import type { Clock, Log } from "../base/index.ts";
import type { RootOfTrust } from "../root/index.ts";
import type { BlobStore } from "../storage/index.ts";
import { Change } from "./change.ts";
import type { Keyring } from "./keyring.ts";
import { type Lease, LeaseLost } from "./lease.ts";
import type { ProcessSession } from "./session.ts";
import type { RecordStore } from "./store.ts";

/** What a background job works with. It runs under a lease that all its commits check. */
export interface JobContext {
  readonly store: RecordStore;
  readonly keyring: Keyring;
  readonly root: RootOfTrust;
  readonly blobs: BlobStore;
  readonly session: () => ProcessSession;
  readonly lease: Lease;
  readonly clock: Clock;
  readonly log: Log;
}

/** Whether it took effect; false when something else it checks has changed. Throws LeaseLost. */
export async function commitJob(context: JobContext, change: Change): Promise<boolean> {
  const { store, session, lease } = context;
  change.purpose = "upkeep";
  if ((await store.commit(lease.protect(change), session())) !== undefined) return true;
  if (!(await lease.renew())) throw new LeaseLost();
  return false;
}
