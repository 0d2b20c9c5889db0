import assert from "node:assert/strict";
import { test } from "node:test";
import {
  createDigest,
  equalBytes,
  hmacKey,
  hmacSha1,
  hmacSha256,
  hmacSha256Hex,
  md5,
  sha1,
  sha256,
  sha256Hex,
  sha512,
} from "./hash.ts";
import { Secret } from "./secret.ts";

// FIPS 180-4 and RFC 1321 examples for "abc".
const abc = {
  MD5: "900150983cd24fb0d6963f7d28e17f72",
  SHA1: "a9993e364706816aba3e25717850c26c9cd0d89d",
  SHA256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  SHA512:
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a" +
    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
} as const;

test("one-shot hashes match their standards", () => {
  assert.equal(md5("abc").toString("hex"), abc.MD5);
  assert.equal(sha1("abc").toString("hex"), abc.SHA1);
  assert.equal(sha256(Buffer.from("abc")).toString("hex"), abc.SHA256);
  assert.equal(sha256Hex("abc"), abc.SHA256);
  assert.equal(sha512("abc").toString("hex"), abc.SHA512);
});

test("a digest fed in pieces equals the one-shot hash", () => {
  for (const algorithm of ["MD5", "SHA1", "SHA256", "SHA512"] as const) {
    const digest = createDigest(algorithm);
    digest.update(Buffer.from("a"));
    digest.update(Buffer.from("bc"));
    assert.equal(digest.digest().toString("hex"), abc[algorithm]);
  }
});

// RFC 4231 and RFC 2202, test case 2.
test("HMACs match their standards, under bytes and under a secret", () => {
  const text = "what do ya want for nothing?";
  using secret = Secret.adopt(Buffer.from("Jefe"));
  for (const key of [hmacKey(Buffer.from("Jefe")), hmacKey(secret)]) {
    const expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    assert.equal(hmacSha256(key, text).toString("hex"), expected);
    assert.equal(hmacSha256Hex(key, text), expected);
    assert.equal(hmacSha1(key, text).toString("hex"), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  }
});

test("bytes are equal when all are, and lengths too", () => {
  assert.equal(equalBytes(Buffer.from("abc"), Buffer.from("abc")), true);
  assert.equal(equalBytes(Buffer.from("abc"), Buffer.from("abd")), false);
  assert.equal(equalBytes(Buffer.from("abc"), Buffer.from("ab")), false);
  assert.equal(equalBytes(Buffer.alloc(0), Buffer.alloc(0)), true);
});
