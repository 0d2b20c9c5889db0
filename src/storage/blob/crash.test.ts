import assert from "node:assert/strict";
import { test } from "node:test";
import type { Files } from "../files/files.ts";
import { type Random, seededRandom } from "../files/testing/random.ts";
import { SimulatedFiles } from "../files/testing/simulated-files.ts";
import type { BlobStore } from "./blob-store.ts";
import { openDiskBlobs } from "./disk.ts";
import { put, read } from "./testing/conformance.ts";

const session = "0123456789abcdef0123456789abcdef";
const BLOBS = 14;
/** Across the border of two folders, so that crashes also meet the making of one. */
const FIRST = 4090;
/** What a run without a crash takes, about. */
const OPERATIONS = 110;

interface Blob {
  readonly name: string;
  readonly chunks: readonly Buffer[];
  readonly end: "keep" | "delete" | "abort";
  state: "unknown" | "acknowledged" | "deleted" | "aborted";
}

/** How a store is lied to while it writes, and while the collector works after the crash. */
interface Lies {
  readonly writing?: (files: Files) => Files;
  readonly collecting?: (files: Files) => Files;
}

test("after 300 crashes what was acknowledged is whole and the rest is collected for good", async () => {
  let cutShort = 0;
  for (let seed = 0; seed < 300; seed++) {
    const { violations, finished } = await crash(seed, {});
    assert.deepEqual(violations, [], `seed ${seed}`);
    if (!finished) cutShort++;
  }
  assert.ok(cutShort > 200, `${cutShort} of 300 crashes came in the middle of something`);
});

const lies: Record<string, Lies> = {
  "data that is not synced": { writing: withoutDataSync },
  "blobs whose names are not synced": { writing: withoutSyncOf(/^\/blob\/[^/]+\/[^/]+$/) },
  "a group whose name is not synced": { writing: withoutSyncOf(/^\/blob\/[^/]+$/) },
  "a session whose name is not synced": { writing: withoutSyncOf(/^\/blob$/) },
  "a blob folder whose name is not synced": { writing: withoutSyncOf(/^\/$/) },
  "deletions that are not synced": { collecting: withoutSyncOf(/^\/blob\/[^/]+\/[^/]+$/) },
  "removed folders that are not synced": { collecting: withoutSyncOf(/^\/blob$/) },
};

for (const [name, lie] of Object.entries(lies)) {
  test(`some crash finds out ${name}`, async () => {
    let found = 0;
    for (let seed = 0; seed < 100 && found === 0; seed++) {
      if ((await crash(seed, lie)).violations.length > 0) found++;
    }
    assert.equal(found, 1);
  });
}

/** Writes and deletes until the power goes, then collects, with a crash after each step. */
async function crash(
  seed: number,
  { writing = same, collecting = same }: Lies,
): Promise<{ violations: string[]; finished: boolean }> {
  const random = seededRandom(seed);
  const blobs = Array.from({ length: BLOBS }, (_, index) => blobOf(FIRST + index, random));
  const running = new SimulatedFiles({ seed, crashAt: 1 + random(OPERATIONS) });
  await work(writing(running), blobs).catch(() => {});
  const finished = !running.off;

  const violations: string[] = [];
  const found = running.crash(seed);
  await checkContents(await store(found), blobs, violations);
  const kept = blobs.filter(({ state }) => state === "acknowledged").map(({ name }) => name);
  await collect(await store(collecting(found)), kept);

  const collected = found.crash(seed + 1);
  const again = await store(collecting(collected));
  const left = await again.list(session, undefined, 1000);
  if (left.join() !== kept.join()) violations.push(`${left.join()} is left of ${kept.join()}`);
  if ((await again.sweepTemporary(session)) > 0) violations.push("an unfinished blob came back");
  await collect(again, []);
  if (!(await again.removeSession(session))) violations.push("an empty session stays");
  const sessions = await (await store(collected.crash(seed + 2))).sessions(undefined, 10);
  if (sessions.length > 0) violations.push("a removed session came back");
  return { violations, finished };
}

async function work(files: Files, blobs: readonly Blob[]): Promise<void> {
  const blobStore = await store(files);
  await Promise.allSettled(
    blobs.map(async (blob) => {
      if (blob.end === "abort") return abandon(blobStore, blob);
      await put(blobStore, blob.name, blob.chunks);
      blob.state = "acknowledged";
      if (blob.end === "keep") return;
      blob.state = "unknown";
      await blobStore.delete(blob.name);
      blob.state = "deleted";
    }),
  );
}

async function abandon(blobStore: BlobStore, blob: Blob): Promise<void> {
  const writer = await blobStore.create(blob.name);
  for (const chunk of blob.chunks) await writer.write(chunk);
  await writer.abort();
  blob.state = "aborted";
}

async function checkContents(
  blobStore: BlobStore,
  blobs: readonly Blob[],
  violations: string[],
): Promise<void> {
  for (const { name, chunks, state } of blobs) {
    const found = await read(blobStore, name);
    if (found === undefined && state === "acknowledged") violations.push(`${name} is lost`);
    if (found && !found.equals(Buffer.concat(chunks))) violations.push(`${name} is not whole`);
    if (found && state === "deleted") violations.push(`${name} came back`);
    if (found && state === "aborted") violations.push(`${name} was never finished`);
  }
}

async function collect(blobStore: BlobStore, kept: readonly string[]): Promise<void> {
  await blobStore.sweepTemporary(session);
  const listed = await blobStore.list(session, undefined, 1000);
  const garbage = listed.filter((name) => !kept.includes(name));
  await Promise.all(garbage.map((name) => blobStore.delete(name)));
}

/** Some empty, some of a few sectors, some of so many small chunks that they go in several writes. */
function blobOf(number: number, random: Random): Blob {
  const count = [0, 1, 3, 1100][random(4)] ?? 0;
  const bytes = count > 3 ? 3 : 1500;
  return {
    name: `${session}/${number}`,
    chunks: Array.from({ length: count }, (_, at) =>
      Buffer.alloc(bytes, 1 + ((number + at) % 255)),
    ),
    end: (["keep", "keep", "keep", "delete", "abort"] as const)[random(5)] ?? "keep",
    state: "unknown",
  };
}

function store(files: Files): Promise<BlobStore> {
  return openDiskBlobs({ files, folder: "/blob", fatal: () => {}, writersMax: 5 });
}

function same(files: Files): Files {
  return files;
}

function withoutDataSync(files: Files): Files {
  return lying(files, {
    create: async (path) => ({ ...(await files.create(path)), syncData: () => Promise.resolve() }),
  });
}

function withoutSyncOf(folder: RegExp): (files: Files) => Files {
  return (files) =>
    lying(files, {
      syncDirectory: (path) =>
        folder.test(path)
          ? files.list(path).then((entries) => entries !== undefined)
          : files.syncDirectory(path),
    });
}

function lying(files: Files, lie: Partial<Files>): Files {
  return {
    create: (path) => files.create(path),
    open: (path) => files.open(path),
    rename: (from, to) => files.rename(from, to),
    unlink: (path) => files.unlink(path),
    makeDirectory: (path) => files.makeDirectory(path),
    removeDirectory: (path) => files.removeDirectory(path),
    list: (path) => files.list(path),
    syncDirectory: (path) => files.syncDirectory(path),
    size: (path) => files.size(path),
    space: (path) => files.space(path),
    ...lie,
  };
}
