import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  BOX_OVERHEAD_BYTES,
  BOX_PURPOSES,
  type BoxPurpose,
  openBox,
  sealBox,
  sealBoxWithSalt,
  unwrapSecret,
  wrapSecret,
} from "./box.ts";
import type { Field } from "./fields.ts";
import { Secret } from "./secret.ts";
import vectors from "./testdata/box.json" with { type: "json" };

const key = () => Secret.adopt(Buffer.alloc(32, 7));
const fields: readonly Field[] = ["123456789012", 3, Buffer.from("x")];
const box = sealBox(key(), "totp-seed", fields, Buffer.from("the seed"));

test("opening inverts sealing, for every purpose", () => {
  const content = fc.uint8Array({ maxLength: 200 });
  fc.assert(
    fc.property(fc.constantFrom(...BOX_PURPOSES), content, fc.string(), (purpose, bytes, field) => {
      const sealed = sealBox(key(), purpose, [field], bytes);
      assert.equal(sealed.length, bytes.length + BOX_OVERHEAD_BYTES);
      assert.deepEqual(new Uint8Array(openBox(key(), purpose, [field], sealed)), bytes);
    }),
  );
});

test("unwrapping inverts wrapping", () => {
  using secret = Secret.random(32);
  const wrapped = wrapSecret(key(), "record-root-key", fields, secret);
  using unwrapped = unwrapSecret(key(), "record-root-key", fields, wrapped);
  assert.deepEqual(unwrapped.expose(), secret.expose());
});

test("no box repeats", () => {
  assert.notDeepEqual(sealBox(key(), "totp-seed", fields, Buffer.from("the seed")), box);
});

describe("a box opens only as it was sealed", () => {
  const cases: {
    name: string;
    key?: Secret;
    purpose?: BoxPurpose;
    fields?: readonly Field[];
    box?: Buffer;
  }[] = [
    { name: "another key", key: Secret.adopt(Buffer.alloc(32, 8)) },
    { name: "the key with a zero byte more", key: Secret.adopt(Buffer.alloc(33, 7)) },
    { name: "another purpose", purpose: "access-key-secret" },
    { name: "a field altered", fields: ["123456789013", 3, Buffer.from("x")] },
    { name: "a field missing", fields: ["123456789012", 3] },
    { name: "a field more", fields: [...fields, ""] },
    { name: "fields cut elsewhere", fields: ["12345678901", 3, Buffer.from("2x")] },
    { name: "no fields", fields: [] },
    { name: "empty", box: Buffer.alloc(0) },
    { name: "shorter than its frame", box: box.subarray(0, BOX_OVERHEAD_BYTES - 1) },
    { name: "truncated by one byte", box: box.subarray(0, -1) },
    { name: "one byte longer", box: Buffer.concat([box, Buffer.alloc(1)]) },
    { name: "longer than any box", box: Buffer.alloc(2 ** 20 + BOX_OVERHEAD_BYTES + 1, 1) },
  ];
  for (const c of cases) {
    test(c.name, () => {
      const opening = () =>
        openBox(c.key ?? key(), c.purpose ?? "totp-seed", c.fields ?? fields, c.box ?? box);
      assert.throws(opening, { name: "AuthenticationError" });
    });
  }

  test("any one bit flipped", () => {
    for (let bit = 0; bit < box.length * 8; bit++) {
      const flipped = Buffer.from(box);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assert.throws(() => openBox(key(), "totp-seed", fields, flipped), {
        name: "AuthenticationError",
      });
    }
  });
});

test("every failure says the same", () => {
  const other = Secret.adopt(Buffer.alloc(32, 8));
  for (const opening of [
    () => openBox(key(), "totp-seed", fields, Buffer.alloc(3)),
    () => openBox(other, "totp-seed", fields, box),
    () => openBox(key(), "totp-seed", [], box),
  ]) {
    assert.throws(opening, { message: "sealed bytes do not authenticate" });
  }
});

describe("the format is frozen", () => {
  for (const v of vectors) {
    test(v.name, () => {
      const using = Secret.adopt(Buffer.from(v.key, "hex"));
      const purpose = BOX_PURPOSES.find((p) => p === v.purpose);
      assert.ok(purpose);
      const list = v.fields.map((f) => f.utf8 ?? f.number ?? Buffer.from(f.hex ?? "", "hex"));
      const [plaintext, salt] = [Buffer.from(v.plaintext, "hex"), Buffer.from(v.salt, "hex")];
      const sealed = sealBoxWithSalt(using, purpose, list, plaintext, salt);
      assert.equal(sealed.toString("hex"), v.box);
      assert.deepEqual(openBox(using, purpose, list, Buffer.from(v.box, "hex")), plaintext);
    });
  }
});

describe("our own misuse is refused", () => {
  const misuses: Record<string, () => unknown> = {
    "a box is sealed under a key of at least 16 bytes": () =>
      sealBox(Secret.random(15), "totp-seed", [], Buffer.alloc(1)),
    "a box holds at most 1 MiB": () => sealBox(key(), "totp-seed", [], Buffer.alloc(2 ** 20 + 1)),
  };
  for (const [invariant, misuse] of Object.entries(misuses)) {
    test(invariant, () => assert.throws(misuse, { name: "InvariantError", message: invariant }));
  }
});
