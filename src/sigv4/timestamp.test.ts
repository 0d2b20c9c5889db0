import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseHttpDate, parseTimestamp, renderSeconds, renderTimestamp } from "./timestamp.ts";

const instant = fc
  .integer({ min: 0, max: Date.UTC(2100, 0, 1) / 1000 })
  .map((seconds) => seconds * 1000);

test("parsing inverts rendering", () => {
  fc.assert(
    fc.property(instant, (ms) => {
      assert.equal(parseTimestamp(renderTimestamp(ms)), ms);
      assert.equal(parseHttpDate(new Date(ms).toUTCString()), ms);
      assert.equal(Date.parse(renderSeconds(new Date(ms))), ms);
    }),
  );
});

test("what is no date is not parsed", () => {
  const texts = [
    "",
    "20260101",
    "20260101T120000",
    "20260101T120000z",
    "2026-01-01T12:00:00Z",
    "20260001T000000Z",
    "20261301T000000Z",
    "20260100T000000Z",
    "20260132T000000Z",
    "20260230T000000Z",
    "20250229T000000Z",
    "20260431T000000Z",
    "20260101T240000Z",
    "20260101T006000Z",
    "20260101T000060Z",
    " 20260101T000000Z",
    "20260101T000000Z\n",
  ];
  for (const text of texts) assert.equal(parseTimestamp(text), undefined, text);
  for (const text of [
    "",
    "2026",
    "1 Jan 2026",
    "Thu, 32 Jan 2026 00:00:00 GMT",
    "Thu, 01 Jan 2026",
  ]) {
    assert.equal(parseHttpDate(text), undefined, text);
  }
});

test("a leap day is a day", () => {
  assert.equal(parseTimestamp("20240229T000000Z"), Date.UTC(2024, 1, 29));
  assert.equal(parseTimestamp("20000229T000000Z"), Date.UTC(2000, 1, 29));
  assert.equal(parseTimestamp("21000229T000000Z"), undefined);
});
