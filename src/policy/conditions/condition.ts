/**
 * One operator on one key: `"ForAnyValue:StringLike": { "aws:TagKeys": ["team", "cost*"] }`.
 *
 *     no set operator   some value of the request matches some value of the policy;
 *                       negated: none matches any. Missing key: false; negated: true
 *     …IfExists         as without, but true when the key is missing
 *     ForAllValues      every value of the request matches some (negated: none) of the policy's;
 *                       true when the key is missing, empty or only an empty string
 *     ForAnyValue       some value of the request does; false when the key is missing or empty
 *     Null              "true": the key is missing; "false": it is there
 */
import type { ContextValues } from "../context.ts";
import type { Operator, ValueTest } from "./operator.ts";
import { operators } from "./operators.ts";

export interface Condition {
  /** As written: `ForAllValues:StringEqualsIfExists`. */
  readonly operator: string;
  /** As written; `aws:PrincipalTag/Team` is also found under another case. */
  readonly key: string;
  readonly values: readonly string[];
  readonly holds: (context: ContextValues) => boolean;
}

interface OperatorName {
  readonly quantifier: "ForAllValues" | "ForAnyValue" | undefined;
  readonly operator: Operator | "Null";
  readonly ifExists: boolean;
}

type Values = readonly string[];

/** Reads an operator's name; undefined when AWS knows no such operator. */
export function parseOperatorName(text: string): OperatorName | undefined {
  if (text === "Null") return { quantifier: undefined, operator: "Null", ifExists: false };
  const found = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/.exec(text);
  const operator = operators.get(found?.[2] ?? "");
  if (operator === undefined) return undefined;
  return {
    quantifier: found?.[1] === undefined ? undefined : quantifierOf(found[1]),
    operator,
    ifExists: found?.[3] !== undefined,
  };
}

export function compileCondition(
  name: OperatorName,
  written: { readonly operator: string; readonly key: string; readonly values: Values },
  options: { readonly variables: boolean },
): Condition {
  const key = written.key.toLowerCase();
  const test = testOf(name, written.values, options);
  return { ...written, holds: (context) => test(context.get(key), context) };
}

function testOf(
  { quantifier, operator, ifExists }: OperatorName,
  policyValues: Values,
  options: { readonly variables: boolean },
): (values: Values | undefined, context: ContextValues) => boolean {
  if (operator === "Null") return nullTest(policyValues);
  const matches = pairTest(operator, policyValues, options);
  const some = someValue(matches);
  const every = everyValue(matches);
  if (quantifier === "ForAllValues") {
    return (values = [], context) => isVacuous(values) || every(values, context);
  }
  if (quantifier === "ForAnyValue") {
    return (values = [], context) => (values.length === 0 ? ifExists : some(values, context));
  }
  const whenMissing = ifExists || operator.negated;
  const many = operator.negated ? every : some;
  return (values = [], context) => (values.length === 0 ? whenMissing : many(values, context));
}

/** AWS: what holds for all values holds for none, and for a single empty one. */
function isVacuous(values: Values): boolean {
  return values.length === 0 || (values.length === 1 && values[0] === "");
}

/** One value of the request against all of the policy's: any of them, or for a negation none. */
function pairTest(
  operator: Operator,
  policyValues: Values,
  options: { readonly variables: boolean },
): ValueTest {
  const tests = policyValues.map((value) => operator.compile(value, options));
  const [only] = tests;
  if (tests.length === 1 && only !== undefined) return only;
  return operator.negated
    ? (value, context) => tests.every((test) => test(value, context))
    : (value, context) => tests.some((test) => test(value, context));
}

function someValue(matches: ValueTest) {
  return (values: Values, context: ContextValues) =>
    values.some((value) => matches(value, context));
}

function everyValue(matches: ValueTest) {
  return (values: Values, context: ContextValues) =>
    values.every((value) => matches(value, context));
}

function nullTest(policyValues: Values) {
  const isTrue = policyValues.some((value) => value.toLowerCase() === "true");
  const isFalse = policyValues.some((value) => value.toLowerCase() === "false");
  return (values: Values | undefined) =>
    values === undefined || values.length === 0 ? isTrue : isFalse;
}

function quantifierOf(text: string): "ForAllValues" | "ForAnyValue" {
  return text === "ForAllValues" ? "ForAllValues" : "ForAnyValue";
}
