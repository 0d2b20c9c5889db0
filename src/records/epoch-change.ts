/**
 * Destroying is real: a change of the store-key epoch makes every earlier copy of a wrapped secret
 * worthless, in free pages, logs and backups, for whoever has the root key of today.
 *
 *   1. the root gets a new version beside the old one
 *   2. a new store key under it becomes current, in one commit that names what is retiring
 *   3. every wrapped secret is wrapped anew under it
 *   4. when a whole pass found nothing of the old epoch, and every process wraps under the new one,
 *      the old store key's record is deleted and the old version of the root destroyed
 *
 * Each step can be done again: whoever holds the lease goes on where the last holder stopped.
 */
import { Secret } from "../crypto/index.ts";
import { Change, type Found } from "./change.ts";
import { commitJob, type JobContext } from "./job.ts";
import { storeKeyBinding } from "./keyring.ts";
import { allSpaces, type Space } from "./space.ts";
import {
  beatSpace,
  deploymentSpace,
  type EpochRecord,
  epochSpace,
  sessionSpace,
  storeKeySpace,
  type Wrapped,
} from "./spaces/system.ts";
import { decodeKey, type Part } from "./tuple.ts";

const KEY_BYTES = 32;

/**
 * Begins a change of epoch, unless one is under way, and takes away the record that asked for it:
 * what is destroyed from now on asks for another. Throws LeaseLost.
 */
export async function beginEpochChange(context: JobContext, due: Found<unknown>): Promise<void> {
  const { store, root } = context;
  const current = await currentEpoch(context);
  if (current.value.retiring) return;
  const { epoch } = current.value;
  const storeKeyRecord = await store.get(storeKeySpace, BigInt(epoch));
  const deployment = await store.get(deploymentSpace);
  if (!storeKeyRecord || !deployment) throw new Error("the current store key has no record");
  const { rootVersion } = storeKeyRecord.value;
  // A version that was added before a crash is used, not added again.
  if ((await root.current()) === rootVersion) await root.add();
  using storeKey = Secret.random(KEY_BYTES);
  const next = epoch + 1;
  const wrapped = await root.wrap(storeKey, storeKeyBinding(deployment.value.id, next));
  const change = new Change()
    .expect(current)
    .expect(due)
    .remove(due)
    .expectAbsent(storeKeySpace, BigInt(next))
    .put(storeKeySpace, [BigInt(next)], {
      epoch: next,
      rootVersion: wrapped.version,
      wrapped: wrapped.bytes,
    })
    .put(epochSpace, ["current"], { epoch: next, retiring: { epoch, rootVersion } });
  await commitJob(context, change);
}

/** Goes on with a change that is under way; whether nothing is left to do. Throws LeaseLost. */
export async function continueEpochChange(context: JobContext): Promise<boolean> {
  const current = await currentEpoch(context);
  const { retiring, epoch } = current.value;
  if (!retiring) return true;
  const found = await rewrapAll(context, epoch);
  if (found > 0 || !(await everyoneWrapsUnder(context, epoch))) return false;
  const old = await context.store.get(storeKeySpace, BigInt(retiring.epoch));
  if (old) await commitJob(context, new Change().expect(old).remove(old));
  context.keyring.forget(retiring.epoch);
  const { goneAt } = await context.root.destroy(retiring.rootVersion);
  const done = new Change().expect(current).put(epochSpace, ["current"], { epoch });
  if (!(await commitJob(context, done))) return false;
  context.log.info({ epoch, goneAt }, "an epoch of the store key was destroyed");
  return true;
}

async function currentEpoch({ store }: JobContext): Promise<Found<EpochRecord>> {
  const current = await store.get(epochSpace, "current");
  if (!current) throw new Error("the deployment has no current epoch");
  return current;
}

/** How many records were found with a secret of an earlier epoch. */
async function rewrapAll(context: JobContext, epoch: number): Promise<number> {
  let found = 0;
  for (const space of allSpaces().filter(({ secrets }) => Object.keys(secrets).length > 0)) {
    for await (const record of context.store.all(space, space.under())) {
      if (await rewrapRecord(context, epoch, space, record)) found += 1;
    }
  }
  return found;
}

async function rewrapRecord(
  context: JobContext,
  epoch: number,
  space: Space<readonly Part[], unknown>,
  record: Found<unknown>,
): Promise<boolean> {
  const value = { ...(record.value as Record<string, unknown>) };
  let changed = false;
  for (const [member, purpose] of Object.entries(space.secrets)) {
    const wrapped = value[member] as Wrapped | undefined;
    if (!wrapped || wrapped.epoch >= epoch) continue;
    const place = { purpose, space, key: record.key, member };
    using secret = await context.keyring.unwrap(context.store, place, wrapped);
    value[member] = await context.keyring.wrapUnder(context.store, epoch, place, secret);
    changed = true;
  }
  if (!changed) return false;
  const [, ...parts] = decodeKey(record.key);
  await commitJob(context, new Change().expect(record).put(space, parts, value));
  return true;
}

async function everyoneWrapsUnder({ store }: JobContext, epoch: number): Promise<boolean> {
  for await (const { key } of store.all(sessionSpace, sessionSpace.under())) {
    const beat = await store.get(beatSpace, decodeKey(key)[1] as Uint8Array);
    if ((beat?.value.storeKeyEpoch ?? 0) < epoch) return false;
  }
  return true;
}
