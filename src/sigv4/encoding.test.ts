import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { canonicalQuery, canonicalValue } from "./canonical-request.ts";
import {
  canonicalPart,
  canonicalPath,
  canonicalPathTwice,
  decodePart,
  encode,
} from "./encoding.ts";

test("every octet has one spelling", () => {
  for (let octet = 0; octet < 256; octet++) {
    const char = String.fromCharCode(octet);
    const hex = octet.toString(16).padStart(2, "0");
    const spelled = /[A-Za-z0-9\-._~]/.test(char) ? char : `%${hex.toUpperCase()}`;
    assert.equal(encode(char), spelled);
    for (const escape of [`%${hex}`, `%${hex.toUpperCase()}`]) {
      assert.equal(canonicalPart(escape), spelled, escape);
      assert.equal(canonicalPath(escape), spelled, escape);
    }
  }
});

test("a canonical spelling is its own", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary-ascii" }), (text) => {
      for (const canonical of [canonicalPart, canonicalPath]) {
        assert.equal(canonical(canonical(text)), canonical(text));
      }
    }),
  );
});

test("a spelling depends on the octets meant and nothing else", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const wanted = encode(Buffer.from(text, "utf8").toString("latin1"));
      assert.equal(canonicalPart(encodeURIComponent(text)), wanted);
      assert.equal(
        canonicalPart(encodeURIComponent(text).toLowerCase()).toLowerCase(),
        wanted.toLowerCase(),
      );
      assert.equal(decodePart(wanted), text);
    }),
  );
});

test("paths", () => {
  const cases: [path: string, once: string, twice: string][] = [
    ["/", "/", "/"],
    ["", "", "/"],
    ["/a b", "/a%20b", "/a%20b"],
    ["/a%20b", "/a%20b", "/a%2520b"],
    ["/a+b", "/a%2Bb", "/a%2Bb"],
    ["/a//b/./c/../d/", "/a//b/./c/../d/", "/a/b/d/"],
    ["/a%2fb", "/a%2Fb", "/a%252fb"],
    ["/%zz%4", "/%25zz%254", "/%25zz%254"],
    ["/..", "/..", "/"],
  ];
  for (const [path, once, twice] of cases) {
    assert.equal(canonicalPath(path), once, path);
    assert.equal(canonicalPathTwice(path), twice, path);
  }
});

test("queries", () => {
  const cases: [query: string, canonical: string][] = [
    ["", ""],
    ["acl", "acl="],
    ["acl=", "acl="],
    ["b=2&a=1", "a=1&b=2"],
    ["a-b=1&a=2", "a=2&a-b=1"],
    ["a=2&a=1&a", "a=&a=1&a=2"],
    ["a=b+c&d=b%20c&e=b%2Bc", "a=b%20c&d=b%20c&e=b%2Bc"],
    ["a=b=c", "a=b%3Dc"],
    ["&a=1&&", "a=1"],
    ["=v", "=v"],
    ["X-Amz-Signature=s&a=%7e&X-Amz-Date=d", "X-Amz-Date=d&a=~"],
    ["a=%C3%A9&b=%ff", "a=%C3%A9&b=%FF"],
  ];
  for (const [query, canonical] of cases) assert.equal(canonicalQuery(query), canonical, query);
});

test("header values", () => {
  const cases: [value: string, canonical: string][] = [
    ["", ""],
    [" a  b ", "a b"],
    ["a\t\tb", "a b"],
    ['"a   b"', '"a b"'],
    ["\u00a0", "\u00a0"],
  ];
  for (const [value, canonical] of cases) assert.equal(canonicalValue(value), canonical);
});
