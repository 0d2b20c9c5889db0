import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createChecksum } from "./checksum.ts";
import { type CombinableAlgorithm, combineCrc } from "./combine-crc.ts";

const algorithms: CombinableAlgorithm[] = ["CRC32", "CRC32C", "CRC64NVME"];

test("combined CRCs of halves are the CRC of the whole", () => {
  const half = fc.uint8Array({ maxLength: 2000 });
  fc.assert(
    fc.property(fc.constantFrom(...algorithms), half, half, (algorithm, a, b) => {
      const whole = crc(algorithm, Buffer.concat([a, b]));
      assert.deepEqual(
        combineCrc(algorithm, crc(algorithm, a), crc(algorithm, b), b.length),
        whole,
      );
    }),
  );
});

test("combining is associative, also at lengths beyond 32 bits", () => {
  const part = fc.record({
    crc: fc.uint8Array({ minLength: 8, maxLength: 8 }),
    bytes: fc.integer({ min: 0, max: 2 ** 50 }),
  });
  fc.assert(
    fc.property(fc.constantFrom(...algorithms), part, part, part, (algorithm, a, b, c) => {
      const [x, y, z] = [a, b, c].map((p) => p.crc.subarray(0, algorithm === "CRC64NVME" ? 8 : 4));
      assert.ok(x && y && z);
      const left = combineCrc(algorithm, combineCrc(algorithm, x, y, b.bytes), z, c.bytes);
      const right = combineCrc(
        algorithm,
        x,
        combineCrc(algorithm, y, z, c.bytes),
        b.bytes + c.bytes,
      );
      assert.deepEqual(left, right);
    }),
  );
});

test("misuse is refused", () => {
  const four = Buffer.alloc(4);
  assert.throws(() => combineCrc("CRC32", four, four, -1), { name: "InvariantError" });
  assert.throws(() => combineCrc("CRC32", four, four, 2 ** 53), { name: "InvariantError" });
  assert.throws(() => combineCrc("CRC64NVME", four, four, 1), { name: "InvariantError" });
});

function crc(algorithm: CombinableAlgorithm, bytes: Uint8Array): Buffer {
  const checksum = createChecksum(algorithm);
  checksum.update(bytes);
  return checksum.digest();
}
