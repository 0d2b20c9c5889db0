import type { ContextValues } from "../context.ts";

/** Whether one value of the request satisfies one value of the policy. */
export type ValueTest = (value: string, context: ContextValues) => boolean;

/**
 * A condition operator over one pair of values. How pairs combine (any of a key's values, none of
 * them for a negated operator, set operators, missing keys) is the same for all: `condition.ts`.
 *
 * What cannot be compared (a word with a number, a name with an ARN) satisfies neither an operator
 * nor its negation; a variable without a value satisfies the negation.
 */
export interface Operator {
  readonly name: string;
  readonly negated: boolean;
  compile(policyValue: string, options: { readonly variables: boolean }): ValueTest;
}

export const never: ValueTest = () => false;
