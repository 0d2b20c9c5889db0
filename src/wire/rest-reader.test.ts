import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decodeInput } from "./codec.ts";
import type { RawRequest } from "./exchange.ts";
import { route } from "./route.ts";

function decode(line: string, headers: Record<string, string> = {}, body = "") {
  const [method = "", target = ""] = line.split(" ");
  const [path = "", query = ""] = target.split("?");
  const request: RawRequest = { method, path, query, headers };
  return decodeInput(route(request, { domains: [] }), request, Buffer.from(body));
}

test("headers, metadata, query and address make the input", () => {
  const headers = {
    host: "h",
    "content-type": "text/plain",
    "x-amz-meta-a": "1",
    "x-amz-meta-__proto__": "2",
    "x-amz-server-side-encryption-bucket-key-enabled": "true",
    "if-none-match": "*",
    expires: "whenever",
    "x-amz-unknown": "x",
  };
  const { Metadata: metadata, ...input }: Record<string, unknown> = {
    ...decode("PUT /b/k?x-id=PutObject", headers),
  };
  assert.deepEqual(input, {
    Bucket: "b",
    Key: "k",
    ContentType: "text/plain",
    BucketKeyEnabled: true,
    IfNoneMatch: "*",
    Expires: "whenever",
  });
  assert.deepEqual(Object.entries(metadata ?? {}), [
    ["a", "1"],
    ["__proto__", "2"],
  ]);
});

test("a list in a header may have spaces after its commas", () => {
  const headers = { "x-amz-object-attributes": "ETag, Checksum,ObjectSize" };
  assert.deepEqual(decode("GET /b/k?attributes", headers), {
    Bucket: "b",
    Key: "k",
    ObjectAttributes: ["ETag", "Checksum", "ObjectSize"],
  });
});

test("headers in the query of a presigned URL count where the header is not sent", () => {
  const line = "PUT /b/k?X-Amz-Acl=private&x-amz-meta-a=1&X-Amz-Signature=s&x-amz-tagging=q";
  assert.deepEqual(decode(line, { "x-amz-tagging": "h" }), {
    Bucket: "b",
    Key: "k",
    ACL: "private",
    Metadata: { a: "1" },
    Tagging: "h",
  });
});

test("an empty number means its default, a conditional date that is none is ignored", () => {
  assert.deepEqual(decode("GET /b?list-type=2&max-keys="), { Bucket: "b" });
  const headers = {
    "if-modified-since": "never",
    "if-unmodified-since": "Thu, 02 Jan 2025 03:04:05 GMT",
  };
  assert.deepEqual(decode("GET /b/k", headers), {
    Bucket: "b",
    Key: "k",
    IfUnmodifiedSince: new Date("2025-01-02T03:04:05Z"),
  });
});

describe("a value that cannot be read is InvalidArgument", () => {
  const cases: [string, Record<string, string>, string, string][] = [
    [
      "GET /b?max-keys=x",
      {},
      "max-keys",
      "Provided max-keys not an integer or within integer range",
    ],
    [
      "PUT /b/k?partNumber=x&uploadId=u",
      {},
      "partNumber",
      "Part number must be an integer between 1 and 10000, inclusive",
    ],
    [
      "PUT /b/k",
      { "x-amz-object-lock-retain-until-date": "x" },
      "x-amz-object-lock-retain-until-date",
      "The retain until date must be provided in ISO 8601 format",
    ],
  ];
  for (const [line, headers, name, message] of cases) {
    test(`${line} ${JSON.stringify(headers)}`, () => {
      assert.throws(() => decode(line, headers), {
        code: "InvalidArgument",
        message,
        members: { ArgumentName: name, ArgumentValue: "x" },
      });
    });
  }
});

test("a document is read from its own root only", () => {
  const document = (root: string) =>
    `<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Object><Key>a</Key></Object></${root}>`;
  assert.deepEqual(decode("POST /b?delete", {}, document("Delete")), {
    Bucket: "b",
    Delete: { Objects: [{ Key: "a" }] },
  });
  assert.throws(() => decode("POST /b?delete", {}, document("Erase")), { code: "MalformedXML" });
  assert.throws(() => decode("POST /b?delete", {}, "zzz"), { code: "MalformedXML" });
});

test("a bucket policy is the text that was sent", () => {
  const input = decode("PUT /b?policy", {}, '{ "Version": "2012-10-17" }\n');
  assert.deepEqual(input, { Bucket: "b", Policy: '{ "Version": "2012-10-17" }\n' });
});

test("no body is no document", () => {
  assert.deepEqual(decode("PUT /b"), { Bucket: "b" });
});

test("the body of an object is not in its input", () => {
  assert.deepEqual(decode("PUT /b/k", {}, "body"), { Bucket: "b", Key: "k" });
});

test("a preflight's question is in its headers", () => {
  const headers = {
    origin: "https://o",
    "access-control-request-method": "PUT",
    "access-control-request-headers": "a,b",
  };
  assert.deepEqual(decode("OPTIONS /b/k", headers), {
    Bucket: "b",
    Key: "k",
    Origin: "https://o",
    RequestMethod: "PUT",
    RequestHeaders: ["a", "b"],
  });
});
