/**
 * Destroying a key is real: whoever copied the data folder before, and has the root key of today,
 * opens nothing with it. On the real engine and a real root key file, with a clock of our own.
 */
import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { DAY_MS, silentLog, StoppedClock } from "../../src/base/index.ts";
import { randomInt, randomUuid } from "../../src/crypto/index.ts";
import { createPrincipals } from "../../src/iam/index.ts";
import { createKmsServices, destroyDueKeys, kmsOperations } from "../../src/kms/index.ts";
import {
  beginEpochChange,
  commitJob,
  continueEpochChange,
  epochDueSpace,
  type JobContext,
  Lease,
  openDeployment,
  Sessions,
} from "../../src/records/index.ts";
import { openFileRoot } from "../../src/root/index.ts";
import { type AnyOperation, Dispatcher } from "../../src/service/index.ts";
import { requestInfo, rootCaller } from "../../src/service/testing/test-deployment.ts";
import { LmdbKv, memoryBlobs } from "../../src/storage/index.ts";
import { createRecorder } from "../../src/trail/index.ts";

interface KeyMetadata {
  readonly KeyMetadata: { readonly Arn: string };
}

async function open(folder: string, rootKey: string, clock: StoppedClock) {
  const kv = await LmdbKv.open({
    directory: join(folder, "kv"),
    fatal: (error) => {
      throw error;
    },
  });
  try {
    const root = await openFileRoot({ path: rootKey, deployment: "new", clock });
    const deployment = await openDeployment({ kv, root, clock });
    const sessions = await Sessions.start({
      deployment,
      clock,
      log: silentLog,
      pid: 1,
      host: "test",
      fatal: () => {},
    });
    return { kv, root, deployment, sessions };
  } catch (error) {
    await kv.close();
    throw error;
  }
}

function keyService(opened: Awaited<ReturnType<typeof open>>, clock: StoppedClock) {
  const { deployment, sessions, root } = opened;
  const { store, keyring } = deployment;
  const recorder = createRecorder({ uuid: randomUuid });
  const dispatcher = new Dispatcher({
    store,
    keyring,
    sessions,
    principals: createPrincipals(),
    recorder,
    clock,
    log: silentLog,
    uuid: randomUuid,
    below: randomInt,
  });
  const kms = createKmsServices({ clock });
  const operations = new Map<string, AnyOperation>(
    kmsOperations(kms).map((operation) => [operation.name, operation]),
  );
  const session = () => sessions.current;
  const lease = new Lease({ store, session, clock, job: "jobs", lifeMs: 30_000 });
  const context: JobContext = {
    store,
    keyring,
    root,
    blobs: memoryBlobs(),
    session,
    lease,
    clock,
    log: silentLog,
  };
  return {
    context,
    async run(name: string, input: object): Promise<Record<string, unknown>> {
      const answer = await dispatcher.run(operations.get(name) as never, {
        caller: rootCaller(),
        request: requestInfo(clock),
        input: input as never,
      });
      await answer.release();
      return answer.output;
    },
    /** What the background jobs do when the window of a key has ended. */
    async destroyDue(): Promise<void> {
      assert.ok(await lease.renew());
      await destroyDueKeys(
        {
          store,
          keyring,
          clock,
          log: silentLog,
          recorder,
          uuid: randomUuid,
          view: () => dispatcher.view(),
          async commit(change, { region, events }) {
            const place = dispatcher.audit.place(session(), region);
            dispatcher.audit.write(change, place, session().nextUnit(), events);
            return commitJob(context, change);
          },
        },
        kms,
      );
      const due = await store.get(epochDueSpace, "current");
      assert.ok(due, "destruction asks for a change of epoch");
      await beginEpochChange(context, due);
      while (!(await continueEpochChange(context))) await sessions.beat();
    },
  };
}

test("a copy of the data folder from before a key's end opens nothing with the root key of after", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "strongroom-destruction-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const [data, copy, rootKey] = ["data", "copy", "root-key"].map((name) => join(folder, name));
  assert.ok(data && copy && rootKey);
  await mkdir(data);
  const clock = new StoppedClock();

  const first = await open(data, rootKey, clock);
  const service = keyService(first, clock);
  const doomed = ((await service.run("CreateKey", {})) as unknown as KeyMetadata).KeyMetadata.Arn;
  const kept = ((await service.run("CreateKey", {})) as unknown as KeyMetadata).KeyMetadata.Arn;
  const plaintext = Buffer.from("the plaintext of a doomed key");
  const { CiphertextBlob } = await service.run("Encrypt", { KeyId: doomed, Plaintext: plaintext });
  const other = await service.run("Encrypt", { KeyId: kept, Plaintext: plaintext });
  await service.run("ScheduleKeyDeletion", { KeyId: doomed, PendingWindowInDays: 7 });
  const rootKeyBefore = await readFile(rootKey);
  await cp(data, copy, { recursive: true });

  clock.advance(8 * DAY_MS);
  await service.destroyDue();
  await assert.rejects(service.run("Decrypt", { CiphertextBlob }), {
    code: "AccessDeniedException",
  });
  const decrypted = await service.run("Decrypt", { CiphertextBlob: other["CiphertextBlob"] });
  assert.deepEqual(decrypted["Plaintext"], plaintext);
  assert.notDeepEqual(await readFile(rootKey), rootKeyBefore);
  await first.sessions.stop();
  await first.kv.close();

  await assert.rejects(open(copy, rootKey, clock), { name: "DeploymentError" });
  // What SECURITY.md says of old copies of both: together they open everything.
  const oldRootKey = join(folder, "old-root-key");
  await writeFile(oldRootKey, rootKeyBefore, { mode: 0o600 });
  const before = await open(copy, oldRootKey, clock);
  const stillThere = await keyService(before, clock).run("DescribeKey", { KeyId: doomed });
  assert.ok(stillThere["KeyMetadata"]);
  await before.sessions.stop();
  await before.kv.close();

  const again = await open(data, rootKey, clock);
  const after = keyService(again, clock);
  const reopened = await after.run("Decrypt", { CiphertextBlob: other["CiphertextBlob"] });
  assert.deepEqual(reopened["Plaintext"], plaintext);
  await again.sessions.stop();
  await again.kv.close();
});
