import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hmacSha256Hex } from "../crypto/index.ts";
import { awsError } from "./aws-error.ts";
import { scopeOf } from "./credential.ts";
import { SigningError } from "./failure.ts";
import { parseFormSignature, verifyFormSignature } from "./post-form.ts";
import { checkFormLength, checkPolicy, parsePolicy } from "./post-policy.ts";
import { deriveSigningKey, SigningKeys } from "./signing-keys.ts";
import { CREDENTIAL, NOW, refusedAs, SECRET } from "./testing/requests.ts";

const base64 = (policy: unknown) => Buffer.from(JSON.stringify(policy)).toString("base64");
const policyOf = (...conditions: unknown[]) =>
  parsePolicy(base64({ expiration: "2026-01-01T13:00:00Z", conditions }));
const BUCKET = { bucket: "photos" };
const at = { now: NOW, bucket: "photos" };
const fields = (values: Record<string, string>) => new Map(Object.entries(values));

/** S3's answer to what is thrown. */
function answer(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (!(error instanceof SigningError)) throw error;
    const { code, message } = awsError(error.failure, "s3");
    return `${code}: ${message}`;
  }
  return "accepted";
}

describe("conditions", () => {
  const cases: [
    name: string,
    conditions: unknown[],
    form: Record<string, string>,
    answer: string,
  ][] = [
    ["a simple one", [BUCKET, { key: "k" }], { key: "k" }, "accepted"],
    ["an exact one", [BUCKET, ["eq", "$key", "k"]], { key: "k" }, "accepted"],
    ["operators in any case", [BUCKET, ["Starts-With", "$key", "k"]], { key: "kk" }, "accepted"],
    [
      "names in any case",
      [BUCKET, ["eq", "$Content-Type", "a"]],
      { "content-type": "a" },
      "accepted",
    ],
    ["a beginning", [BUCKET, ["starts-with", "$key", "user/"]], { key: "user/1" }, "accepted"],
    ["anything", [BUCKET, ["starts-with", "$key", ""]], { key: "what you like" }, "accepted"],
    ["anything, even nothing", [BUCKET, ["starts-with", "$key", ""]], {}, "accepted"],
    [
      "values in another case",
      [BUCKET, ["eq", "$key", "K"]],
      { key: "k" },
      'AccessDenied: Invalid according to Policy: Policy Condition failed: ["eq", "$key", "K"]',
    ],
    [
      "a simple one that fails",
      [BUCKET, { acl: "private" }],
      { acl: "public-read" },
      'AccessDenied: Invalid according to Policy: Policy Condition failed: ["eq", "$acl", "private"]',
    ],
    [
      "a field that is absent",
      [BUCKET, { acl: "private" }],
      {},
      'AccessDenied: Invalid according to Policy: Policy Condition failed: ["eq", "$acl", "private"]',
    ],
    [
      "another beginning",
      [BUCKET, ["starts-with", "$key", "user/"]],
      { key: "other/user/" },
      'AccessDenied: Invalid according to Policy: Policy Condition failed: ["starts-with", "$key", "user/"]',
    ],
    [
      "without the dollar",
      [BUCKET, ["eq", "key", "k"]],
      { key: "k" },
      'AccessDenied: Invalid according to Policy: Policy Condition failed: ["eq", "key", "k"]',
    ],
    [
      "another bucket",
      [{ bucket: "others" }],
      {},
      'AccessDenied: Invalid according to Policy: Policy Condition failed: ["eq", "$bucket", "others"]',
    ],
    [
      "no bucket",
      [{ key: "k" }],
      { key: "k" },
      "AccessDenied: Invalid according to Policy: Extra input fields: bucket",
    ],
    [
      "a field that no condition names",
      [BUCKET, { key: "k" }],
      { key: "k", acl: "public-read" },
      "AccessDenied: Invalid according to Policy: Extra input fields: acl",
    ],
    [
      "fields that need none",
      [BUCKET],
      { policy: "p", "x-amz-signature": "s", "x-ignore-me": "x", file: "f" },
      "accepted",
    ],
    [
      "several content types",
      [BUCKET, ["starts-with", "$content-type", "image/"]],
      { "content-type": "image/jpg, image/png" },
      "accepted",
    ],
    [
      "several content types of which one is another",
      [BUCKET, ["starts-with", "$content-type", "image/"]],
      { "content-type": "image/jpg,text/html" },
      'AccessDenied: Invalid according to Policy: Policy Condition failed: ["starts-with", "$content-type", "image/"]',
    ],
    [
      "bounds that are no numbers",
      [BUCKET, ["content-length-range", "test", "10"]],
      {},
      'AccessDenied: Invalid according to Policy: Policy Condition failed: ["content-length-range", "test", "10"]',
    ],
  ];
  for (const [name, conditions, form, expected] of cases) {
    test(name, () => {
      assert.equal(
        answer(() => checkPolicy(policyOf(...conditions), fields(form), at)),
        expected,
      );
    });
  }
});

test("a policy ends", () => {
  const policy = policyOf(BUCKET);
  const until = (date: string) =>
    answer(() => checkPolicy(policy, new Map(), { ...at, now: new Date(date) }));
  assert.equal(until("2026-01-01T13:00:00Z"), "accepted");
  assert.equal(
    until("2026-01-01T13:00:00.001Z"),
    "AccessDenied: Invalid according to Policy: Policy expired.",
  );
});

test("a file has the length that every range permits", () => {
  const range = checkPolicy(
    policyOf(BUCKET, ["content-length-range", 5, 100], ["content-length-range", "1", "10"]),
    new Map(),
    at,
  );
  assert.deepEqual(range, { bytesMin: 5, bytesMax: 10 });
  checkFormLength(range, 10, "whole");
  checkFormLength(range, 4, "so-far");
  assert.throws(() => checkFormLength(range, 4, "whole"), refusedAs("form-too-small"));
  assert.throws(() => checkFormLength(range, 11, "so-far"), refusedAs("form-too-large"));
});

describe("what is no policy is refused", () => {
  const conditions: unknown[] = [];
  const expiration = "2026-01-01T13:00:00.000Z";
  const cases: [name: string, policy: string, problem: string][] = [
    ["no base64", "{}", "Invalid Base64 encoding."],
    ["too long", "A".repeat(20_481), "Invalid Base64 encoding."],
    ["no JSON", Buffer.from("{").toString("base64"), "Invalid JSON."],
    ["no object", base64([]), "Invalid JSON."],
    ["no expiration", base64({ conditions }), "Policy missing expiration."],
    ["no conditions", base64({ expiration }), "Policy missing conditions."],
    [
      "a bad expiration",
      base64({ expiration: "soon", conditions }),
      "Invalid 'expiration' value: 'soon'",
    ],
    [
      "an expiration that is no date",
      base64({ expiration: "2026-13-01T00:00:00Z", conditions }),
      "Invalid 'expiration' value: '2026-13-01T00:00:00Z'",
    ],
    [
      "conditions that are no list",
      base64({ expiration, conditions: {} }),
      "Invalid 'conditions' value: must be a List.",
    ],
    [
      "too many conditions",
      base64({ expiration, conditions: Array.from({ length: 513 }, () => BUCKET) }),
      "Too many conditions.",
    ],
    [
      "two in a simple one",
      base64({ expiration, conditions: [{ a: "1", b: "2" }] }),
      "Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.",
    ],
    [
      "none in a simple one",
      base64({ expiration, conditions: [{}] }),
      "Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.",
    ],
    [
      "a value that is no text",
      base64({ expiration, conditions: [{ a: 1 }] }),
      "Invalid Simple-Condition: value must be a string.",
    ],
    [
      "a condition that is none",
      base64({ expiration, conditions: ["a"] }),
      "Invalid Condition: must be a List or an Object.",
    ],
    [
      "too few operands",
      base64({ expiration, conditions: [["eq", "$a"]] }),
      "Invalid Condition: a Condition must have an operator and two operands.",
    ],
    [
      "an unknown operator",
      base64({ expiration, conditions: [["like", "$a", "b"]] }),
      "Invalid Condition: unknown operation 'like'.",
    ],
    [
      "operands that are no text",
      base64({ expiration, conditions: [["eq", "$a", 1]] }),
      "Invalid Condition: operands must be strings.",
    ],
  ];
  for (const [name, policy, problem] of cases) {
    test(name, () => {
      assert.equal(
        answer(() => parsePolicy(policy)),
        `InvalidPolicyDocument: Invalid Policy: ${problem}`,
      );
    });
  }
});

describe("a form's signature", () => {
  const scope = scopeOf("20260101", "us-east-1", "s3");
  const policy = base64({ expiration: "2026-01-01T13:00:00Z", conditions: [BUCKET] });
  const signed = {
    policy,
    "x-amz-algorithm": "AWS4-HMAC-SHA256",
    "x-amz-credential": `AKIA/${scope.text}`,
    "x-amz-date": "20260101T120000Z",
    "x-amz-security-token": "token",
    "x-amz-signature": hmacSha256Hex(deriveSigningKey(SECRET, scope), policy),
  };
  const verify = (form: Record<string, string>, region = "us-east-1") => {
    const signature = parseFormSignature(fields(form));
    assert.ok(signature);
    const options = { region, now: NOW, signingKeys: new SigningKeys() };
    return verifyFormSignature(signature, fields(form), CREDENTIAL, options);
  };
  test("is verified", () => {
    const { accessKeyId, authType, securityToken } = verify(signed);
    assert.deepEqual([accessKeyId, authType, securityToken], ["AKIA", "POST", "token"]);
  });
  test("is of one policy", () => {
    const other = base64({ expiration: "2027-01-01T13:00:00Z", conditions: [BUCKET] });
    assert.throws(() => verify({ ...signed, policy: other }), refusedAs("signature-mismatch"));
  });
  test("is of one region", () => {
    assert.throws(() => verify(signed, "eu-west-1"), refusedAs("region-wrong"));
  });
  test("may be left out together with the policy", () => {
    assert.equal(parseFormSignature(fields({ key: "k" })), undefined);
  });
  const refused: [name: string, form: Record<string, string>, answer: string][] = [
    ["a policy alone", { policy }, "AccessDenied: Access Denied"],
    [
      "version 2",
      { policy, awsaccesskeyid: "A", signature: "s" },
      "InvalidRequest: The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
    ],
  ];
  for (const missing of [
    "X-Amz-Signature",
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "policy",
  ]) {
    const { [missing.toLowerCase()]: _, ...form } = signed as Record<string, string>;
    refused.push([
      `no ${missing}`,
      form,
      `InvalidArgument: Bucket POST must contain a field named '${missing}'.  If it is specified, please check the order of the fields.`,
    ]);
  }
  for (const [name, form, expected] of refused) {
    test(`${name} is refused`, () => {
      assert.equal(
        answer(() => parseFormSignature(fields(form))),
        expected,
      );
    });
  }
});
