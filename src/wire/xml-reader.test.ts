import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { modelOf } from "./model.ts";
import { parseXml } from "./xml-parser.ts";
import { readXml } from "./xml-reader.ts";

function read(operation: string, document: string) {
  const input = modelOf("s3").operations.get(operation)?.input;
  const payload = input?.members.find(({ place }) => place?.in === "payload")?.shape;
  assert.ok(payload?.kind === "structure");
  return readXml(payload, parseXml(Buffer.from(document)));
}

test("flattened lists, wrapped lists, attributes and scalars are read", () => {
  const tagging = "<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>";
  assert.deepEqual(read("PutBucketTagging", tagging), { TagSet: [{ Key: "k", Value: "v" }] });

  const deletion =
    "<Delete><Object><Key>a</Key></Object><Quiet>true</Quiet>" +
    "<Object><Key> b</Key><VersionId>null</VersionId></Object></Delete>";
  assert.deepEqual(read("DeleteObjects", deletion), {
    Objects: [{ Key: "a" }, { Key: " b", VersionId: "null" }],
    Quiet: true,
  });

  const policy =
    '<AccessControlPolicy xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><AccessControlList>' +
    '<Grant><Grantee i:type="CanonicalUser"><ID>x</ID></Grantee><Permission>READ</Permission></Grant>' +
    "</AccessControlList></AccessControlPolicy>";
  assert.deepEqual(read("PutBucketAcl", policy), {
    Grants: [{ Grantee: { Type: "CanonicalUser", ID: "x" }, Permission: "READ" }],
  });
});

test("unknown elements and members that are headers are ignored", () => {
  assert.deepEqual(read("DeleteObjects", "<Delete><Other><Key>x</Key></Other></Delete>"), {});
});

describe("what is not of the schema is MalformedXML", () => {
  const cases: Record<string, [string, string]> = {
    "a number that is none": [
      "PutBucketCors",
      "<C><CORSRule><MaxAgeSeconds>soon</MaxAgeSeconds></CORSRule></C>",
    ],
    "a boolean that is none": ["DeleteObjects", "<Delete><Quiet>maybe</Quiet></Delete>"],
    "a value twice": ["DeleteObjects", "<Delete><Quiet>true</Quiet><Quiet>true</Quiet></Delete>"],
    "elements in a scalar": ["DeleteObjects", "<Delete><Object><Key><b/></Key></Object></Delete>"],
  };
  for (const [name, [operation, document]] of Object.entries(cases)) {
    test(name, () => assert.throws(() => read(operation, document), { code: "MalformedXML" }));
  }
});
