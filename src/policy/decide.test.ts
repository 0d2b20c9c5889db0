import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decide } from "./decide.ts";
import { scenario } from "./testing/arbitrary.ts";
import { bruteForce } from "./testing/brute-force.ts";
import { compilePolicies } from "./testing/cases.ts";

test("the engine and the rules told plainly agree", () => {
  fc.assert(
    fc.property(scenario, ([asked, documents]) => {
      const { reason } = decide(asked, compilePolicies(documents));
      assert.equal(reason.kind, bruteForce(asked, documents));
    }),
    { numRuns: 2_000 },
  );
});
