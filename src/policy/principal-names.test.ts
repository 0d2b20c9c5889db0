import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePolicy } from "./parse-policy.ts";
import { principalReferences, renderWithUniqueIds } from "./principal-names.ts";

const ann = "arn:aws:iam::123456789012:user/ann";
const bob = "arn:aws:iam::123456789012:user/bob";
const text = `{ "Version" : "2012-10-17",
  "Statement" : [ {
    "Effect": "Allow", "Principal" : {"AWS" : [ "${ann}", "${bob}" ], "Service": "s3.amazonaws.com"},
    "Action": "kms:*", "Resource": "*", "Condition": { "ArnEquals": { "aws:PrincipalArn": "${ann}" } }
  }, { "Effect": "Deny", "NotPrincipal": {"AWS":"${ann}"}, "Action": "kms:*", "Resource": "*" } ] }`;

test("each principal is referred to once", () => {
  const references = principalReferences(parsePolicy(text, "key"));
  assert.deepEqual(
    references.map(({ form, value }) => [form, value]),
    [
      ["user", ann],
      ["user", bob],
      ["service", "s3.amazonaws.com"],
    ],
  );
});

test("who is gone is shown by unique id, as a principal only", () => {
  const shown = renderWithUniqueIds(parsePolicy(text, "key"), new Map([[ann, "AIDAANN"]]));
  const expected = text
    .replace(`[ "${ann}"`, '[ "AIDAANN"')
    .replace(`{"AWS":"${ann}"}`, '{"AWS":"AIDAANN"}');
  assert.equal(shown, expected);
});

test("without anybody gone the text is as it was put", () => {
  assert.equal(renderWithUniqueIds(parsePolicy(text, "key"), new Map()), text);
});
