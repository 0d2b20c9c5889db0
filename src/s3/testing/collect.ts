import { silentLog } from "../../base/index.ts";
import {
  beatSpace,
  Change,
  Collector,
  gcEpochSpace,
  type JobContext,
  Lease,
} from "../../records/index.ts";
import type { S3Deployment } from "./s3-deployment.ts";

/** Empties the trash, as the collector does when every reader of before has ended. */
export async function collect(at: S3Deployment): Promise<void> {
  const { store, keyring, root, blobs, clock } = at;
  const session = () => at.session;
  const lease = new Lease({ store, session, clock, job: "test", lifeMs: 30_000 });
  await lease.renew();
  const context: JobContext = {
    store,
    keyring,
    root,
    blobs,
    session,
    lease,
    clock,
    log: silentLog,
  };
  const collector = new Collector(context);
  await collector.pass();
  const { gcEpoch = 0 } = (await store.get(gcEpochSpace, "current"))?.value ?? {};
  const beat = { count: 1, gcEpoch, storeKeyEpoch: 0 };
  await store.commit(new Change().put(beatSpace, [at.session.id], beat), at.session);
  await collector.pass();
}
