import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decide } from "./decide.ts";
import { parsePolicy } from "./parse-policy.ts";
import { type DenialWording, renderDenial } from "./render-denial.ts";
import {
  castMember,
  compilePolicies,
  documentPolicies,
  HOME,
  listIn,
  objectIn,
  onlyFields,
  readJson,
  requestOf,
  textIn,
} from "./testing/cases.ts";

describe("a denial reads as AWS's", () => {
  for (const fields of listIn(readJson("denials.json")).map(objectIn)) {
    onlyFields(fields, ["name", "source", "request", "policies", "wording", "message"]);
    test(textIn(fields["name"]), () => {
      const policies = compilePolicies(documentPolicies(objectIn(fields["policies"])));
      const decision = decide(requestOf(objectIn(fields["request"])), policies);
      assert.equal(decision.allowed, false);
      assert.equal(
        renderDenial(decision, wordingIn(objectIn(fields["wording"]))),
        fields["message"],
      );
    });
  }
});

test("an inline policy has no ARN to name", () => {
  const text = '{"Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}';
  const decision = decide(
    {
      principal: castMember("alice"),
      action: "iam:GetUser",
      resource: "*",
      resourceAccount: HOME,
      context: new Map(),
    },
    {
      identity: [{ policy: parsePolicy(text, "identity"), name: "inline" }],
      resourceKind: "none",
    },
  );
  assert.ok(
    renderDenial(decision, { service: "iam" }).endsWith(
      "with an explicit deny in an identity-based policy",
    ),
  );
});

function wordingIn(fields: Readonly<Record<string, unknown>>): DenialWording {
  onlyFields(fields, ["service", "resource"]);
  const service = (["s3", "kms", "iam", "sts", "cloudtrail"] as const).find(
    (one) => one === fields["service"],
  );
  assert.ok(service);
  const resource = (["named", "this", "ciphertext"] as const).find(
    (one) => one === fields["resource"],
  );
  return { service, ...(resource && { resource }) };
}
