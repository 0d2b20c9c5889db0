import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decide } from "./decide.ts";
import type { Reason } from "./decision.ts";
import { bruteForce } from "./testing/brute-force.ts";
import { readCases } from "./testing/cases.ts";

describe("a decision is AWS's", () => {
  for (const { name, file, request, documents, policies, expected } of readCases()) {
    test(`${file}: ${name}`, () => {
      const decision = decide(request, policies);
      const actual = {
        decision: decision.allowed ? "allow" : "deny",
        reason: brief(decision.reason),
      };
      assert.deepEqual(actual, expected);
      assert.equal(
        bruteForce(request, documents),
        decision.reason.kind,
        "so say the rules told plainly",
      );
    });
  }
});

/** `allowed: identity`, `explicit-deny: resource`, `implicit-deny: key identity`. */
function brief(reason: Reason): string {
  if (reason.kind === "implicit-deny") return `implicit-deny: ${reason.missing.join(" ")}`;
  return `${reason.kind}: ${reason.by}`;
}
