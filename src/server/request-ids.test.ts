import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { extendedRequestId, s3RequestId } from "./request-ids.ts";

test("S3's request id is 16 digits of base 32", () => {
  fc.assert(
    fc.property(fc.uuid({ version: 4 }), (uuid) => {
      assert.match(s3RequestId(uuid), /^[0-9A-V]{16}$/);
    }),
  );
});

test("the forms are stable, so that logs and callers can be matched", () => {
  assert.equal(s3RequestId("00000000-0000-4000-8000-000000000000"), "0000000000000000");
  assert.equal(s3RequestId("ffffffff-ffff-4fff-bfff-ffffffffffff"), "VVVVVVVVVVVVVVVV");
  assert.equal(s3RequestId("12345678-9abc-4def-8123-456789abcdef"), "28Q5CU25CU4QNJFF");
});

test("different requests have different ids", () => {
  fc.assert(
    fc.property(fc.uuid({ version: 4 }), fc.uuid({ version: 4 }), (one, other) => {
      fc.pre(one !== other);
      assert.notEqual(extendedRequestId(one), extendedRequestId(other));
    }),
  );
});

test("the extended id is base64: the process's part, which stays, and the request's UUID", () => {
  const one = extendedRequestId("12345678-9abc-4def-8123-456789abcdef");
  const other = extendedRequestId("22345678-9abc-4def-8123-456789abcdef");
  assert.match(one, /^[\w+/]{44}123456789abc4def8123456789abcdef$/);
  assert.equal(one.slice(0, 44), other.slice(0, 44));
});
