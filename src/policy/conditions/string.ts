/** StringEquals, StringLike and their kin. Only the Like operators know wildcards. */
import { compilePattern } from "../pattern.ts";
import type { Operator } from "./operator.ts";

interface Comparison {
  readonly negated?: true;
  readonly wildcards?: true;
  readonly ignoreCase?: true;
}

export const stringOperators: readonly Operator[] = [
  stringOperator("StringEquals", {}),
  stringOperator("StringNotEquals", { negated: true }),
  stringOperator("StringEqualsIgnoreCase", { ignoreCase: true }),
  stringOperator("StringNotEqualsIgnoreCase", { ignoreCase: true, negated: true }),
  stringOperator("StringLike", { wildcards: true }),
  stringOperator("StringNotLike", { wildcards: true, negated: true }),
];

function stringOperator(name: string, comparison: Comparison): Operator {
  const negated = comparison.negated === true;
  const foldCase = comparison.ignoreCase === true;
  const wildcards = comparison.wildcards === true;
  return {
    name,
    negated,
    compile(policyValue, { variables }) {
      const pattern = compilePattern(policyValue, { variables, wildcards, foldCase });
      return (value, context) => {
        const test = pattern.resolve(context);
        if (test === undefined) return negated;
        return test(foldCase ? value.toLowerCase() : value) !== negated;
      };
    },
  };
}
