import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseQuery } from "./query.ts";
import { routeS3 } from "./s3-router.ts";

const BUCKETS = { SERVICE: ["", ""], BUCKET: ["b", ""], OBJECT: ["b", "k"] } as const;

function routed(line: string, headers: Record<string, string> = {}): string {
  const [method = "", level = "", query = ""] = line.split(" ");
  assert.ok(level === "SERVICE" || level === "BUCKET" || level === "OBJECT");
  const [bucket, key] = BUCKETS[level];
  return routeS3({ method, headers }, { bucket, key }, parseQuery(query)).name;
}

describe("method, level and query choose the operation", () => {
  const cases = {
    "GET SERVICE": "ListBuckets",
    "GET SERVICE x-id=ListDirectoryBuckets": "ListDirectoryBuckets",
    "PUT BUCKET": "CreateBucket",
    "HEAD BUCKET": "HeadBucket",
    "GET BUCKET": "ListObjects",
    "GET BUCKET prefix=a&max-keys=1": "ListObjects",
    "GET BUCKET list-type=2": "ListObjectsV2",
    "GET BUCKET list-type=1": "ListObjects",
    "GET BUCKET versions": "ListObjectVersions",
    "GET BUCKET uploads=": "ListMultipartUploads",
    "GET BUCKET location": "GetBucketLocation",
    "GET BUCKET analytics": "ListBucketAnalyticsConfigurations",
    "GET BUCKET analytics&id=1": "GetBucketAnalyticsConfiguration",
    "DELETE BUCKET analytics&id=1": "DeleteBucketAnalyticsConfiguration",
    "POST BUCKET delete": "DeleteObjects",
    "PUT BUCKET policy": "PutBucketPolicy",
    "GET OBJECT": "GetObject",
    "GET OBJECT versionId=1&partNumber=2": "GetObject",
    "GET OBJECT X-Amz-Signature=x": "GetObject",
    "GET OBJECT uploadId=u": "ListParts",
    "GET OBJECT acl&versionId=1": "GetObjectAcl",
    "GET OBJECT attributes": "GetObjectAttributes",
    "PUT OBJECT": "PutObject",
    "PUT OBJECT x-id=PutObject": "PutObject",
    "PUT OBJECT partNumber=1&uploadId=u": "UploadPart",
    "PUT OBJECT encryption": "UpdateObjectEncryption",
    "POST OBJECT uploads": "CreateMultipartUpload",
    "POST OBJECT uploadId=u": "CompleteMultipartUpload",
    "POST OBJECT select&select-type=2": "SelectObjectContent",
    "DELETE OBJECT uploadId=u": "AbortMultipartUpload",
    "DELETE OBJECT": "DeleteObject",
    "OPTIONS OBJECT": "Preflight",
    "OPTIONS BUCKET": "Preflight",
  };
  for (const [line, operation] of Object.entries(cases)) {
    test(line, () => assert.equal(routed(line), operation));
  }
});

test("the source of a copy makes a copy of a put", () => {
  const copy = { "x-amz-copy-source": "/b/k" };
  assert.equal(routed("PUT OBJECT", copy), "CopyObject");
  assert.equal(routed("PUT OBJECT partNumber=1&uploadId=u", copy), "UploadPartCopy");
});

describe("a parameter that chooses an operation is never passed over", () => {
  const lines = [
    "DELETE BUCKET analytics",
    "DELETE BUCKET inventory",
    "PUT BUCKET inventory",
    "DELETE BUCKET uploads",
    "DELETE BUCKET acl",
    "PUT OBJECT uploadId=u",
    "PUT OBJECT partNumber=1",
    "PUT OBJECT delete",
    "DELETE OBJECT acl",
    "DELETE OBJECT partNumber=1",
    "HEAD OBJECT acl",
    "POST OBJECT",
    "POST SERVICE",
    "PUT SERVICE",
    "PATCH OBJECT",
  ];
  for (const line of lines) {
    const [method, level] = line.split(" ");
    test(line, () => {
      assert.throws(() => routed(line), {
        code: "MethodNotAllowed",
        status: 405,
        members: { Method: method, ResourceType: level },
      });
    });
  }
});

test("two sub-resources at once are refused", () => {
  assert.throws(() => routed("GET BUCKET acl&policy"), {
    code: "InvalidArgument",
    message: "Conflicting query string parameters: acl, policy",
  });
});

test("a form posted to a bucket is PostObject, another content type fails its precondition", () => {
  const form = { "content-type": "multipart/form-data; boundary=x" };
  assert.equal(routed("POST BUCKET", form), "PostObject");
  for (const headers of [{}, { "content-type": "application/x-www-form-urlencoded" }]) {
    assert.throws(() => routed("POST BUCKET", headers), {
      code: "PreconditionFailed",
      status: 412,
      members: { Condition: "Bucket POST must be of the enclosure-type multipart/form-data" },
    });
  }
});
