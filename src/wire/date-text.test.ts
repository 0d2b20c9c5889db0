import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { renderHttpDate, renderMilliseconds, renderSeconds } from "./date-text.ts";

const date = fc.date({
  min: new Date("0000-01-01T00:00:00Z"),
  max: new Date("+020000-01-01T00:00:00Z"),
  noInvalidDate: true,
});

test("dates are rendered as Date itself does", () => {
  fc.assert(
    fc.property(fc.array(date, { minLength: 1 }), (dates) => {
      for (const one of dates) {
        assert.equal(renderMilliseconds(one), one.toISOString());
        assert.equal(renderHttpDate(one), one.toUTCString());
        assert.equal(renderSeconds(one), one.toISOString().replace(/\.\d{3}Z$/, "Z"));
      }
    }),
  );
});
