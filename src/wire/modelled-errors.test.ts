import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { encodeError } from "./error-document.ts";
import { modelOf } from "./model.ts";
import { ServiceError } from "./service-error.ts";
import { loopbackClient, sdk } from "./testing/sdk-loopback.ts";

/** An operation of each service, and an input that it takes. */
const CALLS = {
  kms: ["DescribeKey", { KeyId: "k" }],
  cloudtrail: ["GetTrail", { Name: "t" }],
  iam: ["GetRole", { RoleName: "r" }],
  sts: ["DecodeAuthorizationMessage", { EncodedMessage: "m" }],
  s3: ["GetObject", { Bucket: "b", Key: "k" }],
} as const;
const IDS = { requestId: "request", extendedId: "extended" };

for (const service of ["kms", "cloudtrail", "iam", "sts", "s3"] as const) {
  describe(`the SDK recognises every modelled error of ${service}`, () => {
    const [operation, input] = CALLS[service];
    for (const [name, { status }] of modelOf(service).errors) {
      test(name, async () => {
        const error = new ServiceError(name, status, "the & message");
        const send = loopbackClient(service, ({ method }) =>
          encodeError({ service, method }, error, IDS),
        );
        await assert.rejects(send(operation, input), (thrown) => {
          assert.ok(thrown instanceof classNamed(service, name), `${String(thrown)} is no ${name}`);
          assert.equal(thrown.message, "the & message");
          return true;
        });
      });
    }
  });
}

function classNamed(service: keyof typeof CALLS, name: string): typeof Error {
  const found = sdk[service][name];
  assert.ok(isErrorClass(found), `the SDK has a class ${name}`);
  return found;
}

function isErrorClass(value: unknown): value is typeof Error {
  return typeof value === "function" && value.prototype instanceof Error;
}
