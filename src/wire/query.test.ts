import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encodeListedKey, parseQuery } from "./query.ts";

test("parameters are decoded; of a repeated one the first counts", () => {
  assert.deepEqual(
    [...parseQuery("acl&prefix=a%2Fb+c&x=&x=2&&=v")],
    [
      ["acl", ""],
      ["prefix", "a/b c"],
      ["x", ""],
      ["", "v"],
    ],
  );
});

test("a query that is not percent-encoded UTF-8 or has too many parameters is InvalidURI", () => {
  const many = Array.from({ length: 1001 }, (_, at) => `p${at}`).join("&");
  for (const query of ["a=%", "a=%ff", "%zz", many]) {
    assert.throws(() => parseQuery(query), { code: "InvalidURI" });
  }
});

test("a listed key is encoded as S3 does", () => {
  const cases = {
    "a/b-c_d.e*f~": "a/b-c_d.e*f~",
    "a b": "a+b",
    "a+b": "a%2Bb",
    "a=b": "a%3Db",
    "a%2Fb": "a%252Fb",
    "é😀": "%C3%A9%F0%9F%98%80",
    "\r\n\u0001": "%0D%0A%01",
    "!'()": "%21%27%28%29",
    "\ud800": "%EF%BF%BD",
  };
  for (const [key, encoded] of Object.entries(cases)) {
    assert.equal(encodeListedKey(key), encoded, key);
  }
});

test("a listed key is decoded to what it was", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const key = text.toWellFormed();
      const encoded = encodeListedKey(key);
      assert.match(encoded, /^[\x21-\x7e]*$/);
      assert.equal(decodeURIComponent(encoded.replaceAll("+", " ")), key);
    }),
  );
});
