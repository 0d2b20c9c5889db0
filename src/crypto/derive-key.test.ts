import assert from "node:assert/strict";
import { test } from "node:test";
import { deriveKey } from "./derive-key.ts";
import { Secret } from "./secret.ts";

const secret = () => Secret.adopt(Buffer.from(Array.from({ length: 32 }, (_, i) => i)));
const hex = (key: Secret) => key.expose().toString("hex");

test("the format is frozen", () => {
  assert.equal(
    hex(deriveKey(secret(), "version-ids")),
    "b1b095ec3a13646895ad0a296407357f9961c309667e7895d5dafcf58d51100a",
  );
});

test("another use or another secret gives another key", () => {
  const keys = [
    deriveKey(secret(), "version-ids"),
    deriveKey(secret(), "version-id"),
    deriveKey(Secret.adopt(Buffer.alloc(32)), "version-ids"),
  ];
  assert.equal(new Set(keys.map(hex)).size, 3);
});

test("a derived key has a use", () => {
  assert.throws(() => deriveKey(secret(), ""), { message: "a derived key has a use" });
});
