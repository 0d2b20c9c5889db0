import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RawRequest } from "./exchange.ts";
import { route, serviceOf, unimplemented } from "./route.ts";

const FORM = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };

function request(parts: Partial<RawRequest>): RawRequest {
  return { method: "POST", path: "/", query: "", headers: {}, ...parts };
}

function routed(parts: Partial<RawRequest>, body = "", signedService?: string) {
  const options = { domains: ["localhost"], signedService, body: Buffer.from(body) };
  return route(request(parts), options);
}

test("the service is that of the signature, the target, the form, else S3", () => {
  const target = (name: string) => request({ headers: { "x-amz-target": name } });
  const cases: [RawRequest, string | undefined, string][] = [
    [request({}), "kms", "kms"],
    [target("TrentService.Encrypt"), "s3", "s3"],
    [target("TrentService.Encrypt"), undefined, "kms"],
    [target("CloudTrail_20131101.LookupEvents"), undefined, "cloudtrail"],
    [
      target("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents"),
      "other",
      "cloudtrail",
    ],
    [target("DynamoDB_20120810.GetItem"), undefined, "s3"],
    [request({ headers: FORM }), undefined, "sts"],
    [request({ method: "GET", query: "Action=GetCallerIdentity&Version=2011-06-15" }), "", "sts"],
    [request({ method: "GET", query: "Action=ListUsers&Version=2010-05-08" }), undefined, "iam"],
    [request({ method: "GET", path: "/b", query: "prefix=Action=x" }), undefined, "s3"],
    [request({ path: "/b", headers: FORM }), undefined, "s3"],
    [request({ method: "GET" }), "constructor", "s3"],
  ];
  for (const [one, signed, service] of cases) {
    assert.equal(serviceOf(one, signed), service, JSON.stringify(one));
  }
});

test("a JSON target names its operation", () => {
  const headers = { "x-amz-target": "TrentService.CreateKey" };
  assert.equal(routed({ headers }).operation, "CreateKey");
  const long = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents";
  assert.equal(routed({ headers: { "x-amz-target": long } }).operation, "LookupEvents");
});

describe("an unknown JSON operation is UnknownOperationException", () => {
  const targets = [
    "TrentService.Nope",
    "TrentService.",
    "CreateKey",
    "XTrentService.CreateKey",
    "TrentService.constructor",
    "CloudTrail_20131101.LookupEvents",
    "",
  ];
  for (const target of targets) {
    test(`"${target}"`, () => {
      const headers = { "x-amz-target": target };
      assert.throws(() => routed({ headers }, "", "kms"), {
        code: "UnknownOperationException",
        status: 400,
      });
    });
  }
  test("another method", () => {
    const headers = { "x-amz-target": "TrentService.CreateKey" };
    assert.throws(() => routed({ method: "GET", headers }), { code: "UnknownOperationException" });
  });
});

test("a form's Action and Version name the operation, in the body or the address", () => {
  const form = "Action=GetUser&Version=2010-05-08&UserName=u";
  assert.equal(routed({ headers: FORM }, form, "iam").operation, "GetUser");
  assert.equal(routed({ method: "GET", query: form }, "", "iam").operation, "GetUser");
  const split = routed({ headers: FORM, query: "Action=GetUser" }, "Version=2010-05-08", "iam");
  assert.equal(split.operation, "GetUser");
});

test("an unsigned form is IAM's or STS's by its version", () => {
  const sts = "Action=AssumeRoleWithWebIdentity&Version=2011-06-15";
  assert.equal(routed({ headers: FORM }, sts).service, "sts");
  assert.equal(routed({ headers: FORM }, "Action=ListUsers&Version=2010-05-08").service, "iam");
});

test("an unknown action is InvalidAction in AWS's words, and none is MissingAction", () => {
  const message = (form: string) => {
    try {
      return routed({ headers: FORM }, form, "iam").operation;
    } catch (error) {
      assert.ok(error instanceof Error);
      return error.message;
    }
  };
  assert.equal(
    message("Action=Nope&Version=2010-05-08"),
    "Could not find operation Nope for version 2010-05-08",
  );
  assert.equal(
    message("Action=ListUsers&Version=2011-06-15"),
    "Could not find operation ListUsers for version 2011-06-15",
  );
  assert.equal(
    message("Action=ListUsers"),
    "Could not find operation ListUsers for version NO_VERSION_SPECIFIED",
  );
  assert.throws(() => routed({ headers: FORM }, "Version=2010-05-08", "iam"), {
    code: "MissingAction",
    status: 400,
  });
});

test("an S3 request is routed with its bucket, key and parameters", () => {
  const found = routed({ method: "GET", path: "/b/a%20b", query: "versionId=v" });
  const { service, operation, bucket, key } = found;
  assert.deepEqual([service, operation, bucket, key], ["s3", "GetObject", "b", "a b"]);
  assert.equal(found.parameters.get("versionId"), "v");
});

test("a virtual-hosted bucket is the bucket", () => {
  const { operation, bucket, key } = routed({
    method: "PUT",
    path: "/k",
    headers: { host: "b.localhost:9000" },
  });
  assert.deepEqual([operation, bucket, key], ["PutObject", "b", "k"]);
});

test("a presigned copy has its source in its query", () => {
  const found = routed({ method: "PUT", path: "/b/k", query: "x-amz-copy-source=%2Fa%2Fk" });
  assert.equal(found.operation, "CopyObject");
});

test("a key without a bucket is no bucket's", () => {
  assert.throws(() => routed({ method: "GET", path: "//k" }), { code: "InvalidBucketName" });
});

test("an operation that nothing handles is answered as one that does not exist", () => {
  const said = (service: "s3" | "kms" | "iam", operation: string) => {
    const { code, status, message } = unimplemented({ service, operation });
    return [code, status, message];
  };
  assert.deepEqual(said("kms", "DeriveSharedSecret"), ["UnknownOperationException", 400, ""]);
  assert.deepEqual(said("iam", "AcquireRole"), [
    "InvalidAction",
    400,
    "Could not find operation AcquireRole for version 2010-05-08",
  ]);
  assert.deepEqual(said("s3", "GetObjectTorrent"), [
    "NotImplemented",
    501,
    "A header you provided implies functionality that is not implemented",
  ]);
});
