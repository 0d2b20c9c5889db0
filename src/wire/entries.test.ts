import assert from "node:assert/strict";
import { test } from "node:test";
import { setEntry, type Entries } from "./entries.ts";

test("a key that a client chose never changes what an object inherits", () => {
  const entries: Entries = {};
  setEntry(entries, "__proto__", { polluted: true });
  assert.deepEqual(Object.keys(entries), ["__proto__"]);
  assert.equal(Object.getPrototypeOf(entries), Object.prototype);
  assert.equal(entries["polluted"], undefined);
});
