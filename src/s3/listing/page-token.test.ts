import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { decodePageToken, encodePageToken } from "./page-token.ts";

describe("a continuation token", () => {
  test("gives back its name", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (name) => {
        assert.equal(decodePageToken(encodePageToken(name)), name);
      }),
    );
  });

  test("that was changed or made up is none", () => {
    const token = encodePageToken("photos/2024/jan.jpg");
    for (let at = 0; at < token.length; at += 1) {
      const other = token[at] === "A" ? "B" : "A";
      const changed = token.slice(0, at) + other + token.slice(at + 1);
      const bits = Buffer.from(changed, "base64url").equals(Buffer.from(token, "base64url"));
      if (!bits) assert.equal(decodePageToken(changed), undefined, changed);
    }
    for (const made of [
      "",
      "nonsense",
      "AQ",
      token.slice(0, -4),
      `${token}AAAA`,
      "A".repeat(9999),
    ]) {
      assert.equal(decodePageToken(made), undefined);
    }
  });
});
