import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Secret, sha256Hex } from "../crypto/index.ts";
import { decodeRootKeyFile, encodeRootKeyFile } from "./root-key-file.ts";

const one = "01".repeat(32);
const two = "fe".repeat(32);

test("decoding inverts encoding", () => {
  const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 2 ** 32 - 1 }), {
    minLength: 1,
    maxLength: 20,
  });
  fc.assert(
    fc.property(numbers, (list) => {
      const keys = new Map(list.toSorted((a, b) => a - b).map((n) => [n, Secret.random(32)]));
      const decoded = decodeRootKeyFile(encodeRootKeyFile(keys));
      assert.deepEqual(shown(decoded), shown(keys));
    }),
  );
});

// The example of docs/formats/root-key-file.md.
const keyA = "2b7e151628aed2a6abf7158809cf4f3c762e7160f38b4da56a784d9045190cfe";
const keyB = "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4";

test("the format is frozen", () => {
  const keys = new Map([
    [1, Secret.adopt(Buffer.from(keyA, "hex"))],
    [3, Secret.adopt(Buffer.from(keyB, "hex"))],
  ]);
  const lines = [
    "strongroom root key 1",
    `version 1 ${keyA}`,
    `version 3 ${keyB}`,
    "check 19ce1f758febbd7fcb6396db558c8ce05af62b467db5cacfa2931fcef07a87d3",
    "",
  ];
  assert.equal(encodeRootKeyFile(keys).toString(), lines.join("\n"));
});

describe("a text with a right check is still refused when it is", () => {
  const cases: Record<string, string> = {
    "without a version": "strongroom root key 1\n",
    "of a newer format": `strongroom root key 2\nversion 1 ${one}\n`,
    "out of order": `strongroom root key 1\nversion 2 ${one}\nversion 1 ${two}\n`,
    "one version twice": `strongroom root key 1\nversion 1 ${one}\nversion 1 ${two}\n`,
    "a version 0": `strongroom root key 1\nversion 0 ${one}\n`,
    "a number with a leading zero": `strongroom root key 1\nversion 01 ${one}\n`,
    "a number too large": `strongroom root key 1\nversion 4294967296 ${one}\n`,
    "a key too short": `strongroom root key 1\nversion 1 ${one.slice(2)}\n`,
    "a key too long": `strongroom root key 1\nversion 1 ${one}00\n`,
    "a key in capitals": `strongroom root key 1\nversion 1 ${two.toUpperCase()}\n`,
    "a line of something else": `strongroom root key 1\nversion 1 ${one}\n# note\n`,
    "without the last line's end": `strongroom root key 1\nversion 1 ${one}`,
  };
  for (const [name, content] of Object.entries(cases)) {
    test(name, () => assert.equal(decodeRootKeyFile(checked(content)), undefined));
  }
});

function checked(content: string): Buffer {
  return Buffer.from(`${content}check ${sha256Hex(content)}\n`);
}

function shown(keys: ReadonlyMap<number, Secret> | undefined): unknown {
  return [...(keys ?? [])].map(([number, key]) => [number, key.expose().toString("hex")]);
}
