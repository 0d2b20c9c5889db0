import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { operation, type Target } from "../service/index.ts";
import {
  ACCOUNT,
  PARTNER,
  REGION,
  roleCaller,
  rootCaller,
  testDeployment,
  userCaller,
} from "../service/testing/test-deployment.ts";
import { parsePolicy } from "../policy/index.ts";
import { ServiceError } from "../wire/index.ts";
import { createRecorder } from "./recorder.ts";

const KEY_ARN = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1`;
const everyone = parsePolicy(
  JSON.stringify({
    Version: "2012-10-17",
    Statement: { Effect: "Allow", Principal: { AWS: "*" }, Action: "kms:*", Resource: "*" },
  }),
  "key",
);

const target: Target = {
  action: "kms:Decrypt",
  arn: KEY_ARN,
  accountId: ACCOUNT,
  resourceKind: "kms-key",
  policy: { policy: everyone, name: "default" },
  resource: { type: "AWS::KMS::Key", arn: KEY_ARN, accountId: ACCOUNT },
};

const decrypt = operation({
  service: "kms",
  name: "Decrypt",
  event: { category: "management", readOnly: true },
  details: {
    request: ({ EncryptionContext }) => ({ encryptionContext: EncryptionContext }),
    additional: () => ({ keyMaterialId: "ab" }),
  },
  targets: async () => [target],
  handle: async () => ({ output: { KeyId: KEY_ARN } }),
});

const getObject = operation({
  service: "s3",
  name: "GetObject",
  event: { category: "data", readOnly: true },
  targets: async () => [
    {
      ...target,
      action: "s3:GetObject",
      arn: "arn:aws:s3:::b/k",
      resourceKind: "none" as const,
      accountId: ACCOUNT,
    },
  ],
  async handle(_input, _targets, scope) {
    await scope.call(decrypt, {
      CiphertextBlob: Buffer.of(1),
      EncryptionContext: { "aws:s3:arn": "arn:aws:s3:::b/k" },
    });
    return { output: {} };
  },
});

const recording = () => testDeployment({ recorder: createRecorder({ uuid: sequence() }) });
const input = { CiphertextBlob: Buffer.of(1), EncryptionContext: { a: "b" } };

describe("a record", () => {
  test("has CloudTrail's members in CloudTrail's order", async () => {
    const deployment = await recording();
    await deployment.run(decrypt, input, {
      request: {
        eventId: "the-event",
        requestId: "the-request",
        tls: { version: "TLSv1.3", cipherSuite: "TLS_AES_128_GCM_SHA256" },
        host: "kms.us-east-1.amazonaws.com",
      },
    });
    const [record] = await deployment.events();
    assert.equal(
      JSON.stringify(record),
      JSON.stringify({
        eventVersion: "1.11",
        userIdentity: {
          type: "Root",
          principalId: ACCOUNT,
          arn: `arn:aws:iam::${ACCOUNT}:root`,
          accountId: ACCOUNT,
          accessKeyId: "AKIAROOTROOTROOTROOT",
        },
        eventTime: "2026-01-01T00:00:00Z",
        eventSource: "kms.amazonaws.com",
        eventName: "Decrypt",
        awsRegion: REGION,
        sourceIPAddress: "192.0.2.1",
        userAgent: "test",
        requestParameters: { encryptionContext: { a: "b" } },
        responseElements: null,
        additionalEventData: { keyMaterialId: "ab" },
        requestID: "the-request",
        eventID: "the-event",
        readOnly: true,
        resources: [{ accountId: ACCOUNT, type: "AWS::KMS::Key", ARN: KEY_ARN }],
        eventType: "AwsApiCall",
        managementEvent: true,
        recipientAccountId: ACCOUNT,
        eventCategory: "Management",
        tlsDetails: {
          tlsVersion: "TLSv1.3",
          cipherSuite: "TLS_AES_128_GCM_SHA256",
          clientProvidedHostHeader: "kms.us-east-1.amazonaws.com",
        },
      }),
    );
  });

  test("of a call that S3 makes keeps the caller and names the service", async () => {
    const deployment = await recording();
    const caller = roleCaller("Reader");
    deployment.allow(caller, { Effect: "Allow", Action: "*", Resource: "*" });
    await deployment.run(getObject, {}, { caller });
    const [record, ...more] = await deployment.events();
    assert.deepEqual(more, []);
    assert.deepEqual(record?.["userIdentity"], {
      type: "AssumedRole",
      principalId: caller.principalId,
      arn: caller.arn,
      accountId: ACCOUNT,
      accessKeyId: caller.accessKeyId,
      sessionContext: {
        sessionIssuer: {
          type: "Role",
          principalId: caller.uniqueId,
          arn: `arn:aws:iam::${ACCOUNT}:role/Reader`,
          accountId: ACCOUNT,
          userName: "Reader",
        },
        attributes: { creationDate: "2026-01-01T00:00:00Z", mfaAuthenticated: "false" },
      },
      invokedBy: "fas.s3.amazonaws.com",
    });
    assert.equal(record["sourceIPAddress"], "fas.s3.amazonaws.com");
    assert.equal(record["userAgent"], "fas.s3.amazonaws.com");
    assert.deepEqual(record["requestParameters"], {
      encryptionContext: { "aws:s3:arn": "arn:aws:s3:::b/k" },
    });
  });

  test("of another account's key has a copy for each account under one shared id", async () => {
    const deployment = await recording();
    const caller = userCaller("app", PARTNER);
    deployment.allow(caller, { Effect: "Allow", Action: "*", Resource: "*" });
    await deployment.run(decrypt, input, { caller });
    const [theirs, ours] = await deployment.events();
    assert.deepEqual(
      [theirs, ours].map((record) => record?.["recipientAccountId"]),
      [PARTNER, ACCOUNT],
    );
    assert.ok(theirs?.["sharedEventID"]);
    assert.equal(theirs["sharedEventID"], ours?.["sharedEventID"]);
    assert.notEqual(theirs["eventID"], ours?.["eventID"]);
    assert.deepEqual(ours?.["userIdentity"], {
      type: "AWSAccount",
      principalId: caller.principalId,
      accountId: PARTNER,
    });
  });

  test("of a denial says AccessDenied and why, to the caller's account only", async () => {
    const deployment = await recording();
    const caller = userCaller("nobody", PARTNER);
    await assert.rejects(deployment.run(decrypt, input, { caller }));
    const [record, ...more] = await deployment.events();
    assert.deepEqual(more, []);
    assert.equal(record?.["recipientAccountId"], PARTNER);
    assert.equal(record["errorCode"], "AccessDenied");
    assert.match(String(record["errorMessage"]), /^User: .* is not authorized to perform: /);
    assert.deepEqual(record["requestParameters"], { encryptionContext: { a: "b" } });
  });

  test("never shows bytes, and shows writes' answers in lowerCamel", async () => {
    const deployment = await recording();
    const create = operation({
      service: "kms",
      name: "CreateKey",
      event: { category: "management", readOnly: false },
      targets: async () => [{ ...target, action: "kms:CreateKey", arn: "*" }],
      async handle() {
        const KeyMetadata = { KeyId: "1", CreationDate: new Date("2022-08-10T22:38:27Z") };
        return { output: { KeyMetadata, Plaintext: Buffer.from("secret") } };
      },
    });
    await deployment.run(create, { Description: "d", Tags: [{ TagKey: "k", TagValue: "v" }] });
    const [record] = await deployment.events();
    assert.deepEqual(record?.["requestParameters"], {
      description: "d",
      tags: [{ tagKey: "k", tagValue: "v" }],
    });
    assert.deepEqual(record["responseElements"], {
      keyMetadata: { keyId: "1", creationDate: "Aug 10, 2022, 10:38:27 PM" },
    });
  });

  test("calls IAM's missing entity by its exception's name", async () => {
    const deployment = await recording();
    const getUser = operation({
      service: "iam",
      name: "GetUser",
      event: { category: "management", readOnly: true },
      targets: async () => [],
      handle: async () => {
        throw new ServiceError("NoSuchEntity", 404, "The user with name x cannot be found.");
      },
    });
    await assert.rejects(deployment.run(getUser, {}, { caller: rootCaller() }));
    const [record] = await deployment.events();
    assert.equal(record?.["errorCode"], "NoSuchEntityException");
  });
});

function sequence(): () => string {
  let next = 0;
  return () => {
    next += 1;
    return `id-${next}`;
  };
}
