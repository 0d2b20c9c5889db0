import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeOutput } from "./codec.ts";
import { route } from "./route.ts";

const IDS = { requestId: "req&", extendedId: "ext" };

function encode(service: "iam" | "kms", operation: string, output: object) {
  const form = { headers: {}, body: Buffer.from(`Action=${operation}&Version=2010-05-08`) };
  const target = { headers: { "x-amz-target": `TrentService.${operation}` }, body: undefined };
  const { headers, body } = service === "iam" ? form : target;
  const request = { method: "POST", path: "/", query: "", headers };
  return encodeOutput(route(request, { domains: [], signedService: service, body }), output, IDS);
}

test("Query: a result in its namespace, with the request's id", () => {
  const role = { Path: "/", RoleName: "r", RoleId: "AROA", Arn: "a", CreateDate: new Date(0) };
  assert.deepEqual(encode("iam", "GetRole", { Role: role }), {
    status: 200,
    headers: { "content-type": "text/xml", "x-amzn-requestid": "req&" },
    body:
      '<GetRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetRoleResult><Role>' +
      "<Path>/</Path><RoleName>r</RoleName><RoleId>AROA</RoleId><Arn>a</Arn>" +
      "<CreateDate>1970-01-01T00:00:00Z</CreateDate></Role></GetRoleResult>" +
      "<ResponseMetadata><RequestId>req&amp;</RequestId></ResponseMetadata></GetRoleResponse>",
  });
});

test("Query: an operation without output has its metadata only", () => {
  assert.equal(
    encode("iam", "DeleteRole", {}).body,
    '<DeleteRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">' +
      "<ResponseMetadata><RequestId>req&amp;</RequestId></ResponseMetadata></DeleteRoleResponse>",
  );
});

test("JSON: dates are seconds, blobs base64, unknown and undefined members left out", () => {
  const key = { KeyId: "k", CreationDate: new Date(1_731_234_567_123), Arn: undefined, Other: 1 };
  const { body, headers } = encode("kms", "DescribeKey", { KeyMetadata: key });
  assert.equal(body, '{"KeyMetadata":{"KeyId":"k","CreationDate":1731234567.123}}');
  assert.equal(headers["x-amzn-requestid"], "req&");
  const random = encode("kms", "GenerateRandom", { Plaintext: Buffer.from("abc") });
  assert.equal(random.body, '{"Plaintext":"YWJj"}');
});

test("JSON: an operation without output has an empty body, with an empty one {}", () => {
  assert.equal(encode("kms", "TagResource", {}).body, "");
  assert.equal(encode("kms", "DeleteCustomKeyStore", {}).body, "{}");
});
