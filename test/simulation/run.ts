/** One seed: clients write, read and delete until the power goes; then everything is checked. */
import assert from "node:assert/strict";
import { mock } from "node:test";
import {
  currentSpace,
  decodeKey,
  fencedSpace,
  inlineSpace,
  partSpace,
  refSpace,
  sessionSpace,
  trashSpace,
  uploadSpace,
  versionSpace,
  type VersionRecord,
} from "../../src/records/index.ts";
import { seededRandom } from "../../src/storage/files/testing/random.ts";
import type { Power } from "./crashing-kv.ts";
import { BUCKET, type Process, World } from "./world.ts";

const CLIENTS = 4;
const KEYS = 3;
const OPERATIONS = 400;
/** Small enough for the metadata engine, one segment on disk, several segments. */
const SIZES = [100, 40_000, 200_000];

/** What a key may hold after a crash: what was acknowledged last, and what was under way. */
interface Expected {
  acknowledged: string | undefined;
  underWay: (string | undefined)[];
  /** Acknowledged ones. */
  writes: number;
}

export interface Outcome {
  readonly acknowledged: number;
  readonly crashed: boolean;
}

/** Throws an AssertionError when something acknowledged is lost, torn, or garbage outlives. */
export async function simulate(seed: number): Promise<Outcome> {
  // Heartbeats are made by hand: a real timer would keep every dead process in memory.
  mock.timers.enable({ apis: ["setInterval"] });
  try {
    return await crashOnce(seed);
  } finally {
    mock.timers.reset();
  }
}

async function crashOnce(seed: number): Promise<Outcome> {
  const random = seededRandom(seed);
  const world = new World(seed);
  const first = await world.start();
  await first.run("CreateBucket", { Bucket: BUCKET });
  const { KeyMetadata } = (await first.run("CreateKey", {})) as { KeyMetadata: { Arn: string } };
  const power = world.power(1 + random(OPERATIONS));
  const expected = new Map<string, Expected>();
  const keyArn = KeyMetadata.Arn;
  const work = workUntilCrash(world, power, { seed, keyArn, expected });
  // Without power nothing is answered, whatever a dying process still says to itself.
  const ended = work.catch((error: unknown) => {
    if (!power.off) throw error;
  });
  await Promise.race([ended, powerless(power)]);
  const later = await world.start();
  await checkObjects(later, expected);
  await collect(world, later);
  await checkObjects(later, expected);
  await checkGarbage(later);
  const acknowledged = [...expected.values()].reduce((sum, { writes }) => sum + writes, 0);
  return { acknowledged, crashed: power.off };
}

/** Clients with keys of their own, each doing one thing after another. */
async function workUntilCrash(
  world: World,
  power: Power,
  { seed, keyArn, expected }: { seed: number; keyArn: string; expected: Map<string, Expected> },
): Promise<undefined> {
  const process = await world.start(power);
  const clients = Array.from({ length: CLIENTS }, async (_, client) => {
    const own = seededRandom(seed * 31 + client);
    for (let step = 0; !power.off; step += 1) {
      const key = `client-${client}/key-${own(KEYS)}`;
      const state = expected.get(key) ?? { acknowledged: undefined, underWay: [], writes: 0 };
      expected.set(key, state);
      try {
        await clientStep(process, { key, state, own, step, keyArn });
      } catch (error) {
        // Without power nothing is answered, whatever a dying process still says to itself.
        if (!power.off) throw error;
      }
    }
  });
  await Promise.all(clients);
}

interface Step {
  readonly key: string;
  readonly state: Expected;
  readonly own: (below: number) => number;
  readonly step: number;
  readonly keyArn: string;
}

async function clientStep(process: Process, step: Step): Promise<void> {
  const { key, state, own, keyArn } = step;
  const target = { Bucket: BUCKET, Key: key };
  const choice = own(10);
  if (choice < 2) {
    const found = await readObject(process, key);
    assert.equal(found, state.acknowledged, `${key} reads as it was written`);
    return;
  }
  const deletes = choice < 4;
  const size = SIZES[own(SIZES.length)] ?? 0;
  const text = `${key} at ${step.step} `;
  const value = deletes ? undefined : text.repeat(Math.ceil(size / text.length)).slice(0, size);
  state.underWay.push(value);
  const kms = { ServerSideEncryption: "aws:kms", SSEKMSKeyId: keyArn };
  if (value === undefined) await process.run("DeleteObject", target);
  else if (choice === 9) await uploadInParts(process, target, own(2) === 0 ? kms : {}, value);
  else {
    await process.run("PutObject", { ...target, ...(own(2) === 0 && kms) }, Buffer.from(value));
  }
  state.acknowledged = value;
  state.underWay = [];
  state.writes += 1;
}

/** One part, and before it an upload that is given up. */
async function uploadInParts(process: Process, target: object, encryption: object, value: string) {
  const begin = async () => {
    const { UploadId } = await process.run("CreateMultipartUpload", { ...target, ...encryption });
    const part = { ...target, UploadId, PartNumber: 1 };
    const { ETag } = await process.run("UploadPart", part, Buffer.from(value));
    return { UploadId, ETag };
  };
  const given = await begin();
  await process.run("AbortMultipartUpload", { ...target, UploadId: given.UploadId });
  const { UploadId, ETag } = await begin();
  const MultipartUpload = { Parts: [{ ETag, PartNumber: 1 }] };
  await process.run("CompleteMultipartUpload", { ...target, UploadId, MultipartUpload });
}

async function readObject(process: Process, key: string): Promise<string | undefined> {
  try {
    const { Body } = await process.run("GetObject", { Bucket: BUCKET, Key: key });
    return (Body as Buffer).toString();
  } catch (error) {
    if ((error as { code?: string }).code === "NoSuchKey") return undefined;
    throw error;
  }
}

/** Clients of a machine without power wait for ever; this does not. */
async function powerless(power: Power): Promise<undefined> {
  while (!power.off) await new Promise((turn) => setImmediate(turn));
}

async function checkObjects(process: Process, expected: ReadonlyMap<string, Expected>) {
  for (const [key, state] of expected) {
    const found = await readObject(process, key);
    const possible = [state.acknowledged, ...state.underWay];
    const shown = (value: string | undefined) => value?.slice(0, 40);
    assert.ok(
      possible.includes(found),
      `${key} holds ${shown(found)}, not one of ${possible.map(shown).join(" | ")}`,
    );
    // From now on it is known what the power cut left.
    state.acknowledged = found;
    state.underWay = [];
  }
}

/** Until dead processes are fenced, swept twice, and the trash is empty. */
async function collect(world: World, { lease, collector, sessions, records }: Process) {
  for (let pass = 0; ; pass += 1) {
    assert.ok(pass < 60, "the collector comes to an end");
    world.clock.advance(20_000);
    await sessions.beat();
    assert.ok(await lease.renew());
    await collector.pass();
    const [fenced] = await records.page(fencedSpace, fencedSpace.under(), { limit: 1 });
    const [trash] = await records.page(trashSpace, trashSpace.under(), { limit: 1 });
    const alive = await records.page(sessionSpace, sessionSpace.under());
    if (!fenced && !trash && alive.length === 1) return;
  }
}

/** Blobs, references, inline bodies and listing rows are exactly those that versions name. */
async function checkGarbage({ records, blobs }: Process) {
  const versions = await records.page(versionSpace, versionSpace.under());
  const objects = versions.flatMap(({ value }: { value: VersionRecord }) =>
    value.kind === "object" ? [value.body] : [],
  );
  const open = await records.page(uploadSpace, uploadSpace.under());
  const uploads = new Set(open.map(({ value }) => value.id));
  for (const body of objects) if (body.kind === "parts") uploads.add(body.upload);
  const parts = await records.page(partSpace, partSpace.under());
  for (const { key } of parts) {
    assert.ok(uploads.has(String(decodeKey(key)[1])), "parts are those of uploads and objects");
  }
  const bodies = [
    ...objects.flatMap((body) => (body.kind === "one" ? [body] : [])),
    ...parts.map(({ value }) => value.body),
  ];
  const blobsNamed = bodies.filter(({ inline }) => !inline).map(({ blob }) => blob);
  const inlineNamed = bodies.filter(({ inline }) => inline).map(({ blob }) => blob);
  const stored: string[] = [];
  for (const session of await blobs.sessions(undefined, 100)) {
    stored.push(...(await blobs.list(session, undefined, 1000)));
  }
  const inline = await records.kv.range({ ...inlineSpace.under(), limit: 1000, keysOnly: true });
  const refs = await records.kv.range({ ...refSpace.under(), limit: 1000, keysOnly: true });
  const rows = await records.kv.range({ ...currentSpace.under(), limit: 1000, keysOnly: true });
  assert.deepEqual(stored.toSorted(), blobsNamed.toSorted(), "blobs are those that objects name");
  assert.equal(refs.length, blobsNamed.length, "references are those of blobs that objects name");
  assert.equal(inline.length, inlineNamed.length, "inline bodies are those that objects name");
  assert.equal(rows.length, versions.length, "listing rows are those of objects");
}
