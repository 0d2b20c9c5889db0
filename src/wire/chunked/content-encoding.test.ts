import assert from "node:assert/strict";
import { test } from "node:test";
import { storedContentEncoding } from "./content-encoding.ts";

test("aws-chunked is not kept with an object, other encodings are", () => {
  const cases: [sent: string | undefined, stored: string | undefined][] = [
    [undefined, undefined],
    ["gzip", "gzip"],
    ["gzip, br", "gzip, br"],
    ["aws-chunked", undefined],
    ["AWS-Chunked", undefined],
    ["aws-chunked,gzip", "gzip"],
    ["gzip, aws-chunked", "gzip"],
    ["aws-chunked, gzip, br,", "gzip,br"],
    ["my-aws-chunked", "my-aws-chunked"],
  ];
  for (const [sent, stored] of cases) assert.equal(storedContentEncoding(sent), stored);
});
