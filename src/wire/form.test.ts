import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseForm } from "./form.ts";
import { readForm } from "./form-reader.ts";
import { modelOf } from "./model.ts";

const read = (service: "iam" | "sts", operation: string, form: string) =>
  readForm(modelOf(service).operations.get(operation)?.input, parseForm(form));

test("lists, structures in lists and scalars are read by their names", () => {
  const form =
    "RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr&RoleSessionName=a+b&DurationSeconds=900" +
    "&Tags.member.1.Key=k&Tags.member.1.Value=v&Tags.member.2.Key=k2&Tags.member.2.Value=" +
    "&PolicyArns.member.1.arn=p&TransitiveTagKeys.member.1=k";
  assert.deepEqual(read("sts", "AssumeRole", form), {
    RoleArn: "arn:aws:iam::1:role/r",
    RoleSessionName: "a b",
    DurationSeconds: 900,
    Tags: [
      { Key: "k", Value: "v" },
      { Key: "k2", Value: "" },
    ],
    PolicyArns: [{ arn: "p" }],
    TransitiveTagKeys: ["k"],
  });
});

test("members of a list stand in the order of their numbers, gaps close up", () => {
  const form = "ActionNames.member.10=c&ActionNames.member.2=b&ActionNames.member.1=a";
  assert.deepEqual(read("iam", "SimulateCustomPolicy", form), { ActionNames: ["a", "b", "c"] });
});

test("an empty list is a name without members", () => {
  assert.deepEqual(read("sts", "AssumeRole", "Tags="), { Tags: [] });
});

test("of a repeated name the first value counts", () => {
  assert.deepEqual(read("sts", "AssumeRole", "RoleArn=a&RoleArn=b"), { RoleArn: "a" });
});

test("a name's text comes back as it was encoded", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const form = `UserName=${encodeURIComponent(text.toWellFormed())}`;
      assert.deepEqual(read("iam", "GetUser", form), { UserName: text.toWellFormed() });
    }),
  );
});

test("text that is no value of its member's kind is MalformedInput", () => {
  assert.throws(() => read("sts", "AssumeRole", "DurationSeconds=soon"), {
    code: "MalformedInput",
    message: "Invalid value 'soon' for DurationSeconds",
  });
});

test("a form that is broken, too deep or too wide is MalformedQueryString", () => {
  const forms = ["a=%", "a=%ff", "a.".repeat(33), "a=1&".repeat(20_001)];
  for (const form of forms) assert.throws(() => parseForm(form), { code: "MalformedQueryString" });
  assert.ok(parseForm("a=1&".repeat(20_000)));
});
