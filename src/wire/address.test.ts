import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf } from "./address.ts";

const DOMAINS = ["s3.localhost", "localhost", "example.org"];

const at = (path: string, host = "127.0.0.1:9000") =>
  addressOf({ method: "GET", path, query: "", headers: { host } }, DOMAINS);

test("a path names bucket and key, decoded once and never normalised", () => {
  const cases = {
    "/": ["", ""],
    "/b": ["b", ""],
    "/b/": ["b", ""],
    "/b/k": ["b", "k"],
    "/b/a/b": ["b", "a/b"],
    "/b//k": ["b", "/k"],
    "/b/../k/./": ["b", "../k/./"],
    "/b/a%2Fb%20c+d": ["b", "a/b c+d"],
    "/b/%2525": ["b", "%25"],
    "/b/%C3%A9": ["b", "é"],
    "/b/\u00c3\u00a9": ["b", "é"],
    "/b/%00": ["b", "\0"],
    "//k": ["", "k"],
  };
  for (const [path, [bucket, key]] of Object.entries(cases)) {
    assert.deepEqual(at(path), { bucket, key }, path);
  }
});

test("a host under a base domain names the bucket", () => {
  const cases = [
    ["b.localhost:9000", "b"],
    ["B.S3.Localhost", "b"],
    ["a.b.example.org", "a.b"],
    ["b.s3.localhost", "b"],
  ] as const;
  for (const [host, bucket] of cases) {
    assert.deepEqual(at("/k/x", host), { bucket, key: "k/x" }, host);
    assert.deepEqual(at("/", host), { bucket, key: "" }, host);
  }
});

test("a base domain itself, an address and any other host are path-style", () => {
  for (const host of [
    "localhost:9000",
    "s3.localhost",
    "[::1]:9000",
    "b.example.com",
    ".localhost",
    "",
  ]) {
    assert.deepEqual(at("/b/k", host), { bucket: "b", key: "k" }, host);
  }
});

test("a path that is not percent-encoded UTF-8 is InvalidURI", () => {
  for (const path of ["/b/%", "/b/%zz", "/b/%ff", "/%", "/b/\u00ff"]) {
    assert.throws(() => at(path), { code: "InvalidURI", status: 400 }, path);
  }
});
