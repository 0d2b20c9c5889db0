import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { accountInKeyId, newAccessKeyId, newUniqueId } from "./identifiers.ts";

test("ids have AWS's forms", () => {
  assert.match(newUniqueId("AIDA"), /^AIDA[A-Z2-7]{17}$/);
  assert.match(newAccessKeyId("ASIA", "123456789012"), /^ASIA[A-Z2-7]{16}$/);
});

test("an access key id tells the account that it was made for", () => {
  const account = fc
    .integer({ min: 0, max: 999_999_999_999 })
    .map((number) => String(number).padStart(12, "0"));
  fc.assert(
    fc.property(account, fc.constantFrom("AKIA" as const, "ASIA" as const), (id, prefix) => {
      assert.equal(accountInKeyId(newAccessKeyId(prefix, id)), id);
    }),
  );
});

test("what cannot be an access key id tells none", () => {
  for (const id of [
    "AKIA",
    "AKIA77777777AAAAAAAA",
    "AKIAaaaaaaaaaaaaaaaa",
    "AIDAAAAAAAAAAAAAAAAA",
  ]) {
    assert.equal(accountInKeyId(id), undefined, id);
  }
});
