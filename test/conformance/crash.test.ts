/**
 * kill -9 of every process under load: what was answered is there, whole, and nothing else is.
 *
 * Each lane owns its names and calls one after the other, so that after the crash a name is either
 * as its last answered call left it or as the one call in flight would have. CRASH_ROUNDS runs
 * more rounds on one data folder, CRASH_SEED repeats a run.
 */
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { describe, test } from "node:test";
import type { Clients } from "../support/clients.ts";
import { clientsFor } from "../support/clients.ts";
import { lookUp, recordOf } from "../support/events.ts";
import { atOnce, inTurn, numbers } from "../support/in-turn.ts";
import { fresh } from "../support/names.ts";
import { md5, pattern, read } from "../support/objects.ts";
import { defaultWorkers, Server, target } from "../support/server.ts";

const rounds = Number(process.env["CRASH_ROUNDS"] ?? 3);
const seed = Number(process.env["CRASH_SEED"] ?? randomInt(1 << 30));
const lanes = 12;
const namesPerLane = 4;
const sizes = [0, 100, 4096, 33_000, 200_000];

type State = { readonly size: number; readonly seed: number } | "absent";

interface Name {
  /** As the last answered call left it. */
  settled: State;
  /** What the call in flight would make of it; undefined when none is. */
  attempted: State | undefined;
}

interface Kept {
  readonly names: Map<string, Name>;
  readonly keys: Set<string>;
  readonly aliases: Map<string, string>;
  readonly dataKeys: { blob: Uint8Array; plaintext: Buffer; requestId: string }[];
  readonly parts: Map<string, { readonly name: string; readonly etags: string[] }>;
}

describe("crashes", { skip: target && "TARGET is not ours to kill" }, () => {
  const server = new Server({ workers: Math.max(2, defaultWorkers()) });
  const Bucket = fresh("crash");
  const kept: Kept = {
    names: new Map(),
    keys: new Set(),
    aliases: new Map(),
    dataKeys: [],
    parts: new Map(),
  };
  let keyArn = "";
  const random = generator(seed);

  test(`the store is filled and killed ${rounds} times (CRASH_SEED=${seed})`, async (t) => {
    await server.start();
    const first = clientsFor(server, server.root);
    await first.s3.createBucket({ Bucket });
    keyArn = (await first.kms.createKey({})).KeyMetadata?.Arn ?? "";
    await inTurn(numbers(rounds), async (round) => {
      const answered = await loadAndKill(round);
      await server.start();
      await verify(clientsFor(server, server.root));
      t.diagnostic(`round ${round}: killed after ${answered} answers`);
    });
    await server.stop();
    await server.start();
    await verify(clientsFor(server, server.root));
    await server.stop();
  });

  /** Runs the lanes, kills at a random answer, and comes back when every lane has seen the end. */
  async function loadAndKill(round: number): Promise<number> {
    const clients = clientsFor(server, server.root);
    const fatal = 40 + Math.floor(random() * 200);
    let answers = 0;
    let dead: Promise<void> | undefined;
    const answered = () => {
      answers += 1;
      if (answers === fatal) dead = server.kill();
    };
    await Promise.all(
      numbers(lanes).map(async (lane) => {
        const next = generator(seed + 1000 * round + lane);
        const step = async (): Promise<void> => {
          await act(clients, lane, next);
          answered();
          if (dead === undefined) await step();
        };
        await step().catch((error: unknown) => {
          if (dead === undefined) throw error;
        });
      }),
    );
    await dead;
    return answers;
  }

  function act(clients: Clients, lane: number, next: () => number): Promise<void> {
    const Key = `lane-${lane}/${Math.floor(next() * namesPerLane)}`;
    const choice = next();
    if (choice < 0.55) return put(clients, Key, next);
    if (choice < 0.7) return remove(clients, Key);
    if (choice < 0.85) return useKey(clients);
    if (choice < 0.93) return makeKey(clients);
    return uploadPart(clients, lane);
  }

  async function put({ s3 }: Clients, Key: string, next: () => number): Promise<void> {
    const state = {
      size: sizes[Math.floor(next() * sizes.length)] ?? 0,
      seed: Math.floor(next() * 1e9),
    };
    const name = nameOf(Key);
    name.attempted = state;
    const sse = { ServerSideEncryption: "aws:kms", SSEKMSKeyId: keyArn } as const;
    await s3.putObject({
      Bucket,
      Key,
      Body: pattern(state.size, state.seed),
      Metadata: { seed: String(state.seed) },
      ...(next() < 0.5 ? { ...sse, BucketKeyEnabled: next() < 0.5 } : {}),
    });
    name.settled = state;
    name.attempted = undefined;
  }

  async function remove({ s3 }: Clients, Key: string): Promise<void> {
    const name = nameOf(Key);
    name.attempted = "absent";
    await s3.deleteObject({ Bucket, Key });
    name.settled = "absent";
    name.attempted = undefined;
  }

  async function useKey({ kms }: Clients): Promise<void> {
    const made = await kms.generateDataKey({ KeyId: keyArn, KeySpec: "AES_256" });
    kept.dataKeys.push({
      blob: made.CiphertextBlob ?? new Uint8Array(),
      plaintext: Buffer.from(made.Plaintext ?? []),
      requestId: made.$metadata.requestId ?? "",
    });
  }

  async function makeKey({ kms }: Clients): Promise<void> {
    const { KeyMetadata } = await kms.createKey({});
    const TargetKeyId = KeyMetadata?.KeyId ?? "";
    kept.keys.add(TargetKeyId);
    const AliasName = `alias/${fresh("crash")}`;
    await kms.createAlias({ AliasName, TargetKeyId });
    kept.aliases.set(AliasName, TargetKeyId);
  }

  async function uploadPart({ s3 }: Clients, lane: number): Promise<void> {
    const name = `parts-${lane}`;
    const { UploadId = "" } = await s3.createMultipartUpload({ Bucket, Key: name });
    const upload = { name, etags: [] as string[] };
    kept.parts.set(UploadId, upload);
    await inTurn([1, 2], async (PartNumber) => {
      const Body = pattern(50_000, PartNumber);
      const { ETag } = await s3.uploadPart({ Bucket, Key: name, UploadId, PartNumber, Body });
      upload.etags.push(ETag ?? "");
    });
  }

  async function verify(clients: Clients): Promise<void> {
    await verifyNames(clients);
    await verifyKeys(clients);
    await verifyParts(clients);
  }

  async function verifyNames({ s3 }: Clients): Promise<void> {
    const listed = new Map<string, { size: number; etag: string }>();
    const { Contents } = await s3.listObjectsV2({ Bucket, Prefix: "lane-" });
    for (const { Key = "", Size = 0, ETag = "" } of Contents ?? []) {
      listed.set(Key, { size: Size, etag: ETag });
    }
    await atOnce([...kept.names], 4, async ([Key, name]) => {
      const found = await stateOf(s3, Key);
      const possible = [name.settled, ...(name.attempted === undefined ? [] : [name.attempted])];
      assert.ok(
        possible.some((state) => JSON.stringify(state) === JSON.stringify(found.state)),
        `${Key} is ${JSON.stringify(found.state)}, not one of ${JSON.stringify(possible)}`,
      );
      assert.deepEqual(listed.get(Key), found.listed, `the listing of ${Key}`);
      name.settled = found.state;
      name.attempted = undefined;
    });
    const unknown = [...listed.keys()].filter((Key) => !kept.names.has(Key));
    assert.deepEqual(unknown, [], "nothing is listed that nobody wrote");
  }

  async function stateOf(s3: Clients["s3"], Key: string) {
    const head = await s3.headObject({ Bucket, Key }).catch((error: unknown) => {
      assert.match(String(error), /NotFound/);
    });
    if (!head) return { state: "absent" as const, listed: undefined };
    const size = head.ContentLength ?? 0;
    const state = { size, seed: Number(head.Metadata?.["seed"]) };
    const body = await read(s3, { Bucket, Key });
    assert.ok(body.equals(pattern(state.size, state.seed)), `${Key} is whole`);
    return { state, listed: { size, etag: head.ETag ?? "" } };
  }

  async function verifyKeys(clients: Clients): Promise<void> {
    await atOnce([...kept.aliases], 4, async ([KeyId, id]) => {
      assert.equal((await clients.kms.describeKey({ KeyId })).KeyMetadata?.KeyId, id);
    });
    await atOnce([...kept.keys], 4, (KeyId) => clients.kms.describeKey({ KeyId }));
    await atOnce(kept.dataKeys, 4, async ({ blob, plaintext }) => {
      const opened = await clients.kms.decrypt({ CiphertextBlob: blob });
      assert.ok(Buffer.from(opened.Plaintext ?? []).equals(plaintext));
    });
    const events = await lookUp(clients, { key: "EventName", value: "GenerateDataKey" });
    const ids = events.map((event) => recordOf(event).requestID);
    assert.equal(new Set(ids).size, ids.length, "no event twice");
    const missing = kept.dataKeys.filter(({ requestId }) => !ids.includes(requestId));
    assert.deepEqual(
      missing.map(({ requestId }) => requestId),
      [],
      "every answered use of the key has its event",
    );
  }

  async function verifyParts({ s3 }: Clients): Promise<void> {
    await inTurn([...kept.parts], async ([UploadId, { name, etags }]) => {
      const upload = { Bucket, Key: name, UploadId };
      const { Parts } = await s3.listParts(upload);
      const listed = Parts?.map(({ ETag }) => ETag) ?? [];
      assert.deepEqual(listed.slice(0, etags.length), etags);
      assert.ok(etags.every((etag, index) => etag === `"${md5(pattern(50_000, index + 1))}"`));
      await s3.abortMultipartUpload(upload);
    });
    kept.parts.clear();
  }

  function nameOf(Key: string): Name {
    const name = kept.names.get(Key) ?? { settled: "absent", attempted: undefined };
    kept.names.set(Key, name);
    return name;
  }
});

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function generator(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
