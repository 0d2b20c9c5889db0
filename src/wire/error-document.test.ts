import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeError } from "./error-document.ts";
import type { EncodedResponse } from "./exchange.ts";
import { ServiceError } from "./service-error.ts";

const IDS = { requestId: "req", extendedId: "ext" };
const XML = '<?xml version="1.0" encoding="UTF-8"?>\n';

test("JSON: the type, the message in the case of its shape, and 400 for every client's error", () => {
  const at = (service: "kms" | "cloudtrail", error: unknown) =>
    encodeError({ service, method: "POST" }, error, IDS);
  assert.deepEqual(
    at("kms", new ServiceError("NotFoundException", 404, "Key 'k' does not exist")),
    {
      status: 400,
      headers: { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": "req" },
      body: '{"__type":"NotFoundException","message":"Key \'k\' does not exist"}',
    },
  );
  assert.equal(
    at("cloudtrail", new ServiceError("TrailNotFoundException", 400, "Unknown trail")).body,
    '{"__type":"TrailNotFoundException","Message":"Unknown trail"}',
  );
  const silent = at("kms", new ServiceError("InvalidCiphertextException", 400, ""));
  assert.equal(silent.body, '{"__type":"InvalidCiphertextException"}');
  assert.equal(at("kms", new ServiceError("KMSInternalException", 500, "")).status, 500);
});

test("Query: the code of the wire, the status of the error, who is to blame", () => {
  const at = (service: "iam" | "sts", error: unknown) =>
    encodeError({ service, method: "POST" }, error, IDS);
  const missing = at("iam", new ServiceError("NoSuchEntityException", 404, "no <role>"));
  assert.deepEqual(missing, {
    status: 404,
    headers: { "content-type": "text/xml", "x-amzn-requestid": "req" },
    body:
      '<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type>' +
      "<Code>NoSuchEntity</Code><Message>no &lt;role&gt;</Message></Error>" +
      "<RequestId>req</RequestId></ErrorResponse>",
  });
  const { body } = at("sts", new ServiceError("ServiceFailure", 500, "x"));
  assert.match(textOf(body), /<Type>Receiver<\/Type>/);
  assert.match(textOf(body), /xmlns="https:\/\/sts\.amazonaws\.com\/doc\/2011-06-15\/"/);
});

test("S3: code, message, the error's own elements in order, and both ids", () => {
  const error = new ServiceError(
    "NoSuchKey",
    404,
    "The specified key does not exist.",
    { Key: "a<b\n\u0001" },
    { "x-amz-delete-marker": "true" },
  );
  assert.deepEqual(encodeError({ service: "s3", method: "GET" }, error, IDS), {
    status: 404,
    headers: {
      "content-type": "application/xml",
      "x-amz-request-id": "req",
      "x-amz-id-2": "ext",
      "x-amz-delete-marker": "true",
    },
    body:
      `${XML}<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message>` +
      "<Key>a&lt;b&#xA;&#x1;</Key><RequestId>req</RequestId><HostId>ext</HostId></Error>",
  });
});

test("S3: a HEAD and a 304 have no body, but their headers", () => {
  const error = new ServiceError("NotModified", 304, "", {}, { etag: '"x"' });
  for (const response of [
    encodeError({ service: "s3", method: "GET" }, error, IDS),
    encodeError({ service: "s3", method: "HEAD" }, new ServiceError("NoSuchKey", 404, ""), IDS),
  ]) {
    assert.equal(response.body, undefined);
    assert.equal(response.headers["x-amz-request-id"], "req");
    assert.equal(response.headers["content-type"], undefined);
  }
});

test("what is not meant for the caller becomes an internal failure, without its text", () => {
  const bug = new TypeError("secret detail");
  const cases = { kms: "InternalFailure", iam: "InternalFailure", s3: "InternalError" } as const;
  for (const service of ["kms", "iam", "s3"] as const) {
    const { status, body } = encodeError({ service, method: "POST" }, bug, IDS);
    assert.equal(status, 500);
    assert.match(textOf(body), new RegExp(cases[service]));
    assert.doesNotMatch(textOf(body), /secret|TypeError/);
  }
});

function textOf(body: EncodedResponse["body"]): string {
  assert.ok(typeof body === "string");
  return body;
}
