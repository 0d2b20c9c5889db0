/** Everything below the command line as one thing: the houses, opened and passed to one another. */
import { hostname } from "node:os";
import { systemClock } from "../base/index.ts";
import {
  type Deployment,
  type DeploymentOptions,
  type OpenDeployment,
  Refusal,
  type RequestService,
  type WorkerServices,
} from "../cli/index.ts";
import { randomInt, randomUuid } from "../crypto/index.ts";
import {
  AccountError,
  createAccount,
  createCredentials,
  createIamServices,
  createPrincipals,
  ensureAccount,
  iamOperations,
  rootCredentials,
} from "../iam/index.ts";
import { createDataKeys, createKmsServices, kmsOperations } from "../kms/index.ts";
import {
  type Deployment as Records,
  DeploymentClock,
  DeploymentError,
  isFounded,
  openDeployment as openRecords,
  Sessions,
} from "../records/index.ts";
import { openFileRoot, RootKeyError, type RootOfTrust } from "../root/index.ts";
import { BucketKeyCache, bucketRegion, s3Operations, S3Keys } from "../s3/index.ts";
import { createApi } from "../server/index.ts";
import { Dispatcher, type Recorder } from "../service/index.ts";
import { createRecorder, trailOperations } from "../trail/index.ts";
import { BackgroundJobs } from "./background-jobs.ts";
import { changeEpochWhenDue } from "./epoch-job.ts";
import { keyJobs } from "./key-jobs.ts";
import { openStore, type Store } from "./open-store.ts";
import { publishStoreFigures } from "./store-figures.ts";

/** Opens the data folder with its root key. Throws Refusal with a sentence that says what to do. */
export const openDeployment: OpenDeployment = async (options) => {
  try {
    // Before the store: a first start that is cut off leaves no store without its key.
    if (options.fresh) (await openRoot(options, "new"))[Symbol.dispose]();
    return await openFolder(options);
  } catch (error) {
    if (error instanceof RootKeyError || error instanceof DeploymentError) {
      throw new Refusal(error.message);
    }
    throw error;
  }
};

async function openFolder(options: DeploymentOptions): Promise<Deployment> {
  const store = await openStore(options.dataFolder, { log: options.log, fatal: fatalOf(options) });
  try {
    const root = await openRoot(options, (await isFounded(store.kv)) ? "existing" : "new");
    const records = await openRecords({ kv: store.kv, root, clock: systemClock });
    return await assemble(options, { store, root, records });
  } catch (error) {
    await store.close();
    throw error;
  }
}

function openRoot({ rootKeyFile }: DeploymentOptions, deployment: "new" | "existing") {
  return openFileRoot({ path: rootKeyFile, deployment, clock: systemClock });
}

interface Opened {
  readonly store: Store;
  readonly root: RootOfTrust;
  readonly records: Records;
}

async function assemble(options: DeploymentOptions, opened: Opened): Promise<Deployment> {
  const { store, root, records } = opened;
  const { log } = options;
  const clock = systemClock;
  const recorder = createRecorder({ uuid: randomUuid });
  let dispatcher: Dispatcher | undefined;
  const sessions = await Sessions.start({
    deployment: records,
    clock,
    log,
    pid: process.pid,
    host: hostname(),
    fatal: fatalOf(options),
    beforeEnd: async (session) => dispatcher?.audit.close(session),
  });
  const { keyring } = records;
  dispatcher = new Dispatcher({
    store: records.store,
    keyring,
    sessions,
    principals: createPrincipals(),
    recorder,
    clock,
    log,
    uuid: randomUuid,
    below: randomInt,
  });
  const founding = {
    store: records.store,
    keyring,
    clock,
    log,
    view: () => dispatcher.view(),
    get session() {
      return sessions.current;
    },
  };
  if (options.role === "primary") {
    const given = options.rootCredentials;
    await ensureAccount(founding, {
      id: options.account,
      name: "default",
      ...(given && { rootCredentials: given }),
    });
  }
  return {
    start: (worker) => start(options, opened, { worker, dispatcher, sessions, recorder }),
    rootCredentials: () => rootCredentials(founding, options.account),
    createAccount: ({ accountId, name }) =>
      createAccount(founding, { id: accountId, name }).catch(refuseAccount),
    acceptClock: () => DeploymentClock.accept(records.store, sessions.current, clock),
    checkReaders: () => readersOf(store),
    async close() {
      await sessions.stop();
      records.close();
      root[Symbol.dispose]();
      await store.close();
    },
  };
}

async function start(
  { region, regions, domains, log }: DeploymentOptions,
  { store, root, records }: Opened,
  {
    worker,
    dispatcher,
    sessions,
    recorder,
  }: {
    worker: WorkerServices;
    dispatcher: Dispatcher;
    sessions: Sessions;
    recorder: Recorder;
  },
): Promise<RequestService> {
  const clock = systemClock;
  const kms = createKmsServices({ clock });
  const iam = createIamServices();
  const keys = {
    dataKeys: createDataKeys(kms),
    bucketKeys: new BucketKeyCache(clock),
    s3Keys: new S3Keys(),
  };
  const { keyring } = records;
  const jobs = new BackgroundJobs({
    context: {
      store: records.store,
      keyring,
      root,
      blobs: store.blobs,
      clock,
      log,
    },
    sessions,
    jobs: [
      ...keyJobs(dispatcher, recorder, kms),
      { name: "change of epoch", destructive: false, run: changeEpochWhenDue },
    ],
    clock,
    log,
  });
  publishStoreFigures(worker.metrics, { kv: store.kv, audit: dispatcher.audit });
  worker.health.warning("disk", () =>
    store.reserve.admits("data") ? undefined : "the disk is below its reserve: writes are refused",
  );
  worker.health.warning("clock", async () =>
    (await DeploymentClock.isSuspect(records.store))
      ? "the wall clock ran ahead by more than a day: see `strongroom clock accept`"
      : undefined,
  );
  return {
    handle: createApi({
      operations: [
        ...s3Operations({ blobs: store.blobs, keys, regions }),
        ...kmsOperations(kms),
        ...iamOperations(iam),
        ...trailOperations({ pageKey: records.commonKey("lookup-events") }),
      ],
      dispatcher,
      credentials: createCredentials({ keyring, clock }),
      domains,
      region,
      regions,
      bucketRegion,
      clock,
      log,
      onUnauthenticated: (kind) => worker.metrics.authenticationFailed(kind),
    }),
    async stop() {
      await jobs.stop();
      keys.bucketKeys.clear();
    },
  };
}

function refuseAccount(error: unknown): never {
  throw error instanceof AccountError ? new Refusal(error.message) : error;
}

function readersOf({ kv }: Store) {
  return { readers: kv.checkReaders(), committed: kv.lastTransaction };
}

/** After a failed sync, or once taken for dead, a process must not go on. */
function fatalOf({ log }: DeploymentOptions): (error: Error) => void {
  return (error) => {
    log.error({ err: error }, "this process cannot go on");
    process.exit(70);
  };
}
