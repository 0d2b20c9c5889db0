/** A deployment in memory with all of KMS: operations by name, keys in any state. */
import { silentLog } from "../../base/index.ts";
import type { AnyOperation, Caller, DispatcherOptions, RequestInfo } from "../../service/index.ts";
import { testDeployment } from "../../service/testing/test-deployment.ts";
import { createRecorder } from "../../trail/index.ts";
import { randomUuid } from "../../crypto/index.ts";
import type { Change } from "../../records/index.ts";
import type { JobContext } from "../jobs.ts";
import { createKmsServices } from "../operation.ts";
import { kmsOperations } from "../operations/index.ts";

export interface CallOptions {
  readonly caller?: Caller;
  readonly request?: Partial<RequestInfo>;
}

export type KmsDeployment = Awaited<ReturnType<typeof kmsDeployment>>;

interface Options extends Partial<DispatcherOptions> {
  readonly keysMax?: number;
}

export async function kmsDeployment({ keysMax, ...overrides }: Options = {}) {
  const recorder = createRecorder({ uuid: randomUuid });
  const tested = await testDeployment({ recorder, ...overrides });
  const { clock, dispatcher, keyring, store, session } = tested;
  const services = createKmsServices({ clock, ...(keysMax !== undefined && { keysMax }) });
  const operations = new Map<string, AnyOperation>(
    kmsOperations(services).map((operation) => [operation.name, operation]),
  );
  const call = async <Out = Record<string, unknown>>(
    name: string,
    input: object,
    options: CallOptions = {},
  ): Promise<Out> => {
    const operation = operations.get(name);
    if (!operation) throw new Error(`${name} is no operation`);
    return tested.run<Out>(operation, input, options);
  };
  const newKey = async (input: object = {}, options: CallOptions = {}) => {
    const { KeyMetadata } = await call<{ KeyMetadata: { Arn: string; KeyId: string } }>(
      "CreateKey",
      input,
      options,
    );
    return { id: KeyMetadata.KeyId, arn: KeyMetadata.Arn };
  };
  /** What a job is given; `failing` answers whether a commit is to fail its check. */
  const jobContext = (failing: () => boolean = () => false): JobContext => ({
    store,
    keyring,
    clock,
    log: silentLog,
    recorder,
    uuid: randomUuid,
    view: () => dispatcher.view(),
    async commit(change: Change, { region, events }) {
      if (failing()) return false;
      const place = dispatcher.audit.place(session, region);
      dispatcher.audit.write(change, place, session.nextUnit(), events);
      return (await store.commit(change, session)) !== undefined;
    },
  });
  return {
    ...tested,
    services,
    operations,
    call,
    newKey,
    jobContext,
    allow: (...parameters: Parameters<typeof tested.allow>) => tested.allow(...parameters),
    records: () => tested.events(),
  };
}

/** The code of what a call was refused with, "ok" when it was not. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return "ok";
  } catch (error) {
    return (error as { readonly code?: string }).code ?? String(error);
  }
}
