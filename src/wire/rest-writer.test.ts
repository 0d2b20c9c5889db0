import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { encodeOutput } from "./codec.ts";
import type { EncodedResponse } from "./exchange.ts";
import { route } from "./route.ts";

const IDS = { requestId: "req", extendedId: "ext" };
const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';
const XMLNS = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

function encode(line: string, output: object, headers: Record<string, string> = {}) {
  const [method = "", target = ""] = line.split(" ");
  const [path = "", query = ""] = target.split("?");
  const response = encodeOutput(
    route({ method, path, query, headers }, { domains: [] }),
    output,
    IDS,
  );
  assert.equal(response.headers["x-amz-request-id"], "req");
  assert.equal(response.headers["x-amz-id-2"], "ext");
  return response;
}

test("headers, metadata and a streamed body leave as they are", () => {
  const body = Buffer.from("abc");
  const {
    status,
    headers,
    body: sent,
  } = encode("GET /b/k", {
    Body: body,
    ContentLength: 3,
    ETag: '"x"',
    LastModified: new Date("2025-01-02T03:04:05.678Z"),
    Metadata: { A: "1" },
    BucketKeyEnabled: true,
    Expires: "whenever",
    ContentType: undefined,
  });
  assert.equal(status, 200);
  assert.equal(sent, body);
  const { "x-amz-request-id": _, "x-amz-id-2": __, ...rest } = headers;
  assert.deepEqual(rest, {
    "content-length": "3",
    etag: '"x"',
    "last-modified": "Thu, 02 Jan 2025 03:04:05 GMT",
    "x-amz-meta-a": "1",
    "x-amz-server-side-encryption-bucket-key-enabled": "true",
    expires: "whenever",
  });
});

test("part of an object is 206", () => {
  assert.equal(encode("GET /b/k", { ContentRange: "bytes 0-1/3" }).status, 206);
});

describe("the status of success is S3's", () => {
  const cases = {
    "DELETE /b/k": 204,
    "PUT /b?policy": 204,
    "PUT /b?tagging": 204,
    "PUT /b/k?tagging": 200,
    "PUT /b?encryption": 200,
  };
  for (const [line, status] of Object.entries(cases)) {
    test(line, () => {
      const response = encode(line, {});
      assert.equal(response.status, status);
      assert.equal(response.headers["content-type"], undefined);
    });
  }
});

test("a bucket's location is its document's root, empty where there is none", () => {
  assert.equal(
    encode("GET /b?location", { LocationConstraint: "eu-west-1" }).body,
    `${HEAD}<LocationConstraint ${XMLNS}>eu-west-1</LocationConstraint>`,
  );
  assert.equal(encode("GET /b?location", {}).body, `${HEAD}<LocationConstraint ${XMLNS}/>`);
});

test("a listing holds what S3's does, escaped", () => {
  const date = new Date("2025-01-02T03:04:05Z");
  const { body, headers } = encode("GET /b?list-type=2", {
    IsTruncated: false,
    Contents: [{ Key: "a<&\r\n\u0001", LastModified: date, ETag: '"e"', Size: 0 }],
    Name: "b",
    Prefix: "",
    CommonPrefixes: [{ Prefix: "p/" }],
  });
  assert.equal(headers["content-type"], "application/xml");
  assert.equal(
    body,
    `${HEAD}<ListBucketResult ${XMLNS}><IsTruncated>false</IsTruncated><Contents>` +
      "<Key>a&lt;&amp;&#xD;&#xA;&#x1;</Key><LastModified>2025-01-02T03:04:05.000Z</LastModified>" +
      "<ETag>&quot;e&quot;</ETag><Size>0</Size></Contents><Name>b</Name><Prefix></Prefix>" +
      "<CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes></ListBucketResult>",
  );
});

test("a payload is the document, a policy is text", () => {
  assert.equal(
    encode("GET /b?policyStatus", { PolicyStatus: { IsPublic: false } }).body,
    `${HEAD}<PolicyStatus ${XMLNS}><IsPublic>false</IsPublic></PolicyStatus>`,
  );
  const policy = encode("GET /b?policy", { Policy: '{"a":1}' });
  assert.equal(policy.body, '{"a":1}');
  assert.equal(policy.headers["content-type"], "application/json");
});

test("a grantee has its type in an attribute", () => {
  const grant = { Grantee: { Type: "CanonicalUser", ID: "x" }, Permission: "READ" };
  const { body } = encode("GET /b?acl", { Grants: [grant] });
  assert.match(
    textOf(body),
    /<Grantee xmlns:xsi="http:\/\/www\.w3\.org\/2001\/XMLSchema-instance" xsi:type="CanonicalUser"><ID>x<\/ID><\/Grantee>/,
  );
});

test("no header can be split, and what Latin-1 lacks leaves as UTF-8", () => {
  const { headers } = encode("GET /b/k", {
    ContentDisposition: "a\r\nset-cookie: x",
    CacheControl: "é",
    ContentLanguage: "😀",
  });
  assert.equal(headers["content-disposition"], "a  set-cookie: x");
  assert.equal(headers["cache-control"], "é");
  assert.equal(Buffer.from(headers["content-language"] ?? "", "latin1").toString(), "😀");
});

test("a form upload is answered with a document, or with its status alone", () => {
  const form = { "content-type": "multipart/form-data; boundary=x" };
  const created = {
    Status: 201,
    ETagHeader: '"e"',
    Location: "l",
    Bucket: "b",
    Key: "k",
    ETag: '"e"',
  };
  const { status, headers, body } = encode("POST /b", created, form);
  assert.deepEqual([status, headers["etag"]], [201, '"e"']);
  assert.equal(
    body,
    `${HEAD}<PostResponse ${XMLNS}><Location>l</Location><Bucket>b</Bucket><Key>k</Key>` +
      "<ETag>&quot;e&quot;</ETag></PostResponse>",
  );
  const silent = encode("POST /b", { Checksums: { CRC32: "x" } }, form);
  assert.deepEqual([silent.status, silent.body], [204, undefined]);
  assert.equal(silent.headers["x-amz-checksum-crc32"], "x");
});

test("a preflight's answer is in its headers", () => {
  const output = { AllowOrigin: "*", AllowMethods: ["GET", "PUT"], MaxAge: 5 };
  const { headers, body } = encode("OPTIONS /b/k", output);
  assert.equal(headers["access-control-allow-methods"], "GET, PUT");
  assert.equal(headers["access-control-max-age"], "5");
  assert.equal(body, undefined);
});

function textOf(body: EncodedResponse["body"]): string {
  assert.ok(typeof body === "string");
  return body;
}
