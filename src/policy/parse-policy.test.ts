import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decide } from "./decide.ts";
import { POLICY_CHARS_MAX, STATEMENTS_MAX } from "./limits.ts";
import { type ParseOptions, parsePolicy, policySize } from "./parse-policy.ts";
import type { PolicyKind } from "./policy.ts";
import { PolicyError } from "./policy-error.ts";
import {
  castMember,
  HOME,
  listIn,
  objectIn,
  onlyFields,
  readJson,
  textIn,
} from "./testing/cases.ts";

const KINDS = [
  "identity",
  "resource",
  "key",
  "trust",
  "boundary",
  "session",
  "scp",
  "rcp",
] as const;

describe("a document is refused in AWS's words", () => {
  for (const fields of listIn(readJson("malformed.json")).map(objectIn)) {
    onlyFields(fields, [
      ..."name source kind document text bucket".split(" "),
      "message",
      "code",
      "fault",
    ]);
    test(textIn(fields["name"]), () => {
      const text = fields["text"] ?? JSON.stringify(fields["document"]);
      const error = refusal(textIn(text), kindIn(fields["kind"]), optionsFor(fields));
      assert.equal(error.message, fields["message"]);
      assert.equal(error.code, fields["code"]);
      if ("fault" in fields) assert.equal(error.kind, fields["fault"]);
    });
  }
});

describe("a document is accepted", () => {
  for (const fields of listIn(readJson("accepted.json")).map(objectIn)) {
    onlyFields(fields, ["name", "source", "kind", "document", "bucket"]);
    test(textIn(fields["name"]), () => {
      const text = JSON.stringify(fields["document"]);
      const policy = parsePolicy(text, kindIn(fields["kind"]), optionsFor(fields));
      assert.equal(policy.text, text);
    });
  }
});

test("a policy has at most so many statements and characters", () => {
  const statement = '{"Effect":"Allow","Action":"*","Resource":"*"}';
  const policy = (count: number) => `{"Statement":[${Array(count).fill(statement).join(",")}]}`;
  assert.equal(parsePolicy(policy(STATEMENTS_MAX), "identity").statements.length, STATEMENTS_MAX);
  assert.equal(refusal(policy(STATEMENTS_MAX + 1), "identity", {}).kind, "too-large");
  const long = `{"Statement":${statement}}`.padEnd(POLICY_CHARS_MAX, " ");
  assert.equal(parsePolicy(long, "identity").statements.length, 1);
  assert.equal(refusal(`${long} `, "identity", {}).kind, "too-large");
});

describe("a document is too large", () => {
  const statement = { Effect: "Allow", Principal: "*", Action: "*", Resource: "arn:aws:s3:::b/*" };
  const short = JSON.stringify({ Statement: statement });

  test("in a key policy of more than 32 KiB, with KMS's code", () => {
    assert.ok(parsePolicy(short.padEnd(32_768), "key"));
    const error = refusal(short.padEnd(32_769), "key", {});
    assert.deepEqual([error.kind, error.code], ["too-large", "LimitExceededException"]);
  });
  test("in a bucket policy of more than 20 KiB", () => {
    assert.ok(parsePolicy(short.padEnd(20_480), "resource"));
    const error = refusal(short.padEnd(20_481), "resource", {});
    assert.deepEqual([error.kind, error.code], ["too-large", "MalformedPolicy"]);
  });
  test("or too deep", () => {
    const deep = `{"Statement":${"[".repeat(2_000)}${"]".repeat(2_000)}}`;
    assert.equal(refusal(deep, "identity", {}).kind, "json");
  });
});

test("white space does not count towards a quota", () => {
  assert.equal(policySize('{ "Version" :\r\n\t"2012-10-17" }'), 24);
});

test("S3 is told which principal it was", () => {
  const group = `arn:aws:iam::${HOME}:group/g`;
  const statement = { Effect: "Allow", Principal: { AWS: group }, Action: "s3:*", Resource: "*" };
  const error = refusal(JSON.stringify({ Statement: statement }), "resource", {});
  assert.equal(error.detail, `"AWS" : "${group}"`);
});

describe("a name stands for whom it was bound to", () => {
  const alice = castMember("alice");
  assert.ok(alice.kind === "user");
  const text = JSON.stringify({
    Version: "2012-10-17",
    Statement: { Effect: "Allow", Principal: { AWS: alice.arn }, Action: "kms:*", Resource: "*" },
  });
  const allowed = (boundIds: ReadonlyMap<string, string>) =>
    decide(
      {
        principal: alice,
        action: "kms:Decrypt",
        resource: "*",
        resourceAccount: HOME,
        context: new Map(),
      },
      {
        identity: [],
        resource: { policy: parsePolicy(text, "key", { boundIds }), name: "default" },
        resourceKind: "kms-key",
      },
    ).allowed;

  test("while it is the same user", () =>
    assert.ok(allowed(new Map([[alice.arn, alice.uniqueId]]))));
  test("but not who came after under the same name", () =>
    assert.ok(!allowed(new Map([[alice.arn, "AIDAGONE000000000000X"]]))));
  test("a name that was not bound matches by itself", () => assert.ok(allowed(new Map())));
});

function refusal(text: string, kind: PolicyKind, options: ParseOptions): PolicyError {
  try {
    parsePolicy(text, kind, options);
  } catch (error) {
    assert.ok(error instanceof PolicyError);
    return error;
  }
  return assert.fail("the document was accepted");
}

function optionsFor(fields: Readonly<Record<string, unknown>>): ParseOptions {
  const bucket = fields["bucket"];
  return {
    version2012: fields["kind"] === "identity",
    ...(bucket === undefined ? {} : { bucket: textIn(bucket) }),
  };
}

function kindIn(json: unknown): PolicyKind {
  const kind = KINDS.find((one) => one === json);
  assert.ok(kind);
  return kind;
}
