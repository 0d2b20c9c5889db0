/** What every blob store promises, as tests: each engine's own test file runs them. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { StorageError } from "../../kv/errors.ts";
import type { BlobStore } from "../blob-store.ts";
import { BufferPool } from "../buffer-pool.ts";
import { readAhead } from "../read-ahead.ts";

/** Begins each test with an empty store. */
export function blobStoreConformance(engine: string, start: () => Promise<BlobStore>): void {
  describe(`${engine} as a blob store`, () => {
    test("what was finished is read back, whole and by ranges", async () => {
      const store = await start();
      const range = fc.tuple(fc.nat(), fc.nat());
      const chunks = fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 12 });
      let number = 0;
      const check = async (parts: Uint8Array[], [from, length]: [number, number]) => {
        const name = `${session}/${number++}`;
        const whole = Buffer.concat(parts);
        await put(store, name, parts);
        const reader = await store.open(name);
        assert.equal(reader?.bytes, whole.length);
        assert.deepEqual(await reader.read(0, whole.length), whole);
        const at = from % (whole.length + 1);
        const bytes = length % (whole.length - at + 1);
        assert.deepEqual(await reader.read(at, bytes), whole.subarray(at, at + bytes));
        await reader.close();
      };
      await fc.assert(fc.asyncProperty(chunks, range, check), { numRuns: 40 });
    });

    test("many megabytes in large and odd chunks come back as they were", async () => {
      const store = await start();
      const parts = [1, 700_001, 65_552, 2_500_000, 3, 1_048_576].map((length, index) =>
        Buffer.alloc(length, index + 1),
      );
      await put(store, name, parts);
      assert.ok((await read(store, name))?.equals(Buffer.concat(parts)));
    });

    test("a blob is absent until it is finished", async () => {
      const store = await start();
      const writer = await store.create(name);
      await writer.write(Buffer.from("abc"));
      assert.equal(await store.open(name), undefined);
      assert.deepEqual(await store.list(session, undefined, 10), []);
      assert.deepEqual(await writer.finish(), { bytes: 3 });
      assert.equal((await read(store, name))?.toString(), "abc");
    });

    test("a blob is written once", async () => {
      const store = await start();
      await put(store, name, [Buffer.from("first")]);
      await assert.rejects(store.create(name), StorageError);
      assert.equal((await read(store, name))?.toString(), "first");
    });

    test("of two writers of one name the second is refused", async () => {
      const store = await start();
      const begun = await Promise.allSettled([store.create(name), store.create(name)]);
      const writer = begun.find((attempt) => attempt.status === "fulfilled");
      const refused = begun.filter((attempt) => attempt.status === "rejected");
      assert.equal(refused.length, 1);
      assert.ok(refused[0]?.reason instanceof StorageError);
      await writer?.value.write(Buffer.from("kept"));
      await writer?.value.finish();
      assert.equal((await read(store, name))?.toString(), "kept");
    });

    test("an aborted blob leaves nothing, and its name is free again", async () => {
      const store = await start();
      const writer = await store.create(name);
      await writer.write(Buffer.alloc(3_000_000));
      await writer.abort();
      await writer.abort();
      assert.equal(await store.open(name), undefined);
      assert.equal(await store.sweepTemporary(session), 0);
      await put(store, name, [Buffer.from("x")]);
    });

    test("an abort after finishing changes nothing", async () => {
      const store = await start();
      const writer = await store.create(name);
      await writer.finish();
      await writer.abort();
      assert.equal((await read(store, name))?.length, 0);
    });

    test("what is absent is not opened, and its deletion is no error", async () => {
      const store = await start();
      assert.equal(await store.open(name), undefined);
      await store.delete(name);
      await put(store, `${session}/8`, []);
      await store.delete(name);
    });

    test("a deleted blob is gone from reading and listing", async () => {
      const store = await start();
      await put(store, name, [Buffer.from("x")]);
      await store.delete(name);
      assert.equal(await store.open(name), undefined);
      assert.deepEqual(await store.list(session, undefined, 10), []);
    });

    test("a read beyond the end is an error, never short", async () => {
      const store = await start();
      await put(store, name, [Buffer.from("abc")]);
      const reader = await store.open(name);
      assert.ok(reader);
      await assert.rejects(reader.read(1, 3), StorageError);
      await assert.rejects(reader.read(4, 1), StorageError);
      assert.deepEqual(await reader.read(3, 0), Buffer.alloc(0));
      await reader.close();
    });

    test("a read fills the target that it was given", async () => {
      const store = await start();
      await put(store, name, [Buffer.from("abcdef")]);
      const reader = await store.open(name);
      const target = Buffer.alloc(10, ".");
      const found = await reader?.read(2, 3, target);
      assert.equal(target.toString(), "cde.......");
      assert.equal(found?.buffer, target.buffer);
      assert.equal(found?.length, 3);
      await reader?.close();
    });

    test("a range is read ahead piece by piece", async () => {
      const store = await start();
      const whole = Buffer.from(Array.from({ length: 10_000 }, (_, at) => at % 253));
      await put(store, name, [whole]);
      const reader = await store.open(name);
      assert.ok(reader);
      const check = async (a: number, b: number, pieceBytes: number) => {
        const [first, end] = [Math.min(a, b), Math.max(a, b)];
        const pieces: Buffer[] = [];
        for await (const piece of readAhead(reader, { start: first, end, pieceBytes, buffers })) {
          pieces.push(Buffer.from(piece));
        }
        assert.deepEqual(Buffer.concat(pieces), whole.subarray(first, end));
        assert.ok(pieces.slice(0, -1).every((piece) => piece.length === pieceBytes));
      };
      const at = fc.nat(whole.length);
      await fc.assert(fc.asyncProperty(at, at, fc.integer({ min: 300, max: 4000 }), check), {
        numRuns: 30,
        examples: [[0, 0, 1]],
      });
      await reader.close();
    });

    test("a list is complete, in the order of numbers, page by page", async () => {
      const store = await start();
      const numbers = [0, 1, 2, 9, 10, 11, 4095, 4096, 4097, 100_000, 2 ** 40, 2 ** 53 - 1];
      await Promise.all(numbers.map((number) => put(store, `${session}/${number}`, [])));
      await put(store, `${other}/3`, []);
      for (const limit of [1, 2, 5, 1000]) {
        const listed: string[] = [];
        while (listed.length <= numbers.length) {
          const page = await store.list(session, listed.at(-1), limit);
          assert.ok(page.length <= limit);
          if (page.length === 0) break;
          listed.push(...page);
        }
        assert.deepEqual(
          listed,
          numbers.map((number) => `${session}/${number}`),
        );
      }
    });

    test("sessions are listed page by page until they are emptied and removed", async () => {
      const store = await start();
      await put(store, `${session}/1`, []);
      await put(store, `${other}/4096`, []);
      assert.deepEqual(await store.sessions(undefined, 10), [session, other]);
      assert.deepEqual(await store.sessions(undefined, 1), [session]);
      assert.deepEqual(await store.sessions(session, 1), [other]);
      assert.deepEqual(await store.sessions(other, 1), []);

      assert.equal(await store.removeSession(session), false);
      await store.delete(`${session}/1`);
      assert.equal(await store.removeSession(session), true);
      assert.equal(await store.removeSession(session), true);
      assert.deepEqual(await store.sessions(undefined, 10), [other]);
      await put(store, `${session}/2`, [Buffer.from("again")]);
      assert.equal((await read(store, `${session}/2`))?.toString(), "again");
    });

    test("an unfinished blob is swept, and its session can be removed then", async () => {
      const store = await start();
      const writer = await store.create(name);
      await writer.write(Buffer.from("x"));
      assert.equal(await store.removeSession(session), false);
      assert.equal(await store.sweepTemporary(session), 1);
      assert.equal(await store.sweepTemporary(session), 0);
      assert.equal(await store.removeSession(session), true);
      await writer.abort();
    });

    test("a hundred blobs at once are all kept", async () => {
      const store = await start();
      const numbers = Array.from({ length: 100 }, (_, number) => number);
      await Promise.all(numbers.map((n) => put(store, `${session}/${n}`, [Buffer.alloc(n, n)])));
      for (const number of numbers) {
        assert.deepEqual(await read(store, `${session}/${number}`), Buffer.alloc(number, number));
      }
    });

    describe("our own misuse is refused", () => {
      const names = ["", "x", session, `${session}/`, `${session}/01`, `${session}/-1`];
      names.push(`${session}/1/2`, `${session}/../1`, `../${session}/1`, `/${session}/1`);
      names.push(`${session}/1.tmp`, `${session}/1\n`, `${session}/9007199254740992`);
      names.push(`${session.toUpperCase()}/1`, `${session.slice(1)}/1`, `${session}\\1`);
      for (const bad of names) {
        test(`a blob name is a session and a number, not ${JSON.stringify(bad)}`, async () => {
          const store = await start();
          for (const use of [store.create(bad), store.open(bad), store.delete(bad)]) {
            await assert.rejects(use, { name: "InvariantError" });
          }
        });
      }

      test("a session is 32 lower-case hex digits", async () => {
        const store = await start();
        for (const bad of ["", "..", `${session}/`, session.slice(1)]) {
          for (const use of [store.list(bad, undefined, 1), store.removeSession(bad)]) {
            await assert.rejects(use, { name: "InvariantError" });
          }
          await assert.rejects(store.sweepTemporary(bad), { name: "InvariantError" });
        }
      });

      test("a list stays within its session", async () => {
        const store = await start();
        await assert.rejects(store.list(session, `${other}/1`, 1), { name: "InvariantError" });
      });

      test("a page has 1 to 1000 entries", async () => {
        const store = await start();
        for (const limit of [0, 1001, 1.5]) {
          await assert.rejects(store.list(session, undefined, limit), { name: "InvariantError" });
          await assert.rejects(store.sessions(undefined, limit), { name: "InvariantError" });
        }
      });

      test("a blob is ended once and takes no bytes after that", async () => {
        const store = await start();
        const writer = await store.create(name);
        await writer.finish();
        await assert.rejects(writer.finish(), { name: "InvariantError" });
        assert.throws(() => writer.write(Buffer.from("x")), { name: "InvariantError" });
      });

      test("a blob is closed once and not read after that", async () => {
        const store = await start();
        await put(store, name, []);
        const reader = await store.open(name);
        await reader?.close();
        await assert.rejects(reader?.read(0, 0) ?? Promise.resolve(), { name: "InvariantError" });
        await assert.rejects(reader?.close() ?? Promise.resolve(), { name: "InvariantError" });
      });
    });
  });
}

const session = "00112233445566778899aabbccddeeff";
const other = "ffeeddccbbaa99887766554433221100";
const name = `${session}/7`;
const buffers = new BufferPool();

export async function put(
  store: BlobStore,
  blob: string,
  chunks: readonly Uint8Array[],
): Promise<void> {
  const writer = await store.create(blob);
  try {
    for (const chunk of chunks) await writer.write(chunk);
    await writer.finish();
  } finally {
    await writer.abort();
  }
}

export async function read(store: BlobStore, blob: string): Promise<Buffer | undefined> {
  const reader = await store.open(blob);
  if (reader === undefined) return undefined;
  try {
    return await reader.read(0, reader.bytes);
  } finally {
    await reader.close();
  }
}
