/**
 * How a data folder becomes a deployment, and how its keys are found again: deployment record,
 * store key under the root of trust, record root key under the store key, then a process session
 * under which everything else is written. Processes that start at once agree by the first commit.
 */
import {
  AuthenticationError,
  createRecordOpener,
  deriveKey,
  type HmacKey,
  hmacKey,
  randomId,
  Secret,
  wrapSecret,
} from "../crypto/index.ts";
import { assert, type Clock } from "../base/index.ts";
import { RootKeyError, type RootOfTrust } from "../root/index.ts";
import type { Kv } from "../storage/index.ts";
import { Change } from "./change.ts";
import { fieldsOf, Keyring, secretPlace, storeKeyBinding } from "./keyring.ts";
import { ProcessSession } from "./session.ts";
import {
  type DeploymentRecord,
  deploymentSpace,
  epochSpace,
  recordRootKeySpace,
  sessionSpace,
  storeKeySpace,
} from "./spaces/system.ts";
import { RecordStore } from "./store.ts";

/** What this program writes; it also reads the level before. */
export const WRITE_LEVEL = 1;
const READ_LEVEL_MIN = 1;
const KEY_BYTES = 32;
const FIRST = 1;

/** The data folder cannot be opened; the message is for the operator and says what to do. */
export class DeploymentError extends Error {
  override readonly name = "DeploymentError";
}

/** An opened deployment: its records, and the keys to make process sessions. */
export interface Deployment {
  readonly id: string;
  readonly createdAt: Date;
  readonly store: RecordStore;
  readonly keyring: Keyring;
  /** A key that all processes of the deployment have in common, for tokens that carry no secret. */
  commonKey(use: string): HmacKey;
  /** Begins a process session: durable when it resolves. */
  beginSession(facts: { pid: number; host: string }): Promise<ProcessSession>;
  close(): void;
}

interface Options {
  readonly kv: Kv;
  readonly root: RootOfTrust;
  readonly clock: Clock;
}

/** Opens the deployment in `kv`, and founds it when there is none. Throws DeploymentError. */
export async function openDeployment({ kv, root, clock }: Options): Promise<Deployment> {
  const bootstrap = new RecordStore(kv, createRecordOpener(noKey), WRITE_LEVEL);
  if (!(await bootstrap.get(deploymentSpace))) await found(kv, root, clock);
  const record = await bootstrap.get(deploymentSpace);
  if (!record) throw new DeploymentError("the data folder lost its deployment record");
  return openFounded({ kv, root, clock }, record.value);
}

/** Whether `kv` holds a deployment: then its root key must exist already. */
export async function isFounded(kv: Kv): Promise<boolean> {
  const [entry] = await kv.get([deploymentSpace.key()]);
  return entry !== undefined;
}

async function openFounded(options: Options, record: DeploymentRecord): Promise<Deployment> {
  const { kv, root, clock } = options;
  if (record.writeLevel > WRITE_LEVEL || record.writeLevel < READ_LEVEL_MIN) {
    throw new DeploymentError(
      `the data folder has format ${record.writeLevel} and this program reads ` +
        `${READ_LEVEL_MIN} to ${WRITE_LEVEL}: start the program version that wrote it`,
    );
  }
  const rootKeys = new Map<number, Secret>();
  const opener = createRecordOpener((id) => rootKeys.get(id));
  const store = new RecordStore(kv, opener, record.writeLevel);
  const keyring = new Keyring(root, record.id);
  const newest = await openRootKeys({ store, keyring, rootKeys });
  return {
    id: record.id,
    createdAt: new Date(record.createdAt),
    store,
    keyring,
    commonKey(use) {
      using derived = deriveKey(oldestOf(rootKeys), `common/${use}`);
      return hmacKey(derived);
    },
    async beginSession({ pid, host }) {
      const session = new ProcessSession(newest.key, newest.id);
      const startedAt = clock.now().getTime();
      const change = new Change().put(sessionSpace, [session.id], { startedAt, pid, host });
      // A full disk is put right by a process that runs.
      change.purpose = "upkeep";
      const version = await store.commit(change, session);
      if (version === undefined) throw new DeploymentError("a process session could not begin");
      session.started(version);
      return session;
    },
    close() {
      keyring[Symbol.dispose]();
      for (const key of rootKeys.values()) key[Symbol.dispose]();
    },
  };
}

/** Adopts every store key and record root key; answers the root key that new sessions seal under. */
async function openRootKeys(keys: {
  readonly store: RecordStore;
  readonly keyring: Keyring;
  readonly rootKeys: Map<number, Secret>;
}): Promise<{ id: number; key: Secret }> {
  const { store, keyring, rootKeys } = keys;
  let newest: { id: number; key: Secret } | undefined;
  try {
    for await (const { value } of store.all(storeKeySpace, storeKeySpace.under())) {
      await keyring.adopt(value);
    }
    for await (const { value } of store.all(recordRootKeySpace, recordRootKeySpace.under())) {
      const key = await keyring.unwrap(store, rootKeyPlace(value.id), value.wrapped);
      rootKeys.set(value.id, key);
      newest = { id: value.id, key };
    }
  } catch (error) {
    if (!(error instanceof AuthenticationError || error instanceof RootKeyError)) throw error;
    throw new DeploymentError(
      "the root key does not belong to this data folder: give the one it was made with (--root-key)",
      { cause: error },
    );
  }
  if (!newest) throw new DeploymentError("the data folder lost its record root key");
  return newest;
}

/** One commit makes all of it; whoever loses the race opens what the winner made. */
async function found(kv: Kv, root: RootOfTrust, clock: Clock): Promise<void> {
  const id = randomId(16);
  using storeKey = Secret.random(KEY_BYTES);
  using rootKey = Secret.random(KEY_BYTES);
  const underRoot = await root.wrap(storeKey, storeKeyBinding(id, FIRST));
  const place = rootKeyPlace(FIRST);
  const wrapped = {
    epoch: FIRST,
    bytes: wrapSecret(storeKey, place.purpose, fieldsOf(place), rootKey),
  };
  const session = new ProcessSession(rootKey, FIRST);
  const change = new Change()
    .expectAbsent(deploymentSpace)
    .put(deploymentSpace, [], {
      id,
      createdAt: clock.now().getTime(),
      writeLevel: WRITE_LEVEL,
    })
    .put(storeKeySpace, [BigInt(FIRST)], {
      epoch: FIRST,
      rootVersion: underRoot.version,
      wrapped: underRoot.bytes,
    })
    .put(recordRootKeySpace, [BigInt(FIRST)], { id: FIRST, wrapped })
    .put(epochSpace, ["current"], { epoch: FIRST });
  change.purpose = "upkeep";
  await new RecordStore(kv, createRecordOpener(noKey), WRITE_LEVEL).commit(change, session);
}

/** The first record root key stays as long as the deployment does. */
function oldestOf(rootKeys: ReadonlyMap<number, Secret>): Secret {
  const [first] = rootKeys.values();
  assert(first, "a deployment has a record root key");
  return first;
}

/** Before the keys are known only bootstrap records are read, which are not sealed. */
function noKey(): undefined {
  return undefined;
}

function rootKeyPlace(id: number) {
  return secretPlace("record-root-key", recordRootKeySpace, [BigInt(id)], "wrapped");
}
