import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { parseBase64, parseDate, renderBase64, textReader } from "./scalar.ts";

describe("a date is read in any form in use", () => {
  const cases = {
    "2025-01-02T03:04:05Z": "2025-01-02T03:04:05.000Z",
    "2025-01-02T03:04:05.678Z": "2025-01-02T03:04:05.678Z",
    "2025-01-02T03:04:05+02:00": "2025-01-02T01:04:05.000Z",
    "2025-01-02": "2025-01-02T00:00:00.000Z",
    "20250102T030405Z": "2025-01-02T03:04:05.000Z",
    "1735787045": "2025-01-02T03:04:05.000Z",
    "1735787045.5": "2025-01-02T03:04:05.500Z",
    "Thu, 02 Jan 2025 03:04:05 GMT": "2025-01-02T03:04:05.000Z",
    "Sunday, 06-Nov-94 08:49:37 GMT": "1994-11-06T08:49:37.000Z",
    "Sun Nov  6 08:49:37 1994": "1994-11-06T08:49:37.000Z",
  };
  for (const [text, expected] of Object.entries(cases)) {
    test(text, () => assert.equal(parseDate(text)?.toISOString(), expected));
  }
});

test("what is no date is not read", () => {
  const texts = [
    "",
    "x",
    "2025-13-01T00:00:00Z",
    "tomorrow",
    "2025-01-02T03:04:05",
    "1".repeat(13),
  ];
  for (const text of texts) assert.equal(parseDate(text), undefined, text);
});

test("integers, booleans and numbers are read strictly", () => {
  const cases = [
    ["integer", "5", 5],
    ["integer", " 5 ", 5],
    ["integer", "-5", -5],
    ["integer", "5.5", undefined],
    ["integer", "", undefined],
    ["integer", "0x10", undefined],
    ["integer", "9".repeat(16), undefined],
    ["float", "0.5", 0.5],
    ["float", "1e3", 1000],
    ["float", "Infinity", undefined],
    ["boolean", "True", true],
    ["boolean", "false", false],
    ["boolean", "1", undefined],
    ["boolean", "", undefined],
  ] as const;
  for (const [kind, text, expected] of cases) {
    assert.equal(textReader({ kind })(text), expected, `${kind} ${text}`);
  }
});

test("base64 comes back as the bytes that were written", () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.boolean(), (bytes, sensitive) => {
      const read = parseBase64(renderBase64(bytes), { kind: "blob", sensitive });
      assert.deepEqual(read && new Uint8Array(read), bytes);
    }),
  );
});

test("what is not base64 is not read", () => {
  for (const text of ["a", "a===", "a b=", "ab-_", "=abc", "YWJj\n"]) {
    assert.equal(parseBase64(text, { kind: "blob" }), undefined, text);
  }
});

test("sensitive bytes share their memory with nothing else", () => {
  const bytes = parseBase64("c2VjcmV0", { kind: "blob", sensitive: true });
  assert.equal(bytes?.toString(), "secret");
  assert.equal(bytes?.buffer.byteLength, 6);
});
