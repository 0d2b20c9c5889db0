import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Policies } from "./access-request.ts";
import { decide } from "./decide.ts";
import type { Decision } from "./decision.ts";
import { scenario } from "./testing/arbitrary.ts";
import { compilePolicies, documentPolicies, requestOf } from "./testing/cases.ts";

const request = requestOf({
  principal: "app",
  action: "s3:PutObject",
  resource: "arn:aws:s3:::b/k",
  context: { "s3:x-amz-server-side-encryption": "AES256" },
});

function deciding(policies: Readonly<Record<string, unknown>>): Decision {
  return decide(request, compiled(policies));
}

function compiled(policies: Readonly<Record<string, unknown>>): Policies {
  return compilePolicies(documentPolicies({ resourceKind: "s3-bucket", ...policies }));
}

describe("an explanation", () => {
  test("says which elements did not match", () => {
    const { policies } = deciding({
      identity: [
        {
          Version: "2012-10-17",
          Statement: [
            { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*" },
            { Effect: "Allow", Action: "s3:PutObject", Resource: "arn:aws:s3:::c/*" },
            { Sid: "Both", Effect: "Allow", NotAction: "s3:*", NotResource: "arn:aws:s3:::b/*" },
          ],
        },
      ],
    }).explain();
    const failed = policies[0]?.statements.map((statement) => statement.failed);
    assert.deepEqual(failed, [["action"], ["resource"], ["action", "resource"]]);
    assert.equal(policies[0]?.outcome, "nothing");
    assert.equal(policies[0]?.statements[2]?.sid, "Both");
  });

  test("shows each condition with the values on both sides", () => {
    const { policies } = deciding({ resource: "document-bucket-policy" }).explain();
    assert.deepEqual(policies[0]?.statements[0]?.conditions, [
      {
        operator: "StringNotEquals",
        key: "s3:x-amz-server-side-encryption",
        policyValues: ["aws:kms"],
        requestValues: ["AES256"],
        matched: true,
      },
    ]);
    assert.equal(policies[0]?.statements[1]?.conditions[0]?.requestValues, undefined);
  });

  test("says how a statement names the caller", () => {
    const statement = (principal: unknown) => ({
      Effect: "Allow",
      Principal: principal,
      Action: "s3:PutObject",
      Resource: "arn:aws:s3:::b/*",
    });
    const account = "arn:aws:iam::123456789012:root";
    const { policies } = deciding({
      resource: {
        Version: "2012-10-17",
        Statement: [
          statement("*"),
          statement({ AWS: [account, "arn:aws:iam::123456789012:role/AppServerRole"] }),
          statement({ AWS: "arn:aws:iam::123456789012:role/Other" }),
        ],
      },
    }).explain();
    const names = policies[0]?.statements.map((one) => one.names);
    assert.deepEqual(names, [["everyone"], ["issuer", "account"], []]);
    assert.deepEqual(policies[0]?.statements[2]?.failed, ["principal"]);
  });

  test("has every policy in the order of evaluation, with its side and name", () => {
    const { policies, grants } = deciding({
      identity: ["allow-s3", "allow-ec2"],
      boundary: "allow-s3",
      session: ["allow-s3"],
      scps: [["allow-all"]],
      rcps: [["rcp-full-access"]],
      resource: "lab-bucket-policy",
      grants: [{ grantId: "g", issuingAccount: "123456789012" }],
    }).explain();
    assert.deepEqual(
      policies.map(({ side, name }) => `${side} ${name}`),
      [
        "rcp rcp-0",
        "scp scp-0",
        "resource resource-0",
        "identity identity-0",
        "identity identity-1",
        "boundary boundary-0",
        "session session-0",
      ],
    );
    assert.deepEqual(grants, ["g"]);
  });
});

test("an explanation tells of a deny exactly when there is one", () => {
  fc.assert(
    fc.property(scenario, ([asked, documents]) => {
      const decision = decide(asked, compilePolicies(documents));
      const denies = decision.explain().policies.some(({ outcome }) => outcome === "deny");
      assert.equal(denies, decision.reason.kind === "explicit-deny");
    }),
    { numRuns: 1_000 },
  );
});

test("an explicit deny names the policy and the statement", () => {
  const { reason } = deciding({
    identity: ["allow-all", { Effect: "Deny", Action: "s3:Put*", Resource: "*" }],
  });
  assert.ok(reason.kind === "explicit-deny");
  assert.deepEqual(
    [reason.by, reason.policy.name, reason.statement],
    ["identity", "identity-1", 0],
  );
});
