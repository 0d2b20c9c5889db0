import assert from "node:assert/strict";
import { test } from "node:test";
import { hoistedHeaders } from "./hoisted-headers.ts";

test("a URL's x-amz-* parameters are headers, but for those of its signature", () => {
  const query =
    "x-id=PutObject&X-Amz-Algorithm=a&X-Amz-Credential=c&X-Amz-Date=d&X-Amz-Expires=1&X-Amz-Security-Token=t&X-Amz-SignedHeaders=host&X-Amz-Signature=s&X-Amz-Content-Sha256=UNSIGNED-PAYLOAD&x-amz-meta-a=%C3%A9+b&X-Amz-Server-Side-Encryption=aws%3Akms&x-amz-acl";
  assert.deepEqual(hoistedHeaders({ query }, "AWS4-HMAC-SHA256"), {
    "x-amz-meta-a": "é b",
    "x-amz-server-side-encryption": "aws:kms",
    "x-amz-acl": "",
  });
  assert.deepEqual(hoistedHeaders({ query: "prefix=a&list-type=2" }, "AWS4-HMAC-SHA256"), {});
});

test("a checksum in a URL says nothing of the body that is sent later", () => {
  const query =
    "x-amz-checksum-crc32=AAAAAA%3D%3D&x-amz-sdk-checksum-algorithm=CRC32&x-amz-checksum-mode=ENABLED&x-amz-checksum-algorithm=SHA1";
  assert.deepEqual(hoistedHeaders({ query }, "AWS4-HMAC-SHA256"), {
    "x-amz-checksum-mode": "ENABLED",
    "x-amz-checksum-algorithm": "SHA1",
  });
});

test("a URL of version 2 says the body's type and digest in its query, where a signature counts them", () => {
  const query =
    "content-type=text%2Fplain&content-md5=a%2Bb%3D%3D&content-type=text%2Fhtml&Content-Type=x&x-amz-meta-a=1";
  assert.deepEqual(hoistedHeaders({ query }, "AWS"), {
    "content-type": "text/plain",
    "content-md5": "a+b==",
    "x-amz-meta-a": "1",
  });
  assert.deepEqual(hoistedHeaders({ query }, "AWS4-HMAC-SHA256"), { "x-amz-meta-a": "1" });
});
