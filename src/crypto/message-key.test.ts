import assert from "node:assert/strict";
import { test } from "node:test";
import { MessageKey } from "./message-key.ts";
import { Secret } from "./secret.ts";

const secret = () => Secret.adopt(Buffer.alloc(32, 7));
const salt = (fill: number) => Buffer.alloc(32, fill);

test("another secret, salt or purpose gives another key and another commitment", () => {
  const keys = [
    new MessageKey(secret(), salt(1), "a"),
    new MessageKey(secret(), salt(2), "a"),
    new MessageKey(secret(), salt(1), "b"),
    new MessageKey(Secret.adopt(Buffer.alloc(32, 8)), salt(1), "a"),
  ];
  assert.equal(new Set(keys.map(({ key }) => key.toString("hex"))).size, 4);
  assert.equal(new Set(keys.map(({ commitment }) => commitment.toString("hex"))).size, 4);
});

test("disposal wipes the key", () => {
  const message = new MessageKey(secret(), salt(1), "a");
  message[Symbol.dispose]();
  assert.deepEqual(message.key, Buffer.alloc(32));
});
