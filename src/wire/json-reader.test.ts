import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readJson } from "./json-reader.ts";
import { modelOf } from "./model.ts";

const input = (operation: string) => modelOf("kms").operations.get(operation)?.input;
const read = (operation: string, body: string) => readJson(input(operation), Buffer.from(body));

test("members of the model are read and others ignored", () => {
  const body = '{"KeyId":"k","Plaintext":"YWJj","EncryptionContext":{"a":"b"},"Other":{"x":1}}';
  assert.deepEqual(read("Encrypt", body), {
    KeyId: "k",
    Plaintext: Buffer.from("abc"),
    EncryptionContext: { a: "b" },
  });
});

test("null is absent, in structures and in maps", () => {
  const body = '{"KeyId":null,"EncryptionContext":{"a":null,"b":"c"}}';
  assert.deepEqual(read("Encrypt", body), { EncryptionContext: { b: "c" } });
});

test("a map keeps a key that objects inherit from", () => {
  const { EncryptionContext: context } = read("Encrypt", '{"EncryptionContext":{"__proto__":"x"}}');
  assert.deepEqual(Object.entries(context ?? {}), [["__proto__", "x"]]);
});

test("no body is an empty input", () => {
  assert.deepEqual(readJson(input("ListKeys"), undefined), {});
  assert.deepEqual(read("ListKeys", ""), {});
});

test("a number is cut to a whole one, as AWS does", () => {
  assert.deepEqual(read("ListKeys", '{"Limit":7.9}'), { Limit: 7 });
});

describe("what is not of the shape is a SerializationException", () => {
  const cases = [
    ["Encrypt", "{", ""],
    ["Encrypt", "", undefined],
    ["Encrypt", "[]", "Start of list found where not expected"],
    ["Encrypt", '"x"', "Unexpected field type"],
    ["Encrypt", '{"KeyId":5}', "NUMBER_VALUE cannot be converted to String"],
    ["Encrypt", '{"KeyId":true}', "TRUE_VALUE cannot be converted to String"],
    ["Encrypt", '{"KeyId":["k"]}', "Start of list found where not expected"],
    ["Encrypt", '{"KeyId":{}}', "Start of structure or map found where not expected."],
    ["Encrypt", '{"Plaintext":"***"}', "STRING_VALUE cannot be converted to Blob"],
    ["Encrypt", '{"GrantTokens":"t"}', "Unexpected field type"],
    ["Encrypt", '{"GrantTokens":[1]}', "NUMBER_VALUE cannot be converted to String"],
    ["Encrypt", '{"EncryptionContext":[]}', "Start of list found where not expected"],
    ["Encrypt", '{"DryRun":"true"}', "STRING_VALUE cannot be converted to Boolean"],
    ["ListKeys", '{"Limit":"5"}', "STRING_VALUE cannot be converted to Integer"],
    ["ListKeys", '{"Limit":1e999}', "NUMBER_VALUE cannot be converted to Integer"],
    ["ImportKeyMaterial", '{"ValidTo":"soon"}', "STRING_VALUE cannot be converted to Timestamp"],
    ["CreateKey", '{"Tags":[{"TagKey":1}]}', "NUMBER_VALUE cannot be converted to String"],
  ] as const;
  for (const [operation, body, message] of cases) {
    test(`${operation} ${body}`, () => {
      if (message === undefined) return assert.deepEqual(read(operation, body), {});
      return assert.throws(() => read(operation, body), {
        code: "SerializationException",
        status: 400,
        message,
      });
    });
  }
});

test("depth costs nothing: a document is read only as deep as its shape", () => {
  const deep = `{"KeyId":"k","Other":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
  assert.deepEqual(read("Encrypt", deep), { KeyId: "k" });
});
