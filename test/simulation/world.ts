/**
 * A deployment that loses power: its metadata in memory, its bodies on a simulated disk, everything
 * else as the program has it. Processes come and go; what they acknowledged has to stay.
 */
import { silentLog, StoppedClock } from "../../src/base/index.ts";
import { randomInt, randomUuid } from "../../src/crypto/index.ts";
import { createPrincipals, createIamServices } from "../../src/iam/index.ts";
import { createDataKeys, createKmsServices, kmsOperations } from "../../src/kms/index.ts";
import {
  Collector,
  type JobContext,
  Lease,
  openDeployment,
  Sessions,
} from "../../src/records/index.ts";
import { memoryRoot } from "../../src/records/testing/memory-root.ts";
import { BucketKeyCache, s3Operations, S3Keys } from "../../src/s3/index.ts";
import { bodyOf } from "../../src/s3/testing/body-source.ts";
import { type AnyOperation, Dispatcher } from "../../src/service/index.ts";
import { requestInfo, rootCaller } from "../../src/service/testing/test-deployment.ts";
import { type Random, seededRandom } from "../../src/storage/files/testing/random.ts";
import { SimulatedFiles } from "../../src/storage/files/testing/simulated-files.ts";
import { MemoryStore, openDiskBlobs } from "../../src/storage/index.ts";
import { createRecorder } from "../../src/trail/index.ts";
import { crashingKv, type Power, powerFor } from "./crashing-kv.ts";

export const BUCKET = "simulated";
export const FOLDER = "/blobs";

export type Process = Awaited<ReturnType<World["start"]>>;

export class World {
  readonly clock = new StoppedClock();
  readonly store = new MemoryStore();
  readonly #root = memoryRoot();
  readonly #random: Random;
  #files = new SimulatedFiles();

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  get files(): SimulatedFiles {
    return this.#files;
  }

  /** Power that goes with operation `crashAt` of the disk and the metadata together. */
  power(crashAt: number): Power {
    return powerFor(crashAt, () => this.#cut());
  }

  /** A process that lives as long as it has power. */
  async start(power: Power = this.power(Number.POSITIVE_INFINITY)) {
    const kv = crashingKv(this.store.open(), power, this.#random);
    const deployment = await openDeployment({ kv, root: this.#root, clock: this.clock });
    const sessions = await Sessions.start({
      deployment,
      clock: this.clock,
      log: silentLog,
      pid: 1,
      host: "simulation",
      fatal: () => {},
    });
    const blobs = await openDiskBlobs({
      files: spending(this.#files, power),
      folder: FOLDER,
      fatal: () => {},
    });
    const kms = createKmsServices({ clock: this.clock });
    createIamServices();
    const keys = {
      dataKeys: createDataKeys(kms),
      bucketKeys: new BucketKeyCache(this.clock),
      s3Keys: new S3Keys(),
    };
    const { store, keyring } = deployment;
    const dispatcher = new Dispatcher({
      store,
      keyring,
      sessions,
      principals: createPrincipals(),
      recorder: createRecorder({ uuid: randomUuid }),
      clock: this.clock,
      log: silentLog,
      uuid: randomUuid,
      below: randomInt,
    });
    const operations = new Map<string, AnyOperation>(
      [...s3Operations({ blobs, keys, regions: ["us-east-1"] }), ...kmsOperations(kms)].map(
        (operation) => [operation.name, operation],
      ),
    );
    const session = () => sessions.current;
    const lease = new Lease({ store, session, clock: this.clock, job: "jobs", lifeMs: 30_000 });
    const context: JobContext = {
      store,
      keyring,
      root: this.#root,
      blobs,
      session,
      lease,
      clock: this.clock,
      log: silentLog,
    };
    return {
      power,
      blobs,
      sessions,
      records: store,
      lease,
      collector: new Collector(context),
      run: (name: string, input: object, body?: Uint8Array) =>
        this.#run(dispatcher, operations, { name, input, body }),
    };
  }

  async #run(
    dispatcher: Dispatcher,
    operations: ReadonlyMap<string, AnyOperation>,
    { name, input, body }: { name: string; input: object; body: Uint8Array | undefined },
  ): Promise<Record<string, unknown>> {
    const operation = operations.get(name);
    if (!operation) throw new Error(`${name} is not an operation`);
    const answer = await dispatcher.run(operation as never, {
      caller: rootCaller(),
      request: requestInfo(this.clock),
      input: input as never,
      ...(body && { body: bodyOf(body) }),
    });
    const output = answer.output as Record<string, unknown>;
    const { Body } = output;
    const whole =
      Body === undefined || Body instanceof Uint8Array
        ? Body
        : Buffer.concat(await Array.fromAsync(Body as AsyncIterable<Uint8Array>));
    await answer.release();
    return { ...output, Body: whole };
  }

  /** The power goes: what was not synced is lost, in part, as the seed draws. */
  #cut(): void {
    this.#files = this.#files.crash(this.#random(2 ** 31));
  }
}

/** The disk's operations spend the same power as the metadata's. */
function spending(files: SimulatedFiles, power: Power): SimulatedFiles {
  return new Proxy(files, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        if (!power.off) power.spend();
        return Reflect.apply(member, target, args) as unknown;
      };
    },
  });
}
