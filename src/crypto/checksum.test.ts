import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  CHECKSUM_ALGORITHMS,
  CHECKSUM_BYTES,
  type ChecksumAlgorithm,
  createChecksum,
  portable,
} from "./checksum.ts";
import type { Digest } from "./hash.ts";

// The catalogue's check values, of the ASCII digits 1 to 9.
const check: Record<ChecksumAlgorithm, string> = {
  CRC32: "cbf43926",
  CRC32C: "e3069283",
  CRC64NVME: "ae8b14860a799888",
  MD5: "25f9e794323b453885f5181f1b624d0b",
  SHA1: "f7c3bc1d808e04732adf679965ccc34ca7ae3441",
  SHA256: "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225",
  SHA512:
    "d9e6762dd1c8eaf6d61b3c6192fc408d4d6d5f1176d0c29169bc24e71c3f274a" +
    "d27fcd5811b313d681f7e55ec02d73d499c95455b6b5bb503acf574fba8ffe85",
  XXHASH128: "33119477ede5dcd5e9716427681d5860",
  XXHASH3: "72dcb18b67a17dff",
  XXHASH64: "8cb841db40e6ae83",
};

describe("a checksum matches its catalogue's check value", () => {
  for (const algorithm of CHECKSUM_ALGORITHMS) {
    test(algorithm, () => {
      const digest = digestOf(createChecksum(algorithm), [Buffer.from("123456789")]);
      assert.equal(digest.toString("hex"), check[algorithm]);
      assert.equal(digest.length, CHECKSUM_BYTES[algorithm]);
    });
  }
});

test("the CRCs without native code are the same", () => {
  const piece = fc.uint8Array({ maxLength: 40_000 });
  fc.assert(
    fc.property(fc.constantFrom("CRC32", "CRC32C"), piece, piece, (algorithm, a, b) => {
      const expected = digestOf(createChecksum(algorithm), [a, b]);
      assert.deepEqual(digestOf(portable[algorithm](), [a, b]), expected);
    }),
    { numRuns: 20 },
  );
});

test("checksums fed by turns, some of them abandoned, do not disturb one another", () => {
  const step = fc.record({ which: fc.nat(4), bytes: fc.uint8Array({ maxLength: 300 }) });
  fc.assert(
    fc.property(fc.constantFrom(...CHECKSUM_ALGORITHMS), fc.array(step), (algorithm, steps) => {
      const running = Array.from({ length: 5 }, () => createChecksum(algorithm));
      for (const { which, bytes } of steps) running[which]?.update(bytes);
      for (let which = 0; which < 4; which++) {
        const whole = Buffer.concat(steps.filter((s) => s.which === which).map((s) => s.bytes));
        assert.deepEqual(running[which]?.digest(), digestOf(createChecksum(algorithm), [whole]));
      }
    }),
    { numRuns: 150 },
  );
});

test("a spent checksum is used no more", () => {
  for (const algorithm of ["CRC32", "CRC64NVME"] as const) {
    const checksum = createChecksum(algorithm);
    checksum.digest();
    assert.throws(() => checksum.update(Buffer.from("a")), {
      message: "a spent digest is fed no more",
    });
    assert.throws(() => checksum.digest(), { message: "a digest is taken once" });
  }
});

function digestOf(digest: Digest, pieces: Uint8Array[]): Buffer {
  for (const piece of pieces) digest.update(piece);
  return digest.digest();
}
