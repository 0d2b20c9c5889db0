import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parsePolicy } from "./parse-policy.ts";
import { mayEnterRestrictedBucket, policyStatus } from "./policy-status.ts";
import { castMember, HOME } from "./testing/cases.ts";

const OWNER = `arn:aws:iam::${HOME}:root`;

const base = {
  Effect: "Allow",
  Principal: "*",
  Action: "s3:GetObject",
  Resource: "arn:aws:s3:::b/*",
};

function status(...statements: readonly object[]) {
  const text = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  return policyStatus(parsePolicy(text, "resource"));
}

describe("a bucket policy is public", () => {
  const cases: Record<string, object> = {
    "to everyone": {},
    "to AWS *": { Principal: { AWS: "*" } },
    "to * among others": { Principal: { AWS: [OWNER, "*"] } },
    "to all but one": { Principal: undefined, NotPrincipal: { AWS: OWNER } },
    "under a condition on something else": {
      Condition: { Bool: { "aws:SecureTransport": "true" } },
    },
    "under a wildcard value": { Condition: { StringLike: { "aws:PrincipalOrgID": "o-*" } } },
    "under a policy variable": {
      Condition: { StringEquals: { "aws:SourceVpc": "${aws:PrincipalTag/vpc}" } },
    },
    "from a block wider than /8": { Condition: { IpAddress: { "aws:SourceIp": "0.0.0.0/1" } } },
    "from an IPv6 block wider than /32": {
      Condition: { IpAddress: { "aws:SourceIp": "2000::/3" } },
    },
    "from one narrow block and the world": {
      Condition: { IpAddress: { "aws:SourceIp": ["203.0.113.0/24", "0.0.0.0/0"] } },
    },
    "outside of an address": { Condition: { NotIpAddress: { "aws:SourceIp": "203.0.113.0/24" } } },
    "to all but one account": {
      Condition: { StringNotEquals: { "aws:PrincipalAccount": HOME } },
    },
    "under a condition that holds without the key": {
      Condition: { StringEqualsIfExists: { "aws:SourceVpce": "vpce-1" } },
    },
    "under a condition that holds for no values": {
      Condition: { "ForAllValues:StringEquals": { "aws:PrincipalOrgPaths": "o-1/r-1/" } },
    },
    "to every session of some role": {
      Condition: { StringLike: { "aws:userid": "AROAEXAMPLE0000000000:*" } },
    },
    "to any account's access points": {
      Condition: { ArnLike: { "s3:DataAccessPointArn": "arn:aws:s3:us-east-1:*:accesspoint/*" } },
    },
  };
  for (const [name, change] of Object.entries(cases)) {
    test(name, () => assert.equal(status({ ...base, ...change }).isPublic, true));
  }
});

describe("a bucket policy is not public", () => {
  const cases: Record<string, object> = {
    "to an account": { Principal: { AWS: OWNER } },
    "to a role of another account": { Principal: { AWS: "arn:aws:iam::999888777666:role/R" } },
    "to a service": { Principal: { Service: "cloudtrail.amazonaws.com" } },
    "denying everyone": { Effect: "Deny" },
    "within an organization": { Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } },
    "within an account": { Condition: { StringEquals: { "AWS:PrincipalAccount": HOME } } },
    "from an endpoint": { Condition: { StringEquals: { "aws:SourceVpce": ["vpce-1", "vpce-2"] } } },
    "from a block": { Condition: { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } } },
    "from an address": { Condition: { IpAddress: { "aws:SourceIp": "2001:db8::1" } } },
    "from a source": { Condition: { ArnEquals: { "aws:SourceArn": "arn:aws:sns:us-east-1:1:t" } } },
    "to one account's access points": {
      Condition: {
        ArnLike: { "s3:DataAccessPointArn": `arn:aws:s3:us-east-1:${HOME}:accesspoint/*` },
      },
    },
    "to one account's roles": {
      Condition: { ArnLike: { "aws:PrincipalArn": `arn:aws:iam::${HOME}:role/*` } },
    },
    "to services only": { Condition: { Bool: { "aws:PrincipalIsAWSService": "true" } } },
    "to a fixed user id": {
      Condition: { StringEquals: { "aws:userid": "AIDAEXAMPLE0000000000" } },
    },
  };
  for (const [name, change] of Object.entries(cases)) {
    test(name, () => assert.equal(status({ ...base, ...change }).isPublic, false));
  }
});

test("the statements that make a policy public are told", () => {
  const narrow = { ...base, Condition: { StringEquals: { "aws:SourceVpc": "vpc-1" } } };
  assert.deepEqual(status(narrow, base, narrow, base).publicStatements, [1, 3]);
});

test("a restricted bucket lets in its own account and services", () => {
  const who = ["root", "alice", "app", "partner", "partner-root", "anonymous", "cloudtrail"];
  const entering = who.filter((name) => mayEnterRestrictedBucket(castMember(name), HOME));
  assert.deepEqual(entering, ["root", "alice", "app", "cloudtrail"]);
});
