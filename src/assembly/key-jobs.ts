/** KMS's own work in the deployment's terms: commits under the lease, with their audit block. */
import { randomUuid } from "../crypto/index.ts";
import {
  destroyDueKeys,
  type JobContext as KeyJobContext,
  type KmsServices,
  rotateDueKeys,
} from "../kms/index.ts";
import { commitJob, type JobContext } from "../records/index.ts";
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
      let written = false;
      try {
        written = await commitJob(context, change);
      } finally {
        if (!written) audit.release(place);
      }
      return written;
    },
  };
}
