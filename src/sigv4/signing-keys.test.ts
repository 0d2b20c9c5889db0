import assert from "node:assert/strict";
import { test } from "node:test";
import { scopeOf } from "./credential.ts";
import { deriveSigningKey, SigningKeys } from "./signing-keys.ts";
import { CREDENTIAL, SECRET } from "./testing/requests.ts";

const scope = scopeOf("20260101", "us-east-1", "s3");
const key = deriveSigningKey(SECRET, scope);

test("a key is found under its access key, scope and version only", () => {
  const keys = new SigningKeys();
  keys.remember("AKIA", CREDENTIAL, scope, key);
  assert.equal(keys.get("AKIA", CREDENTIAL, scope), key);
  assert.equal(keys.get("AKIB", CREDENTIAL, scope), undefined);
  assert.equal(keys.get("AKIA", { ...CREDENTIAL, version: "2" }, scope), undefined);
  assert.equal(keys.get("AKIA", CREDENTIAL, scopeOf("20260102", "us-east-1", "s3")), undefined);
  assert.equal(keys.get("AKIA", CREDENTIAL, scopeOf("20260101", "us-east-2", "s3")), undefined);
  assert.equal(keys.get("AKIA", CREDENTIAL, scopeOf("20260101", "us-east-1", "kms")), undefined);
});

test("never more than so many are remembered, and the ones in use stay", () => {
  const keys = new SigningKeys(10);
  for (let i = 0; i < 1000; i++) {
    keys.remember(`AKIA${i}`, CREDENTIAL, scope, key);
    if (i > 0) assert.equal(keys.get("AKIA0", CREDENTIAL, scope), key);
    assert.ok(keys.size <= 10, String(keys.size));
  }
  assert.equal(keys.get("AKIA1", CREDENTIAL, scope), undefined);
});

test("what is forgotten is gone, and nothing else", () => {
  const keys = new SigningKeys(4);
  for (const id of ["A", "AB", "C"]) keys.remember(id, CREDENTIAL, scope, key);
  keys.forget("A");
  assert.deepEqual(
    ["A", "AB", "C"].map((id) => keys.get(id, CREDENTIAL, scope) !== undefined),
    [false, true, true],
  );
});
