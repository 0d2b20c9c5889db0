import assert from "node:assert/strict";
import { test } from "node:test";
import { redact, REDACTED } from "./redact.ts";

test("secrets are not shown, however they are written and wherever they are", () => {
  const shown = redact({
    secretAccessKey: "s1",
    "X-Amz-Security-Token": "s2",
    "x-amz-signature": "s3",
    request: { headers: { authorization: "s4", host: "a" }, list: [{ plaintext: "s5" }] },
  });
  assert.doesNotMatch(JSON.stringify(shown), /s\d/);
  assert.deepEqual(shown["request"], {
    headers: { authorization: REDACTED, host: "a" },
    list: [{ plaintext: REDACTED }],
  });
});

test("bytes are counted and not shown", () => {
  assert.deepEqual(redact({ body: Buffer.from("abc") }), { body: "[3 bytes]" });
});

test("what holds no secret is passed on as it is", () => {
  const fields = { requestId: "1", status: 200, error: new Error("x") };
  assert.equal(redact(fields), fields);
});

test("depth is limited", () => {
  let deep: Record<string, unknown> = {};
  for (let level = 0; level < 20; level += 1) deep = { deep };
  assert.match(JSON.stringify(redact(deep)), /"\[deep\]"/);
});
