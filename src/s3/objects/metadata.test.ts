import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { OperationName } from "../../wire/index.ts";
import { refused } from "../testing/refusal.ts";
import { s3Deployment } from "../testing/s3-deployment.ts";

const tooLong = { code: "KeyTooLongError", status: 400, message: "Your key is too long" };

describe("an object's name", () => {
  test("has at most 1,024 bytes of UTF-8, whoever asks", async () => {
    const at = await s3Deployment();
    const Bucket = await at.bucket();
    const longest = `${"é".repeat(511)}ab`;
    await at.put(Bucket, longest);
    assert.deepEqual(await at.names(Bucket), [longest]);
    const Key = `${longest}c`;
    const members = { Size: "1025", MaxSizeAllowed: "1024" };
    const calls: OperationName<"s3">[] = ["GetObject", "HeadObject", "DeleteObject"];
    for (const name of calls) {
      await refused(at.call(name, { Bucket, Key }), { ...tooLong, members });
    }
    await refused(at.put(Bucket, Key), { ...tooLong, members });
  });

  test("is kept with its zeros as far as they find room", async () => {
    const at = await s3Deployment();
    const Bucket = await at.bucket();
    const zeros = "\0".repeat(800);
    await at.put(Bucket, zeros);
    assert.deepEqual(await at.names(Bucket), [zeros]);
    for (const name of ["GetObject", "DeleteObject"] as const) {
      await refused(at.call(name, { Bucket, Key: `${zeros}\0` }), tooLong);
    }
    await refused(at.put(Bucket, `${zeros}\0`), tooLong);
    await at.call("DeleteObject", { Bucket, Key: zeros });
  });
});

test("metadata is named as headers are, since replies carry it so", async () => {
  const at = await s3Deployment();
  const Bucket = await at.bucket();
  for (const name of ["a\r\nb", "a b", "a:b", "é", ""]) {
    const put = at.call(
      "PutObject",
      { Bucket, Key: "k", Metadata: { [name]: "x" } },
      { body: "x" },
    );
    await refused(put, { code: "InvalidArgument", status: 400 });
  }
  const Metadata = { "a-b_c.d!": "x" };
  await at.call("PutObject", { Bucket, Key: "k", Metadata }, { body: "x" });
  assert.deepEqual((await at.call("GetObject", { Bucket, Key: "k" }))["Metadata"], Metadata);
});
