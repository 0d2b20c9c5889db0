/**
 * What KMS does by itself: rotation that is due, and destruction at the end of a key's window. One
 * process does it at a time; what it is interrupted in, the next finds due again.
 */
import { assert, type Clock, type Log } from "../base/index.ts";
import {
  Change,
  decodeKey,
  epochDueSpace,
  type Keyring,
  type KmsKeyRecord,
  kmsAliasSpace,
  kmsDueSpace,
  kmsKeyCountSpace,
  kmsKeyPolicySpace,
  kmsKeySpace,
  kmsMaterialSpace,
  kmsRotationSpace,
  type RecordStore,
  type View,
} from "../records/index.ts";
import type { Recorder } from "../service/index.ts";
import { dueOf } from "./key-change.ts";
import { keyArn } from "./key-id.ts";
import { JOB_KEYS_MAX } from "./limits.ts";
import type { KmsServices } from "./operation.ts";
import { rotateKey } from "./rotation.ts";

/** What a job works with: given by whoever runs it under a lease. */
export interface JobContext {
  readonly store: RecordStore;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly log: Log;
  readonly recorder: Recorder;
  readonly uuid: () => string;
  /** A fresh view; what it has seen is checked by the commit of a change that it was added to. */
  view(): View;
  /**
   * Commits a change with the events in one audit block of the region. False: a check failed, and
   * the job finds the same work again at its next run.
   */
  commit(
    change: Change,
    audit: { readonly region: string; readonly events: ReturnType<Recorder["recordService"]> },
  ): Promise<boolean>;
}

/** Rotates the keys whose day has come. Answers how many; with JOB_KEYS_MAX there may be more. */
export function rotateDueKeys(context: JobContext): Promise<number> {
  return forDueKeys("rotate", context, async (key, view) => {
    const { key: rotated, change } = await rotateKey(key, "AUTOMATIC", { ...context, view });
    const details = {
      rotationType: "AUTOMATIC",
      keyOrigin: key.origin,
      previousKeyMaterialId: key.currentMaterialId,
      currentKeyMaterialId: rotated.currentMaterialId,
      keyId: keyArn(key),
    };
    return { change, name: "RotateKey", details };
  });
}

/**
 * Destroys the keys whose window has ended, and leaves word that the store-key epoch is to be
 * changed: until then a copy of the data folder still holds what the material was wrapped under.
 * Of `materials`, this process's, the key's are wiped at once; those of other processes soon.
 */
export function destroyDueKeys(
  context: JobContext,
  { materials }: Partial<Pick<KmsServices, "materials">> = {},
): Promise<number> {
  return forDueKeys("delete", context, async (key) => {
    const change = await destruction(key, context);
    const afterwards = () => materials?.forget(key.id);
    return { change, name: "DeleteKey", details: { keyId: keyArn(key) }, afterwards };
  });
}

/** What is to be committed for one key, and the event that says so. */
interface Work {
  readonly change: Change;
  readonly name: string;
  readonly details: object;
  /** Runs when it took effect. */
  readonly afterwards?: () => void;
}

async function forDueKeys(
  task: "rotate" | "delete",
  context: JobContext,
  work: (key: KmsKeyRecord, view: View) => Promise<Work>,
): Promise<number> {
  const { store, clock } = context;
  const now = BigInt(clock.now().getTime());
  const range = { gte: kmsDueSpace.under(task).gte, lt: kmsDueSpace.under(task, now + 1n).gte };
  const due = await store.page(kmsDueSpace, range, { limit: JOB_KEYS_MAX });
  let done = 0;
  for (const { key } of due) {
    const [, , , accountId, region, id] = decodeKey(key) as DueParts;
    try {
      if (await doOne([accountId, region, id], key, context, work)) done += 1;
    } catch (error) {
      // One key that cannot be dealt with does not hold up the others: it stays due.
      context.log.error({ err: error, task, keyId: id }, "a key could not be dealt with");
    }
  }
  return done;
}

/** Whether the work on one key took effect. */
async function doOne(
  place: readonly [accountId: string, region: string, id: string],
  dueKey: Buffer,
  context: JobContext,
  work: (key: KmsKeyRecord, view: View) => Promise<Work>,
): Promise<boolean> {
  const view = context.view();
  const found = await view.get(kmsKeySpace, ...place);
  const due = found && dueOf(found.value);
  // The key was changed since the index was read: it is due at another time, or gone.
  if (!found || !due || !kmsDueSpace.key(...due).equals(dueKey)) return false;
  const key = found.value;
  const { change, name, details, afterwards } = await work(key, view);
  view.addTo(change);
  const arn = keyArn(key);
  const events = context.recorder.recordService({
    service: "kms",
    name,
    account: key.accountId,
    region: key.region,
    eventId: context.uuid(),
    time: context.clock.now(),
    resources: [{ type: "AWS::KMS::Key", arn, accountId: key.accountId }],
    details,
  });
  const done = await context.commit(change, { region: key.region, events });
  if (done) afterwards?.();
  return done;
}

/** Everything there is of a key, gone in one commit. */
async function destruction(key: KmsKeyRecord, context: JobContext): Promise<Change> {
  const { store, clock } = context;
  const { accountId, region, id } = key;
  const change = goneKey(key);
  for await (const found of store.all(
    kmsMaterialSpace,
    kmsMaterialSpace.under(accountId, region, id),
  )) {
    change.expect(found).remove(found);
  }
  for await (const found of store.all(
    kmsRotationSpace,
    kmsRotationSpace.under(accountId, region, id),
  )) {
    change.expect(found).remove(found);
  }
  for (const alias of key.aliases) change.delete(kmsAliasSpace, accountId, region, alias);
  change.delete(kmsKeyPolicySpace, accountId, region, id);
  if (key.manager === "CUSTOMER") change.add(kmsKeyCountSpace, [accountId, region], -1n);
  return change.put(epochDueSpace, ["current"], { since: clock.now().getTime() });
}

function goneKey(key: KmsKeyRecord): Change {
  const change = new Change().delete(kmsKeySpace, key.accountId, key.region, key.id);
  change.purpose = "upkeep";
  const due = dueOf(key);
  assert(due, "a key that is destroyed was due");
  return change.delete(kmsDueSpace, ...due);
}

type DueParts = [
  space: string,
  task: string,
  at: bigint,
  accountId: string,
  region: string,
  keyId: string,
];
