import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { keyObjectOf, Secret } from "./secret.ts";

test("a secret prints as [secret]", () => {
  using secret = Secret.adopt(Buffer.from("00112233", "hex"));
  const shown = [inspect({ secret }), JSON.stringify({ secret }), String(secret)];
  for (const text of shown) {
    assert.match(text, /\[secret\]/);
    assert.doesNotMatch(text, /00.?11.?22.?33|0, 17|"0":/);
  }
});

test("disposal wipes the bytes that were adopted", () => {
  const bytes = Buffer.alloc(32, 7);
  Secret.adopt(bytes)[Symbol.dispose]();
  assert.deepEqual(bytes, Buffer.alloc(32));
});

test("a secret is not read after disposal", () => {
  const secret = Secret.random(32);
  keyObjectOf(secret);
  secret[Symbol.dispose]();
  const rule = { name: "InvariantError", message: "a secret is not read after disposal" };
  assert.throws(() => secret.expose(), rule);
  assert.throws(() => secret.length, rule);
  assert.throws(() => keyObjectOf(secret), rule);
  secret[Symbol.dispose]();
});

test("the key object is made once and holds the bytes", () => {
  using secret = Secret.random(32);
  assert.equal(keyObjectOf(secret), keyObjectOf(secret));
  assert.deepEqual(keyObjectOf(secret).export(), secret.expose());
});
