import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Route } from "./exchange.ts";
import { modelOf } from "./model.ts";
import type { ServiceName } from "./operation-types.ts";
import { validateInput } from "./validate.ts";

function routeTo(service: ServiceName, operation: string): Route {
  const shape = modelOf(service).operations.get(operation);
  assert.ok(shape);
  return { service, operation, shape, method: "POST", parameters: new Map() };
}

const validate = (service: ServiceName, operation: string, input: object) =>
  validateInput(routeTo(service, operation), input);

function message(service: ServiceName, operation: string, input: object): string | undefined {
  try {
    validate(service, operation, input);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof Error);
    return error.message;
  }
}

const ONE = "1 validation error detected: ";
const FAILED = "failed to satisfy constraint:";

describe("KMS, CloudTrail and STS say what was wrong, with the value", () => {
  const cases: [ServiceName, string, object, string | undefined][] = [
    ["kms", "DescribeKey", { KeyId: "k" }, undefined],
    ["kms", "DescribeKey", {}, `${ONE}Value null at 'keyId' ${FAILED} Member must not be null`],
    [
      "kms",
      "ScheduleKeyDeletion",
      { KeyId: "k", PendingWindowInDays: 0 },
      `${ONE}Value '0' at 'pendingWindowInDays' ${FAILED} Member must have value greater than or equal to 1`,
    ],
    [
      "kms",
      "ScheduleKeyDeletion",
      { KeyId: "k", PendingWindowInDays: 366 },
      `${ONE}Value '366' at 'pendingWindowInDays' ${FAILED} Member must have value less than or equal to 365`,
    ],
    [
      "kms",
      "CreateAlias",
      { AliasName: "bad alias", TargetKeyId: "" },
      `2 validation errors detected: Value 'bad alias' at 'aliasName' ${FAILED} Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$; Value '' at 'targetKeyId' ${FAILED} Member must have length greater than or equal to 1`,
    ],
    [
      "kms",
      "CreateKey",
      { Tags: [{ TagKey: "a", TagValue: "" }, { TagKey: "x".repeat(129), TagValue: "" }, {}] },
      `3 validation errors detected: Value '${"x".repeat(129)}' at 'tags.2.member.tagKey' ${FAILED} Member must have length less than or equal to 128; Value null at 'tags.3.member.tagKey' ${FAILED} Member must not be null; Value null at 'tags.3.member.tagValue' ${FAILED} Member must not be null`,
    ],
    [
      "kms",
      "CreateGrant",
      { KeyId: "k", Operations: [], GrantTokens: ["t", ""] },
      `${ONE}Value '[t, ]' at 'grantTokens' ${FAILED} Member must satisfy constraint: [Member must have length less than or equal to 8192, Member must have length greater than or equal to 1]`,
    ],
    [
      "sts",
      "AssumeRole",
      { RoleArn: "arn:aws:iam::123456789012:role/r", RoleSessionName: "Session1:2" },
      `${ONE}Value 'Session1:2' at 'roleSessionName' ${FAILED} Member must satisfy regular expression pattern: [\\w+=,.@-]*`,
    ],
    [
      "kms",
      "GenerateRandom",
      { NumberOfBytes: 1025 },
      `${ONE}Value '1025' at 'numberOfBytes' ${FAILED} Member must have value less than or equal to 1024`,
    ],
  ];
  for (const [service, operation, input, expected] of cases) {
    test(`${operation} ${JSON.stringify(input).slice(0, 60)}`, () => {
      assert.equal(message(service, operation, input), expected);
    });
  }
});

test("the words of an enum are listed", () => {
  const text = message("kms", "CreateKey", { KeyUsage: "RANDOM" }) ?? "";
  const start = `${ONE}Value 'RANDOM' at 'keyUsage' ${FAILED} Member must satisfy enum value set: [`;
  assert.ok(text.startsWith(start), text);
  assert.match(text, /\[.*\bENCRYPT_DECRYPT\b.*\]$/);
});

test("IAM names neither values nor the words of an enum", () => {
  assert.equal(
    message("iam", "GetUser", { UserName: "a/b" }),
    `${ONE}Value at 'userName' ${FAILED} Member must satisfy regular expression pattern: [\\w+=,.@-]+`,
  );
  assert.equal(
    message("iam", "UpdateAccessKey", { AccessKeyId: "A".repeat(20), Status: "active" }),
    `${ONE}Value at 'status' ${FAILED} Member must satisfy enum value set`,
  );
});

test("blobs and secrets are never shown", () => {
  assert.equal(
    message("kms", "Encrypt", { KeyId: "k", Plaintext: Buffer.alloc(0) }),
    `${ONE}Value at 'plaintext' ${FAILED} Member must have length greater than or equal to 1`,
  );
  assert.equal(
    message("kms", "Encrypt", { KeyId: "k", Plaintext: Buffer.alloc(4097) }),
    `${ONE}Value at 'plaintext' ${FAILED} Member must have length less than or equal to 4096`,
  );
  const custom = { CustomKeyStoreName: "n", KeyStorePassword: "pw" };
  const text = message("kms", "CreateCustomKeyStore", custom);
  assert.equal(
    text,
    `${ONE}Value at 'keyStorePassword' ${FAILED} Member must have length greater than or equal to 7`,
  );
});

test("the code is the protocol's", () => {
  const codes = { kms: "ValidationException", cloudtrail: "ValidationException" } as const;
  for (const [service, operation, code] of [
    ["kms", "DescribeKey", codes.kms],
    ["cloudtrail", "GetTrail", codes.cloudtrail],
    ["iam", "GetRole", "ValidationError"],
    ["sts", "AssumeRole", "ValidationError"],
  ] as const) {
    assert.throws(() => validate(service, operation, {}), { code, status: 400 });
  }
});

test("a value beyond its maximum is not run against its pattern", () => {
  const text = message("iam", "GetUser", { UserName: "/".repeat(129) }) ?? "";
  assert.ok(text.startsWith(ONE), text);
});

test("a message stops at a hundred findings and shows no endless value", () => {
  const tags = Array.from({ length: 5000 }, () => ({}));
  const text = message("kms", "CreateKey", { Tags: tags }) ?? "";
  assert.match(text, /^10[01] validation errors detected/);
  const long = message("kms", "DescribeKey", { KeyId: "k".repeat(100_000) }) ?? "";
  assert.ok(long.length < 5000);
});

describe("S3 refuses with codes of its own", () => {
  const cases: [string, object, string | undefined][] = [
    ["PutBucketTagging", { Bucket: "b" }, "MissingRequestBodyError"],
    ["PutBucketTagging", { Bucket: "b", Tagging: {} }, undefined],
    ["PutBucketTagging", { Bucket: "b", Tagging: { TagSet: [{ Key: "k" }] } }, "MalformedXML"],
    ["PutBucketCors", { Bucket: "b", CORSConfiguration: {} }, "MalformedXML"],
    [
      "PutBucketVersioning",
      { Bucket: "b", VersioningConfiguration: { Status: "enabled" } },
      "MalformedXML",
    ],
    ["PutBucketVersioning", { Bucket: "b", VersioningConfiguration: {} }, undefined],
    [
      "CreateBucket",
      { Bucket: "b", CreateBucketConfiguration: { LocationConstraint: "mars" } },
      undefined,
    ],
    ["PutObject", { Bucket: "b", Key: "k", ACL: "unknown" }, undefined],
    ["GetObjectAttributes", { Bucket: "b", Key: "k" }, "MissingSecurityHeader"],
    ["DeleteObjects", { Bucket: "b", Delete: { Objects: [{}] } }, "MalformedXML"],
    ["SelectObjectContent", { Bucket: "b", Key: "k" }, "MalformedXML"],
  ];
  for (const [operation, input, code] of cases) {
    test(`${operation} ${JSON.stringify(input)}`, () => {
      if (code === undefined) return validate("s3", operation, input);
      return assert.throws(() => validate("s3", operation, input), { code, status: 400 });
    });
  }
});
