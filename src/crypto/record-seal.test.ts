import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { createRecordOpener, createRecordSealer, RECORD_OVERHEAD_BYTES } from "./record-seal.ts";
import { Secret } from "./secret.ts";
import vectors from "./testdata/record.json" with { type: "json" };

const rootKey = Secret.adopt(Buffer.alloc(32, 7));
const session = (fill: number) => Buffer.alloc(16, fill);
const sealerOf = (fill: number) =>
  createRecordSealer({ rootKey, rootKeyId: 1, processSession: session(fill) });
const opener = createRecordOpener((id) => (id === 1 ? rootKey : undefined));
const failure = { name: "AuthenticationError", message: "sealed bytes do not authenticate" };

const key = Buffer.from("bucket/1");
const sealed = sealerOf(1).seal("bucket", key, Buffer.from("value"));

test("opening inverts sealing", () => {
  const bytes = fc.uint8Array({ maxLength: 300 });
  const sealers = [sealerOf(1), sealerOf(2)];
  fc.assert(
    fc.property(fc.nat(1), fc.string(), bytes, bytes, (which, type, at, value) => {
      const record = sealers[which]?.seal(type, at, value);
      assert.equal(record?.length, value.length + RECORD_OVERHEAD_BYTES);
      assert.deepEqual(new Uint8Array(opener.open(type, at, record)), value);
    }),
  );
});

test("every sealing uses a counter up", () => {
  const sealer = sealerOf(3);
  const nonces = Array.from({ length: 1000 }, () =>
    sealer.seal("bucket", key, Buffer.from("same")).readBigUInt64BE(21),
  );
  assert.deepEqual(
    nonces,
    Array.from({ length: 1000 }, (_, i) => BigInt(i)),
  );
});

test("process sessions do not share a key", () => {
  const [a, b] = [sealerOf(1), sealerOf(2)].map((s) => s.seal("bucket", key, Buffer.alloc(20)));
  assert.notDeepEqual(a?.subarray(29), b?.subarray(29));
});

describe("a record opens only where and as it was sealed", () => {
  const other = createRecordOpener(() => Secret.adopt(Buffer.alloc(32, 8)));
  const cases: Record<string, () => unknown> = {
    "another type": () => opener.open("key", key, sealed),
    "another KV key": () => opener.open("bucket", Buffer.from("bucket/2"), sealed),
    "type and key cut elsewhere": () => opener.open("bucketb", Buffer.from("ucket/1"), sealed),
    "another record root key": () => other.open("bucket", key, sealed),
    "a record root key that is not known": () => {
      const moved = Buffer.from(sealed);
      moved.writeUInt32BE(2, 1);
      return opener.open("bucket", key, moved);
    },
    "another process session": () => {
      const moved = Buffer.from(sealed);
      session(2).copy(moved, 5);
      return opener.open("bucket", key, moved);
    },
    "another counter": () => {
      const moved = Buffer.from(sealed);
      moved.writeBigUInt64BE(1n, 21);
      return opener.open("bucket", key, moved);
    },
    empty: () => opener.open("bucket", key, Buffer.alloc(0)),
    "shorter than its frame": () => opener.open("bucket", key, sealed.subarray(0, 44)),
    "truncated by one byte": () => opener.open("bucket", key, sealed.subarray(0, -1)),
    "one byte longer": () => opener.open("bucket", key, Buffer.concat([sealed, Buffer.alloc(1)])),
  };
  for (const [name, opening] of Object.entries(cases)) {
    test(name, () => assert.throws(opening, failure));
  }

  test("any one bit flipped", () => {
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const flipped = Buffer.from(sealed);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assert.throws(() => opener.open("bucket", key, flipped), failure);
    }
  });
});

test("keys of the last 1024 process sessions are kept, and others derived anew", () => {
  let asked = 0;
  const counting = createRecordOpener(() => {
    asked += 1;
    return rootKey;
  });
  const records = Array.from({ length: 1025 }, (_, i) => {
    const processSession = Buffer.alloc(16);
    processSession.writeUInt32BE(i);
    const sealer = createRecordSealer({ rootKey, rootKeyId: 1, processSession });
    return sealer.seal("bucket", key, Buffer.from("value"));
  });
  const open = (i: number) => counting.open("bucket", key, records[i] ?? Buffer.alloc(0));
  for (let i = 0; i < 1024; i++) open(i);
  for (let i = 0; i < 1024; i++) open(i);
  assert.equal(asked, 1024);
  open(1024);
  open(1024);
  assert.equal(asked, 1025);
  open(0);
  assert.equal(asked, 1026);
});

test("the format is frozen", () => {
  const root = Secret.adopt(Buffer.from(vectors.rootKey, "hex"));
  const processSession = Buffer.from(vectors.processSession, "hex");
  const sealer = createRecordSealer({
    rootKey: root,
    rootKeyId: vectors.rootKeyId,
    processSession,
  });
  const open = createRecordOpener((id) => (id === vectors.rootKeyId ? root : undefined));
  for (const v of vectors.records) {
    const [at, value] = [Buffer.from(v.key, "hex"), Buffer.from(v.value, "hex")];
    assert.equal(sealer.seal(v.type, at, value).toString("hex"), v.sealed);
    assert.deepEqual(open.open(v.type, at, Buffer.from(v.sealed, "hex")), value);
  }
});

describe("our own misuse is refused", () => {
  const misuses: Record<string, () => unknown> = {
    "a process session is 16 bytes": () =>
      createRecordSealer({ rootKey, rootKeyId: 1, processSession: Buffer.alloc(15) }),
    "a record root key id is a number of 32 bits": () =>
      createRecordSealer({ rootKey, rootKeyId: 2 ** 32, processSession: session(1) }),
  };
  for (const [invariant, misuse] of Object.entries(misuses)) {
    test(invariant, () => assert.throws(misuse, { name: "InvariantError", message: invariant }));
  }
});
