/**
 * Fills a stopped deployment with objects, past HTTP and signatures but through everything beneath
 * them: each object is sealed, wrapped under the bucket key, decided, and stored by the functions
 * that PutObject itself calls. Only the commits differ: each makes many objects.
 */
import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { openStore } from "../../src/assembly/open-store.ts";
import { silentLog, systemClock } from "../../src/base/index.ts";
import { randomInt, randomUuid } from "../../src/crypto/index.ts";
import { createPrincipals } from "../../src/iam/index.ts";
import { createDataKeys, createKmsServices } from "../../src/kms/index.ts";
import { Change, openDeployment, Sessions } from "../../src/records/index.ts";
import { openFileRoot } from "../../src/root/index.ts";
import { findBucket } from "../../src/s3/bucket.ts";
import { BucketKeyCache } from "../../src/s3/encryption/bucket-keys.ts";
import { S3Keys } from "../../src/s3/encryption/s3-keys.ts";
import { receiveObject, writeObject } from "../../src/s3/objects/write-object.ts";
import { type BucketTarget, objectTarget } from "../../src/s3/target.ts";
import { bodyOf } from "../../src/s3/testing/body-source.ts";
import { Dispatcher, operation } from "../../src/service/index.ts";
import { requestInfo, rootCaller } from "../../src/service/testing/test-deployment.ts";
import { createRecorder } from "../../src/trail/index.ts";
import type { Server } from "../support/server.ts";
import { BUCKET } from "./program.ts";

/** Five operations of each object, of the 10,000 that a commit may have. */
const OBJECTS_PER_COMMIT = 1500;
/** One commit is synced while the next are made. */
const COMMITS_AT_ONCE = 3;
/** Measured: what the rows of an object take beside its body. */
const ROW_BYTES = 2500;
const PAGE_BYTES = 4096;

export interface Filling {
  readonly server: Server;
  readonly keyArn: string;
  readonly objects: number;
  /** Of each object's body: at most 32 KiB, so that it lies in the database. */
  readonly objectBytes: number;
  readonly progress: (objects: number, seconds: number) => void;
}

export interface Filled {
  readonly objects: number;
  readonly seconds: number;
  readonly fileBytes: number;
}

/** The file's size to be expected. A value of half a page or more lies in pages of its own. */
export function estimatedBytes(objects: number, objectBytes: number): number {
  const body = objectBytes < PAGE_BYTES / 2 ? objectBytes : PAGE_BYTES + roundUp(objectBytes);
  return objects * (ROW_BYTES + body);
}

export function filledName(index: number): string {
  return `full/${String(index).padStart(9, "0")}`;
}

/** Everyone who knows the number can tell whether a body is that of its object. */
export function filledBody(index: number, bytes: number): Buffer {
  return createHash("shake256", { outputLength: bytes }).update(`object ${index}`).digest();
}

export function databaseFile({ folder }: Server): string {
  return join(folder.data, "kv", "data.mdb");
}

/** The server must be stopped. Rejects when a commit fails. */
export async function fill(filling: Filling): Promise<Filled> {
  const { server, objects, progress } = filling;
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  await using writer = await openWriter(filling);
  let next = 0;
  let done = 0;
  const lane = async () => {
    while (next < objects) {
      const first = next;
      next = Math.min(objects, first + OBJECTS_PER_COMMIT);
      const count = next - first;
      await writer.put(first, count);
      done += count;
      progress(done, seconds());
    }
  };
  await Promise.all(Array.from({ length: COMMITS_AT_ONCE }, lane));
  return { objects, seconds: seconds(), fileBytes: statSync(databaseFile(server)).size };
}

/** The deployment as the program opens it, without a listener. */
async function openWriter({ server, keyArn, objectBytes }: Filling) {
  const { folder, account, region } = server;
  const clock = systemClock;
  const store = await openStore(folder.data, { log: silentLog, fatal });
  const root = await openFileRoot({ path: folder.rootKey, deployment: "existing", clock });
  const records = await openDeployment({ kv: store.kv, root, clock });
  const facts = { pid: process.pid, host: hostname() };
  const sessions = await Sessions.start({
    deployment: records,
    clock,
    log: silentLog,
    fatal,
    ...facts,
    beforeEnd: async (session) => dispatcher.audit.close(session),
  });
  const dispatcher = new Dispatcher({
    store: records.store,
    keyring: records.keyring,
    sessions,
    principals: createPrincipals(),
    recorder: createRecorder({ uuid: randomUuid }),
    clock,
    log: silentLog,
    uuid: randomUuid,
    below: randomInt,
  });
  const services: Services = {
    blobs: store.blobs,
    keys: {
      dataKeys: createDataKeys(createKmsServices({ clock })),
      bucketKeys: new BucketKeyCache(clock),
      s3Keys: new S3Keys(),
    },
  };
  return {
    async put(first: number, count: number): Promise<void> {
      const many = putMany({ first, count, objectBytes }, keyArn, services);
      const answer = await dispatcher.run(many, {
        caller: rootCaller(account),
        request: { ...requestInfo(clock), region },
        input: { Bucket: BUCKET, Key: filledName(first) },
      });
      await answer.release();
    },
    async [Symbol.asyncDispose]() {
      services.keys.bucketKeys.clear();
      await sessions.stop();
      records.close();
      root[Symbol.dispose]();
      await store.close();
    },
  };
}

type Services = Parameters<typeof receiveObject>[4];

interface Batch {
  readonly first: number;
  readonly count: number;
  readonly objectBytes: number;
}

/** PutObject, for many names at once: one decision by policy, one commit. */
function putMany({ first, count, objectBytes }: Batch, keyArn: string, services: Services) {
  return operation<"s3", "PutObject", BucketTarget>({
    service: "s3",
    name: "PutObject",
    event: { category: "part", readOnly: false },
    async targets({ Bucket, Key }, scope) {
      const bucket = await findBucket(Bucket, scope);
      return [await objectTarget("s3:PutObject", { bucket, key: Key }, scope)];
    },
    async handle(_input, [target], scope) {
      if (!target) throw new Error("a put has its target");
      const input = {
        ServerSideEncryption: "aws:kms",
        SSEKMSKeyId: keyArn,
        BucketKeyEnabled: true,
      } as const;
      const change = new Change();
      const put = async (index: number) => {
        const place = { bucket: target.bucket, key: filledName(index) };
        const body = bodyOf(filledBody(index, objectBytes));
        const received = await receiveObject(body, input, place, scope, services);
        return writeObject(input, place, scope, services.keys, received);
      };
      const indices = Array.from({ length: count }, (_, at) => first + at);
      const written = await Promise.all(indices.map(put));
      for (const object of written) change.include(object.change);
      return { output: {}, change };
    },
  });
}

function fatal(error: Error): never {
  throw error;
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES;
}
