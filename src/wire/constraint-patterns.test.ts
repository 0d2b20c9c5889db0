/** Every pattern of the models is run on hostile input: none may take more than linear time. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runnablePattern } from "./constraint-check.ts";
import { modelOf } from "./model.ts";
import type { Constraints, Shape, StructureShape } from "./shape.ts";

const LONG = 5000;
const BUDGET_MS = 5;

/** What the patterns are made of, alone and in turns. */
const PIECES = [
  ...Array.from("aA0-_/.:= \né"),
  "a-",
  "a.",
  "a/",
  "/a",
  "a0",
  "0-",
  "aA0",
  "a:",
  "-a-",
  "//",
  "..",
  "a\n",
  "\u{10000}",
];
const STARTS = [
  "",
  "/",
  "arn:",
  "arn:aws:",
  "arn:aws:kms:us-east-1:123456789012:key/",
  "https://",
  "http://",
  "https://a?",
  "s3://a",
  "o-aaaaaaaaaa/r-aaaa",
  "com.amazonaws.vpce.",
  "cluster-",
  "us-",
  "us-east-",
  "/a/kms/xks/v1",
  "v1.",
  "p-aaaaaaaa",
];
/** An end that no pattern allows, so that a matcher must give up everything it tried. */
const END = "\u0000";

const inputs = new Map<number, readonly string[]>();

function inputsOf(length: number): readonly string[] {
  const known = inputs.get(length);
  if (known) return known;
  const made = STARTS.flatMap((start) =>
    PIECES.map((piece) => {
      const middle = piece.repeat(Math.ceil(length / piece.length));
      return (start + middle).slice(0, Math.max(0, length - END.length)) + END;
    }),
  );
  inputs.set(length, made);
  return made;
}

/** An input that the pattern takes too long for, among those that a member could hand to it. */
function slowInput(constraints: Constraints, long = LONG): string | undefined {
  const expression = runnablePattern(constraints);
  const length = Math.min(constraints.max ?? long, long);
  return inputsOf(length).find((input) => fastestMs(expression, input) > BUDGET_MS);
}

/** A pause of the machine is no pattern's fault: the best of a few counts. */
function fastestMs(expression: RegExp, input: string): number {
  let fastest = Infinity;
  for (let attempt = 0; attempt < 5 && fastest > BUDGET_MS; attempt++) {
    const began = performance.now();
    expression.test(input);
    fastest = Math.min(fastest, performance.now() - began);
  }
  return fastest;
}

function patternsOf(structure: StructureShape, found: Map<string, Constraints>, seen: Set<object>) {
  if (seen.has(structure)) return;
  seen.add(structure);
  for (const { shape } of structure.members) visit(shape, found, seen);
}

function visit(shape: Shape, found: Map<string, Constraints>, seen: Set<object>): void {
  if (shape.pattern !== undefined) {
    const known = found.get(shape.pattern);
    // The longest input that any member lets through to the pattern is the one to try.
    if (!known || (shape.max ?? Infinity) > (known.max ?? Infinity))
      found.set(shape.pattern, shape);
  }
  if (shape.kind === "list" || shape.kind === "map") visit(shape.item, found, seen);
  if (shape.kind === "map") visit(shape.key, found, seen);
  if (shape.kind === "structure") patternsOf(shape, found, seen);
}

const patterns = new Map<string, Constraints>();
for (const service of ["kms", "iam", "sts", "cloudtrail", "s3"] as const) {
  const seen = new Set<object>();
  for (const { input } of modelOf(service).operations.values()) {
    if (input) patternsOf(input, patterns, seen);
  }
}

test("the models have patterns", () => {
  assert.ok(patterns.size > 50);
});

describe("a pattern takes linear time on hostile input", () => {
  for (const [pattern, constraints] of patterns) {
    test(pattern, () => assert.equal(slowInput(constraints), undefined));
  }
});

test("a pattern that backtracks is found out", () => {
  assert.notEqual(slowInput({ pattern: "a*a*-" }), undefined);
  assert.notEqual(slowInput({ pattern: "([a0]+)+-" }, 24), undefined);
});

test("a pattern is for the whole value", () => {
  assert.equal(runnablePattern({ pattern: "[a-z]+" }).test("abc!"), false);
  assert.equal(runnablePattern({ pattern: "a|b" }).test("ab"), false);
  assert.equal(runnablePattern({ pattern: "(?s).*", safePattern: "[^]*" }).test("a\nb"), true);
});
