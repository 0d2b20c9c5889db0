import assert from "node:assert/strict";
import { test } from "node:test";
import { modelOf, operationsOf } from "./model.ts";

const SERVICES = ["kms", "iam", "sts", "cloudtrail", "s3"] as const;

test("the five services have the operations of their API", () => {
  const counts = SERVICES.map((service) => operationsOf(service).length);
  assert.deepEqual(counts, [56, 180, 11, 60, 112]);
  assert.deepEqual(operationsOf("sts").slice(0, 2), ["AssumeRole", "AssumeRoleWithSAML"]);
});

test("how a body is carried is known before it is read", () => {
  const kinds = (name: string) => {
    const shape = modelOf("s3").operations.get(name);
    return [shape?.requestBody, shape?.responseBody];
  };
  assert.deepEqual(kinds("PutObject"), ["streamed", "none"]);
  assert.deepEqual(kinds("GetObject"), ["none", "streamed"]);
  assert.deepEqual(kinds("DeleteObjects"), ["buffered", "buffered"]);
  assert.deepEqual(kinds("CopyObject"), ["none", "buffered"]);
  assert.deepEqual(kinds("HeadObject"), ["none", "none"]);
  assert.deepEqual(kinds("PostObject"), ["streamed", "buffered"]);
});

test("secrets are marked where a value is, in requests and in answers", () => {
  const member = (service: "kms" | "sts" | "iam", structure: string, name: string) => {
    for (const { input, output } of modelOf(service).operations.values()) {
      for (const shape of [input, output]) {
        const found = shape?.name === structure && shape.members.find((one) => one.name === name);
        if (found) return found.shape.sensitive;
      }
    }
    return undefined;
  };
  assert.equal(member("kms", "EncryptRequest", "Plaintext"), true);
  assert.equal(member("kms", "GenerateDataKeyResponse", "Plaintext"), true);
  assert.equal(member("kms", "EncryptRequest", "KeyId"), undefined);
  assert.equal(member("sts", "AssumeRoleWithWebIdentityRequest", "WebIdentityToken"), true);
  assert.equal(member("iam", "CreateLoginProfileRequest", "Password"), true);
});
