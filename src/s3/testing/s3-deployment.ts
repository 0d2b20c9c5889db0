/** S3 in memory: its operations through the real dispatch, with bodies out of buffers. */
import type { Clock } from "../../base/index.ts";
import {
  accountBucketSpace,
  allSpaces,
  bucketEncryptionSpace,
  bucketNameSpace,
  bucketPolicySpace,
  bucketSpace,
  currentSpace,
  inlineSpace,
  nullVersionSpace,
  partPageSpace,
  partSpace,
  refSpace,
  uploadSpace,
  usageSpace,
  versionSpace,
} from "../../records/index.ts";
import type { AnyOperation, Caller, DispatcherOptions, RequestInfo } from "../../service/index.ts";
import { requestInfo, rootCaller, testDeployment } from "../../service/testing/test-deployment.ts";
import { memoryBlobs } from "../../storage/index.ts";
import type { Input, OperationName } from "../../wire/index.ts";
import { BucketKeyCache } from "../encryption/bucket-keys.ts";
import { S3Keys } from "../encryption/s3-keys.ts";
import { s3Operations } from "../operations/index.ts";
import { bodyOf } from "./body-source.ts";
import { memoryDataKeys } from "./memory-data-keys.ts";

type S3Name = OperationName<"s3">;

export interface RunOptions {
  readonly caller?: Caller;
  readonly request?: Partial<RequestInfo>;
  readonly body?: Uint8Array | string;
  /** Headers that say what the body has to be. */
  readonly bodyHeaders?: Readonly<Record<string, string>>;
}

/** A reply with its body, if it has one, read to the end. */
export type Reply = Record<string, unknown> & { readonly Body?: Buffer };

export type S3Deployment = Awaited<ReturnType<typeof s3Deployment>>;

export const REGIONS = ["us-east-1", "eu-west-1", "us-west-2"] as const;

/** What belongs to one bucket. */
const S3_SPACES = new Set(
  [
    accountBucketSpace,
    bucketEncryptionSpace,
    bucketNameSpace,
    bucketPolicySpace,
    bucketSpace,
    currentSpace,
    inlineSpace,
    nullVersionSpace,
    partPageSpace,
    partSpace,
    refSpace,
    uploadSpace,
    usageSpace,
    versionSpace,
  ].map(({ name }) => name),
);

export async function s3Deployment(overrides: Partial<DispatcherOptions> = {}) {
  const deployment = await testDeployment(overrides);
  const clock: Clock = deployment.clock;
  const blobs = memoryBlobs();
  const dataKeys = memoryDataKeys();
  const bucketKeys = new BucketKeyCache(clock);
  const sources = { dataKeys, bucketKeys, s3Keys: new S3Keys() };
  const operations = new Map(
    s3Operations({ blobs, keys: sources, regions: REGIONS }).map((each) => [each.name, each]),
  );

  /** Runs an operation to its end, its body read, and releases it. Throws its ServiceError. */
  async function call<Name extends S3Name>(
    name: Name,
    input: Partial<Input<"s3", Name>> & object,
    { caller = rootCaller(), request, body, bodyHeaders }: RunOptions = {},
  ): Promise<Reply> {
    const operation: AnyOperation | undefined = operations.get(name);
    if (!operation) throw new Error(`${name} is not registered`);
    const answer = await deployment.dispatcher.run(operation as never, {
      caller,
      request: { ...requestInfo(clock), ...request },
      input: input as never,
      ...(body !== undefined && { body: bodyOf(body, bodyHeaders) }),
    });
    try {
      const output = answer.output as Record<string, unknown>;
      return "Body" in output ? { ...output, Body: await collect(output["Body"]) } : output;
    } finally {
      await answer.release();
    }
  }

  return {
    ...deployment,
    /** The keys of all records of buckets and objects, as latin1 text. */
    async recordKeys(): Promise<string[]> {
      const keys: string[] = [];
      for (const space of allSpaces().filter(({ name }) => S3_SPACES.has(name))) {
        const range = { ...space.under(), limit: 1000, keysOnly: true };
        const found = await deployment.kv.range(range);
        keys.push(...found.map(({ key }) => `${space.name} ${key.toString("latin1")}`));
      }
      return keys;
    },
    blobs,
    dataKeys,
    bucketKeys,
    operations,
    call,
    /** A reply's body as a stream that is the caller's to read; what it holds is never released. */
    async stream<Name extends S3Name>(name: Name, input: Partial<Input<"s3", Name>> & object) {
      const answer = await deployment.dispatcher.run(operations.get(name) as never, {
        caller: rootCaller(),
        request: requestInfo(clock),
        input: input as never,
      });
      return (answer.output as { Body: AsyncGenerator<Uint8Array> }).Body;
    },
    /** Makes a bucket in us-east-1. */
    async bucket(name = "bucket", caller: Caller = rootCaller()): Promise<string> {
      await call("CreateBucket", { Bucket: name }, { caller });
      return name;
    },
    async put(Bucket: string, Key: string, body: Uint8Array | string = "x"): Promise<Reply> {
      return call("PutObject", { Bucket, Key }, { body });
    },
    /** All names of a bucket, in one page. */
    async names(Bucket: string): Promise<string[]> {
      const { Contents = [] } = await call("ListObjectsV2", { Bucket });
      return (Contents as { Key: string }[]).map(({ Key }) => Key);
    },
  };
}

async function collect(body: unknown): Promise<Buffer> {
  if (body instanceof Uint8Array) return Buffer.from(body);
  return Buffer.concat(await Array.fromAsync(body as AsyncIterable<Uint8Array>));
}
