import assert from "node:assert/strict";
import { test } from "node:test";
import type { Input, OperationName, Output } from "./operation-types.ts";

type Equal<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

// The compiler is what runs these: each constant is a fact about a type.
const facts = {
  "an operation's name is its command's": true satisfies Equal<
    Extract<OperationName<"kms">, "CreateKey" | "$" | "CreateKeyy">,
    "CreateKey"
  >,
  "required members lose undefined at every depth": true satisfies Equal<
    Exclude<Input<"kms", "CreateKey">["Tags"], undefined>[number],
    { TagKey: string; TagValue: string }
  >,
  "a streamed body is no part of an input": true satisfies Equal<
    Extract<keyof Input<"s3", "PutObject">, "Body" | "Key">,
    "Key"
  >,
  "a streamed body goes out as bytes or a stream of them": true satisfies Equal<
    Exclude<Output<"s3", "GetObject">["Body"], undefined>,
    AsyncIterable<Uint8Array> | Uint8Array
  >,
  "the Expires of an object is the text that was sent": true satisfies Equal<
    Exclude<Input<"s3", "PutObject">["Expires"], undefined>,
    string
  >,
};

test("types of inputs and outputs are the SDK's, as handlers need them", () => {
  // @ts-expect-error a member of the wrong type
  const wrong: Output<"kms", "DescribeKey"> = { KeyMetadata: { KeyId: 5 } };
  // @ts-expect-error an unknown operation
  const unknown: Input<"kms", "CreateKeyy"> | string = "";
  assert.notEqual(wrong, unknown);
  assert.ok(Object.values(facts).every(Boolean));
});
