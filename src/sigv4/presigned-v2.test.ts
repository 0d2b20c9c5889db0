/** URLs made by botocore 1.43 with `signature_version="s3"`, as `aws s3 presign` makes them. Frozen. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as s3 from "@aws-sdk/client-s3";
import { type SigningFailureKind, SigningError } from "./failure.ts";
import type { SignedRequest } from "./request.ts";
import { stringToSignV2 } from "./presigned-v2.ts";
import { parseSignature } from "./signature.ts";
import { SigningKeys } from "./signing-keys.ts";
import { type Verified, verifySignature } from "./verify.ts";

const NOW = new Date("2026-01-01T00:30:00Z");

interface Url {
  readonly operation: string;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
}

const urls: readonly Url[] = [
  {
    operation: "GetObject",
    method: "GET",
    host: "s3.localhost:9000",
    path: "/photos/a%20b%2B%C3%A9/%281%29.txt",
    query:
      "AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=OJjbQZMnVQS69llLRi8VSqECZ54%3D&Expires=1767229200",
  },
  {
    operation: "GetObject",
    method: "GET",
    host: "s3.localhost:9000",
    path: "/photos/k",
    query:
      "response-content-type=text%2Fplain%3B%20charset%3Dutf-8&response-content-disposition=attachment%3B%20filename%3D%22%C3%A9.txt%22&versionId=v1&AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=ZJ0oAJ8D6twmoH0nfvHuZo%2BSlws%3D&Expires=1767229200",
  },
  {
    operation: "PutObject",
    method: "PUT",
    host: "s3.localhost:9000",
    path: "/photos/k",
    query:
      "AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=PEm4uSrQD0nDoHsvFxNsdyX6%2BT8%3D&content-type=text%2Fplain&x-amz-meta-a=1&x-amz-meta-a-b=2&x-amz-server-side-encryption=aws%3Akms&Expires=1767229200",
  },
  {
    operation: "UploadPart",
    method: "PUT",
    host: "s3.localhost:9000",
    path: "/photos/k",
    query:
      "partNumber=2&uploadId=u%2F1%2B%3D&AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=o44sEj3V6gioN3a8sekMuYWEQBs%3D&Expires=1767229200",
  },
  {
    operation: "ListObjectsV2",
    method: "GET",
    host: "s3.localhost:9000",
    path: "/photos",
    query:
      "list-type=2&prefix=a&encoding-type=url&AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=2Jd7G1vI6kFsb4PYlRZbMwDKcDo%3D&Expires=1767229200",
  },
  {
    operation: "CreateMultipartUpload",
    method: "POST",
    host: "s3.localhost:9000",
    path: "/photos/k",
    query:
      "uploads&AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=tz151Lw%2BtkccVUzfgYhtCUkU8qg%3D&Expires=1767229200",
  },
  {
    operation: "UploadPart",
    method: "PUT",
    host: "photos.s3.localhost:9000",
    path: "/k",
    query:
      "partNumber=2&uploadId=u%2F1%2B%3D&AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=o44sEj3V6gioN3a8sekMuYWEQBs%3D&Expires=1767229200",
  },
  {
    operation: "ListObjectsV2",
    method: "GET",
    host: "photos.s3.localhost:9000",
    path: "/",
    query:
      "list-type=2&prefix=a&encoding-type=url&AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=2Jd7G1vI6kFsb4PYlRZbMwDKcDo%3D&Expires=1767229200",
  },
  {
    operation: "PutObject",
    method: "PUT",
    host: "s3.localhost:9000",
    path: "/photos/k",
    query:
      "AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=i5Fe9lu5RGRrMIWHxNds2NZrz10%3D&content-type=text%2Fplain&x-amz-meta-a=1&x-amz-meta-a-b=2&x-amz-server-side-encryption=aws%3Akms&x-amz-security-token=FQoGZXIvYXdzEXAMPLE%2Ftoken%2Bwith%3Dsigns%3D%3D&Expires=1767229200",
  },
  {
    operation: "GetObject",
    method: "GET",
    host: "photos.s3.localhost:9000",
    path: "/a%20b%2B%C3%A9/%281%29.txt",
    query:
      "AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=SBqII0qIZLmQZs0zCm0NK4LqIAc%3D&x-amz-security-token=FQoGZXIvYXdzEXAMPLE%2Ftoken%2Bwith%3Dsigns%3D%3D&Expires=1767229200",
  },
  {
    operation: "GetObject",
    method: "GET",
    host: "photos.s3.localhost:9000",
    path: "/k",
    query:
      "response-content-type=text%2Fplain%3B%20charset%3Dutf-8&response-content-disposition=attachment%3B%20filename%3D%22%C3%A9.txt%22&versionId=v1&AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=5T6F80jIKbl2Y1kudOwOXFP9xwQ%3D&x-amz-security-token=FQoGZXIvYXdzEXAMPLE%2Ftoken%2Bwith%3Dsigns%3D%3D&Expires=1767229200",
  },
];

const requestOf = (
  url: Url,
  changes: Partial<SignedRequest> = {},
  headers: Record<string, string> = {},
): SignedRequest => ({
  method: url.method,
  path: url.path,
  query: url.query,
  headers: { host: url.host, ...headers },
  ...changes,
});

function verify(request: SignedRequest, { now = NOW, service = "s3" } = {}): Verified {
  const signature = parseSignature(request);
  assert.ok(signature);
  const bucket = request.headers["host"]?.startsWith("photos.") ? "photos" : undefined;
  const secretAccessKey = () => "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
  return verifySignature(
    signature,
    request,
    { version: "1", secretAccessKey },
    { service, now, payloadHash: "UNSIGNED-PAYLOAD", signingKeys: new SigningKeys(), bucket },
  );
}

const refusedAs = (kind: SigningFailureKind) => (error: unknown) =>
  error instanceof SigningError && error.failure.kind === kind;

describe("a URL of version 2 is verified", () => {
  for (const url of urls) {
    test(`${url.operation} ${url.host}${url.path} ${url.query}`, () => {
      const verified = verify(requestOf(url));
      assert.equal(verified.signatureVersion, "AWS");
      assert.equal(verified.authType, "REST-QUERY-STRING");
      assert.equal(verified.accessKeyId, "AKIAIOSFODNN7EXAMPLE");
    });
  }
});

const find = (operation: string, part = "") => {
  const url = urls.find((each) => each.operation === operation && each.query.includes(part));
  assert.ok(url);
  return url;
};

describe("a URL of version 2 is good for one request only", () => {
  const get = find("GetObject");
  const response = find("GetObject", "response-content-type");
  const put = find("PutObject");
  const token = find("PutObject", "security-token");
  const part = find("UploadPart");
  const cases: Record<string, SignedRequest> = {
    "another method": requestOf(get, { method: "DELETE" }),
    "another key": requestOf(get, { path: `${get.path}x` }),
    "another end": requestOf(get, { query: get.query.replace("Expires=1", "Expires=2") }),
    "another sub-resource": requestOf(get, { query: `acl&${get.query}` }),
    "a sub-resource that version 2 never knew": requestOf(get, { query: `retention&${get.query}` }),
    "another version": requestOf(response, { query: response.query.replace("=v1", "=v2") }),
    "another response header": requestOf(response, {
      query: response.query.replace("text%2Fplain", "text%2Fhtml"),
    }),
    "another part": requestOf(part, { query: part.query.replace("partNumber=2", "partNumber=3") }),
    "other metadata": requestOf(put, { query: put.query.replace("meta-a=1", "meta-a=9") }),
    "weaker encryption": requestOf(put, { query: put.query.replace("aws%3Akms", "AES256") }),
    "another content type": requestOf(put, { query: put.query.replace("plain", "html") }),
    "another content type in a header": requestOf(put, {
      headers: { host: put.host, "content-type": "text/html" },
    }),
    "a digest that the signer did not set": requestOf(put, {
      headers: { host: put.host, "content-md5": "1B2M2Y8AsgTpgAmY7PhCfg==" },
    }),
    "a header the signer did not set": requestOf(put, {}, { "x-amz-acl": "public-read" }),
    "another token": requestOf(token, { query: token.query.replace("FQoG", "FQoH") }),
    "no token": requestOf(token, {
      query: token.query.replace(/&x-amz-security-token=[^&]*/, ""),
    }),
  };
  for (const [name, request] of Object.entries(cases)) {
    test(name, () => {
      assert.throws(() => verify(request), refusedAs("signature-mismatch"));
    });
  }
});

test("who sends the content type that was signed may use the URL", () => {
  const put = find("PutObject");
  verify(requestOf(put, {}, { "content-type": "text/plain" }));
});

test("a URL of version 2 ends at the second it names", () => {
  const request = requestOf(find("GetObject"));
  verify(request, { now: new Date("2026-01-01T01:00:00Z") });
  assert.throws(
    () => verify(request, { now: new Date("2026-01-01T01:00:01Z") }),
    refusedAs("expired"),
  );
});

test("version 2 is for S3", () => {
  assert.throws(
    () => verify(requestOf(find("GetObject")), { service: "kms" }),
    refusedAs("mechanism-unsupported"),
  );
});

describe("a URL of version 2 needs its three parameters, once each", () => {
  const { query } = find("GetObject");
  const queries: Record<string, string> = {
    "no signature": query.replace(/&Signature=[^&]*/, ""),
    "no access key": query.replace(/AWSAccessKeyId=[^&]*&/, ""),
    "no end": query.replace(/&Expires=[^&]*/, ""),
    "an end that is no number": query.replace(/Expires=/, "Expires=x"),
    "two ends": `${query}&Expires=1`,
    "two signatures": `${query}&Signature=x`,
  };
  for (const [name, broken] of Object.entries(queries)) {
    test(name, () => {
      assert.throws(
        () => parseSignature(requestOf(find("GetObject"), { query: broken })),
        refusedAs("version-2-parameter-missing"),
      );
    });
  }
});

test("a token in a URL of version 2 is reported", () => {
  const { securityToken } = verify(requestOf(find("PutObject", "security-token")));
  assert.equal(securityToken, "FQoGZXIvYXdzEXAMPLE/token+with=signs==");
});

test("every sub-resource of S3's model is signed, so that none can be added", () => {
  const names = Object.values<unknown>(s3).flatMap((shape) => {
    const uri = Array.isArray(shape) && shape[0] === 9 ? String(shape[3]?.http?.[1]) : "";
    const [, query = ""] = uri.split("?");
    return query.split("&").map((pair) => pair.split("=")[0] ?? "");
  });
  // The version of a listing changes neither what is listed nor who may.
  const subResources = new Set(names).difference(new Set(["", "x-id", "list-type"]));
  assert.ok(subResources.size > 30, String(subResources.size));
  const text = (query: string) =>
    stringToSignV2({ method: "GET", path: "/b/k", query, headers: {} }, "1", undefined);
  for (const name of subResources) assert.notEqual(text(name), text(""), name);
});
