import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { hmacKey } from "./hash.ts";
import vectors from "./testdata/version-id.json" with { type: "json" };
import { issueVersionId, readVersionId } from "./version-id.ts";

const key = hmacKey(Buffer.alloc(32, 7));
const place = { bucketId: "bucket-1", name: "photos/a.jpg" };

test("an id that was issued tells its seq", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 42 - 1 }), fc.string(), (seq, name) => {
      const id = issueVersionId(key, { ...place, name }, seq);
      assert.match(id, /^[A-Za-z][\w-]{31}$/);
      assert.equal(readVersionId(key, { ...place, name }, id), seq);
    }),
  );
});

test("no id is issued twice", () => {
  const ids = Array.from({ length: 1000 }, () => issueVersionId(key, place, 1));
  assert.equal(new Set(ids).size, ids.length);
});

describe("an id that was never issued for this name is none", () => {
  const id = issueVersionId(key, place, 5);
  const cases: Record<string, string | undefined> = {
    "another name": issueVersionId(key, { ...place, name: "photos/b.jpg" }, 5),
    "another bucket": issueVersionId(key, { ...place, bucketId: "bucket-2" }, 5),
    "another deployment's key": issueVersionId(hmacKey(Buffer.alloc(32, 8)), place, 5),
    "bucket and name cut elsewhere": issueVersionId(
      key,
      { bucketId: "bucket-1p", name: "hotos/a.jpg" },
      5,
    ),
    null: "null",
    empty: "",
    "too short": id.slice(1),
    "too long": `${id}A`,
    "not of the alphabet": `+${id.slice(1)}`,
    padded: `${id.slice(0, 31)}=`,
  };
  for (const [name, text] of Object.entries(cases)) {
    test(name, () => assert.equal(readVersionId(key, place, text ?? ""), undefined));
  }

  test("any character altered", () => {
    for (let i = 0; i < id.length; i++) {
      const altered = id.slice(0, i) + (id[i] === "A" ? "B" : "A") + id.slice(i + 1);
      assert.equal(readVersionId(key, place, altered), undefined);
    }
  });
});

describe("the format is frozen", () => {
  for (const v of vectors) {
    test(v.name, () => {
      const at = { bucketId: v.bucketId, name: v.objectName };
      assert.equal(readVersionId(hmacKey(Buffer.from(v.key, "hex")), at, v.id), v.seq);
    });
  }
});

test("an object has fewer than 2^42 versions", () => {
  assert.throws(() => issueVersionId(key, place, 2 ** 42), {
    name: "InvariantError",
    message: "an object has fewer than 2^42 versions",
  });
});
