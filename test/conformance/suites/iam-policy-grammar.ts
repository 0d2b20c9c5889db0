/** What IAM says of a policy document that is none: the texts of CreatePolicy. */
import { describe, test } from "node:test";
import { type Deployment } from "../../support/deployment.ts";
import { fresh } from "../../support/names.ts";
import { refused } from "../../support/refusal.ts";

const good = { Sid: "a", Effect: "Allow", Action: "s3:Get*", Resource: "arn:aws:s3:::b/*" };
const of = (...Statement: object[]) => ({ Version: "2012-10-17", Statement });
const { Resource: _resource, ...noResource } = good;
const { Action: _action, ...noAction } = good;
const { Effect: _effect, ...noEffect } = good;

const syntax = "Syntax errors in policy.";
const legacy = "The policy failed legacy parsing";
const version = "Policy document must be version 2012-10-17 or greater.";
const vendor = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";

const refusedDocuments: [string, unknown, string][] = [
  ["text that is not JSON", "{nonsense", syntax],
  ["a list", [], syntax],
  ["a text", '"policy"', syntax],
  ["an unknown version", { ...of(good), Version: "2013-10-17" }, syntax],
  ["no statement", { Version: "2012-10-17" }, syntax],
  ["an empty list of statements", of(), syntax],
  ["a statement that is a text", { Version: "2012-10-17", Statement: "all" }, syntax],
  ["an unknown member at the top", { ...of(good), Extra: 1 }, syntax],
  ["an unknown member of a statement", of({ ...good, Extra: 1 }), syntax],
  ["no effect", of(noEffect), syntax],
  ["another effect", of({ ...good, Effect: "Perhaps" }), syntax],
  ["a number for a Sid", of({ ...good, Sid: 1 }), syntax],
  ["Action and NotAction", of({ ...good, NotAction: "s3:*" }), syntax],
  ["Resource and NotResource", of({ ...good, NotResource: "*" }), syntax],
  ["a number for an action", of({ ...good, Action: 1 }), syntax],
  ["a condition that is a text", of({ ...good, Condition: "x" }), syntax],
  ["an operator's value that is a text", of({ ...good, Condition: { StringEquals: "x" } }), syntax],
  ["an unknown operator", of({ ...good, Condition: { StringIs: { a: "b" } } }), syntax],
  ["no version", { Statement: [good] }, version],
  ["the old version", { ...of(good), Version: "2008-10-17" }, version],
  ["an effect in another case", of({ ...good, Effect: "allow" }), legacy],
  ["a resource of five parts", of({ ...good, Resource: "arn:aws:s3::b" }), legacy],
  ["a resource without a service", of({ ...good, Resource: "arn:aws::::b" }), legacy],
  [
    "a date that is none",
    of({ ...good, Condition: { DateLessThan: { "aws:CurrentTime": "soon" } } }),
    legacy,
  ],
  ["one Sid twice", of(good, good), "Statement IDs (SID) in a single policy must be unique."],
  [
    "a resource that is no ARN",
    of({ ...good, Resource: "bucket" }),
    'Resource bucket must be in ARN format or "*".',
  ],
  ["no action", of(noAction), "Policy statement must contain actions."],
  [
    "an empty list of actions",
    of({ ...good, Action: [] }),
    "Policy statement must contain actions.",
  ],
  ["an action without a service", of({ ...good, Action: "Get" }), vendor],
  ["an empty action", of({ ...good, Action: "" }), vendor],
  [
    "an action with two colons",
    of({ ...good, Action: "s3:Get:Object" }),
    "Actions/Condition can contain only one colon.",
  ],
  ["a service with a space", of({ ...good, Action: "a a:b" }), "Vendor a a is not valid"],
  ["no resource", of(noResource), "Policy statement must contain resources."],
  [
    "an empty list of resources",
    of({ ...good, Resource: [] }),
    "Policy statement must contain resources.",
  ],
  [
    "an unknown partition",
    of({ ...good, Resource: "arn:b:cadfsdf" }),
    'Partition "b" is not valid for resource "arn:b:cadfsdf:*:*:*".',
  ],
  [
    "an ARN that ends after its partition",
    of({ ...good, Resource: "arn:aws" }),
    "Resource vendor must be fully qualified and cannot contain regexes.",
  ],
  [
    "an IAM resource with a Region",
    of({ ...good, Action: "iam:*", Resource: "arn:aws:iam:us-east-1:123456789012:user/a" }),
    "IAM resource arn:aws:iam:us-east-1:123456789012:user/a cannot contain region information.",
  ],
  [
    "a principal",
    of({ ...good, Principal: "*" }),
    "Policy document should not specify a principal.",
  ],
];

const accepted: [string, unknown][] = [
  ["one statement that is no list", { Version: "2012-10-17", Statement: good }],
  ["an unknown service", of({ ...good, Action: "nonesuch:Do" })],
  ["a short ARN", of({ ...good, Resource: "arn:aws:fdsasf" })],
  ["an empty condition", of({ ...good, Condition: {} })],
  ["an operator without keys", of({ ...good, Condition: { StringIs: {} } })],
  ["NotAction and NotResource", of({ Effect: "Deny", NotAction: "s3:*", NotResource: "*" })],
];

export function iamPolicyGrammar(at: Deployment): void {
  const create = (document: unknown) =>
    at.root.iam.createPolicy({
      PolicyName: fresh("grammar"),
      PolicyDocument: typeof document === "string" ? document : JSON.stringify(document),
    });

  describe("IAM policy grammar", () => {
    for (const [name, document, message] of refusedDocuments) {
      test(`${name}: ${message}`, async () => {
        await refused(create(document), { code: "MalformedPolicyDocument", status: 400, message });
      });
    }
    for (const [name, document] of accepted) {
      test(`${name} is accepted`, async () => {
        await create(document);
      });
    }
  });
}
