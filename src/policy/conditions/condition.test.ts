import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decide } from "../decide.ts";
import { bruteForce } from "../testing/brute-force.ts";
import {
  castMember,
  compilePolicies,
  type DocumentPolicies,
  HOME,
  listIn,
  objectIn,
  onlyFields,
  readJson,
  textIn,
  textsIn,
} from "../testing/cases.ts";

describe("a condition holds", () => {
  for (const fields of listIn(readJson("conditions.json")).map(objectIn)) {
    onlyFields(fields, ["name", "source", "version", "condition", "context", "holds"]);
    test(textIn(fields["name"]), () => {
      const context = Object.entries(objectIn(fields["context"]));
      const request = {
        principal: castMember("alice"),
        action: "x:Do",
        resource: "*",
        resourceAccount: HOME,
        context: new Map(context.map(([key, value]) => [key.toLowerCase(), textsIn(value)])),
      };
      const policies = allowingOn(fields["condition"], fields["version"] ?? "2012-10-17");
      assert.equal(decide(request, compilePolicies(policies)).allowed, fields["holds"]);
      const allowed = bruteForce(request, policies) === "allowed";
      assert.equal(allowed, fields["holds"], "so say the rules told plainly");
    });
  }
});

function allowingOn(condition: unknown, version: unknown): DocumentPolicies {
  const statement = { Effect: "Allow", Action: "x:Do", Resource: "*", Condition: condition };
  return {
    identity: [{ Version: version, Statement: [statement] }],
    boundary: undefined,
    session: undefined,
    scps: undefined,
    rcps: undefined,
    resource: undefined,
    resourceKind: "none",
    grants: undefined,
    acl: undefined,
  };
}
