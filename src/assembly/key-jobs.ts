/** KMS's own work in the deployment's terms: commits under the lease, with their audit block. */
import { randomUuid } from "../crypto/index.ts";
import {
  destroyDueKeys,
  type JobContext as KeyJobContext,
  type KmsServices,
  rotateDueKeys,
} from "../kms/index.ts";
import { CommitUnknown, commitJob, type JobContext } from "../records/index.ts";
import type { Dispatcher, Recorder } from "../service/index.ts";
import type { Job } from "./background-jobs.ts";

/** Rotation that is due, and destruction at the end of a key's window. */
export function keyJobs(
  dispatcher: Dispatcher,
  recorder: Recorder,
  kms: KmsServices,
): readonly Job[] {
  const inKeyTerms = (context: JobContext) => keyContext(context, dispatcher, recorder);
  return [
    {
      name: "key rotation",
      destructive: false,
      run: async (context) => void (await rotateDueKeys(inKeyTerms(context))),
    },
    {
      name: "key destruction",
      destructive: true,
      run: async (context) => void (await destroyDueKeys(inKeyTerms(context), kms)),
    },
  ];
}

function keyContext(
  context: JobContext,
  dispatcher: Dispatcher,
  recorder: Recorder,
): KeyJobContext {
  const { store, keyring, clock, log, session } = context;
  const { audit } = dispatcher;
  return {
    store,
    keyring,
    clock,
    log,
    recorder,
    uuid: randomUuid,
    view: () => dispatcher.view(),
    async commit(change, { region, events }) {
      const place = audit.place(session(), region);
      audit.write(change, place, session().nextUnit(), events);
      try {
        const written = await commitJob(context, change);
        if (written) audit.wrote(events.length);
        else await audit.settle(place, []);
        return written;
      } catch (error) {
        // The block may be there already, and is not to be written over.
        if (!(error instanceof CommitUnknown)) await audit.settle(place, []);
        throw error;
      }
    },
  };
}
