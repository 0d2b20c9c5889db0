import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  KMS_CIPHERTEXT_BYTES_MAX,
  type KmsCiphertextKey,
  openKmsCiphertext,
  parseKmsCiphertext,
  sealKmsCiphertext,
  sealKmsCiphertextWithSalt,
} from "./kms-ciphertext.ts";
import { Secret } from "./secret.ts";
import vectors from "./testdata/kms-ciphertext.json" with { type: "json" };

const key: KmsCiphertextKey = {
  account: "123456789012",
  keyId: "1234abcd-12ab-34cd-56ef-1234567890ab",
  materialId: "ab".repeat(32),
  material: Secret.adopt(Buffer.alloc(32, 7)),
  context: { project: "x", stage: "y" },
};
const ids = { account: key.account, keyId: key.keyId, materialId: key.materialId };
const blob = sealKmsCiphertext(key, Buffer.from("a data key"));
const failure = { name: "AuthenticationError", message: "sealed bytes do not authenticate" };

const keyIds = fc.oneof(
  fc.uuid(),
  fc.uuid().map((uuid) => `mrk-${uuid.replaceAll("-", "")}`),
);

test("opening inverts sealing, and a blob tells its ids", () => {
  const context = fc.dictionary(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }));
  const plaintext = fc.uint8Array({ maxLength: 4096 });
  fc.assert(
    fc.property(keyIds, context, plaintext, (keyId, pairs, bytes) => {
      const as = { ...key, keyId, context: pairs };
      const sealed = sealKmsCiphertext(as, bytes);
      assert.deepEqual(parseKmsCiphertext(sealed), { ...ids, keyId });
      using opened = openKmsCiphertext(as, sealed);
      assert.deepEqual(new Uint8Array(opened.expose()), bytes);
    }),
  );
});

test("the longest plaintext fits into AWS's longest blob", () => {
  const sealed = sealKmsCiphertext(key, Buffer.alloc(4096));
  assert.equal(sealed.length, 4263);
  assert.ok(sealed.length <= KMS_CIPHERTEXT_BYTES_MAX);
});

test("no blob repeats", () => {
  assert.notDeepEqual(sealKmsCiphertext(key, Buffer.from("a data key")), blob);
});

describe("a blob opens only under its key, material and context", () => {
  const cases: Record<string, Partial<KmsCiphertextKey>> = {
    "another account": { account: "999888777666" },
    "another key": { keyId: "1234abcd-12ab-34cd-56ef-1234567890ac" },
    "another material's name": { materialId: "ac".repeat(32) },
    "another material": { material: Secret.adopt(Buffer.alloc(32, 8)) },
    "no context": { context: {} },
    "a pair missing": { context: { project: "x" } },
    "a pair more": { context: { ...key.context, z: "" } },
    "a value altered": { context: { project: "x", stage: "z" } },
    "a key in capitals": { context: { Project: "x", stage: "y" } },
    "keys and values exchanged": { context: { x: "project", y: "stage" } },
    "pairs cut elsewhere": { context: { projectx: "", stage: "y" } },
  };
  for (const [name, change] of Object.entries(cases)) {
    test(name, () => assert.throws(() => openKmsCiphertext({ ...key, ...change }, blob), failure));
  }

  test("the same pairs in another order", () => {
    using opened = openKmsCiphertext({ ...key, context: { stage: "y", project: "x" } }, blob);
    assert.equal(opened.expose().toString(), "a data key");
  });
});

describe("an altered blob does not open", () => {
  test("any one bit flipped", () => {
    for (let bit = 0; bit < blob.length * 8; bit++) {
      const flipped = Buffer.from(blob);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assert.throws(() => openKmsCiphertext(key, flipped), failure);
      // Where the altered ids still read as ids, a caller would look up the key they name.
      const claimed = parseKmsCiphertext(flipped);
      if (claimed) assert.throws(() => openKmsCiphertext({ ...key, ...claimed }, flipped), failure);
    }
  });

  test("any truncation, and any byte more", () => {
    for (let length = 0; length < blob.length; length++) {
      assert.equal(parseKmsCiphertext(blob.subarray(0, length)), undefined);
      assert.throws(() => openKmsCiphertext(key, blob.subarray(0, length)), failure);
    }
    const longer = Buffer.concat([blob, Buffer.alloc(1)]);
    assert.equal(parseKmsCiphertext(longer), undefined);
    assert.throws(() => openKmsCiphertext(key, longer), failure);
  });

  test("another blob's ids before its own secret", () => {
    const other = { ...key, account: "999888777666" };
    const foreign = Buffer.concat([
      sealKmsCiphertext(other, Buffer.alloc(10)).subarray(0, 87),
      blob.subarray(87),
    ]);
    assert.deepEqual(parseKmsCiphertext(foreign), { ...ids, account: other.account });
    assert.throws(() => openKmsCiphertext(other, foreign), failure);
  });
});

test("bytes that are no blob are not parsed", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      assert.equal(parseKmsCiphertext(bytes), undefined);
      const framed = Buffer.concat([Buffer.from([1, 1]), bytes]);
      assert.equal(parseKmsCiphertext(framed), undefined);
    }),
  );
  assert.equal(parseKmsCiphertext(Buffer.alloc(KMS_CIPHERTEXT_BYTES_MAX + 1, 1)), undefined);
});

describe("the format is frozen", () => {
  for (const v of vectors) {
    test(v.name, () => {
      const { account, keyId, materialId } = v;
      const context = Object.fromEntries(Object.entries(v.context));
      const material = Secret.adopt(Buffer.from(v.material, "hex"));
      const as = { account, keyId, materialId, material, context };
      const [plaintext, salt] = [Buffer.from(v.plaintext, "hex"), Buffer.from(v.salt, "hex")];
      assert.equal(sealKmsCiphertextWithSalt(as, plaintext, salt).toString("hex"), v.blob);
      const sealed = Buffer.from(v.blob, "hex");
      assert.deepEqual(parseKmsCiphertext(sealed), { account, keyId, materialId });
      assert.deepEqual(openKmsCiphertext(as, sealed).expose(), plaintext);
    });
  }
});

describe("our own misuse is refused", () => {
  const cases: [invariant: string, change: Partial<KmsCiphertextKey>, bytes?: number][] = [
    ["an account id has 12 digits", { account: "12345678901" }],
    ["a key id is a UUID or begins with mrk-", { keyId: "alias/x" }],
    ["a key id is a UUID or begins with mrk-", { keyId: key.keyId.toUpperCase() }],
    ["a material id has 64 hex digits", { materialId: "ab" }],
    ["KMS encrypts at most 4096 bytes", {}, 4097],
  ];
  for (const [message, change, bytes = 1] of cases) {
    test(message, () => {
      const sealing = () => sealKmsCiphertext({ ...key, ...change }, Buffer.alloc(bytes));
      assert.throws(sealing, { name: "InvariantError", message });
    });
  }
});
