/** NumericEquals, NumericLessThan and their kin, over integers and decimals. */
import { never, type Operator } from "./operator.ts";

type Comparison = (value: number, bound: number) => boolean;

export const numericOperators: readonly Operator[] = [
  numericOperator("NumericEquals", (value, bound) => value === bound),
  { ...numericOperator("NumericNotEquals", (value, bound) => value !== bound), negated: true },
  numericOperator("NumericLessThan", (value, bound) => value < bound),
  numericOperator("NumericLessThanEquals", (value, bound) => value <= bound),
  numericOperator("NumericGreaterThan", (value, bound) => value > bound),
  numericOperator("NumericGreaterThanEquals", (value, bound) => value >= bound),
];

function numericOperator(name: string, holds: Comparison): Operator {
  return {
    name,
    negated: false,
    compile(policyValue) {
      const bound = parseNumber(policyValue);
      if (bound === undefined) return never;
      return (value) => {
        const number = parseNumber(value);
        return number !== undefined && holds(number, bound);
      };
    },
  };
}

function parseNumber(text: string): number | undefined {
  return /^[+-]?\d{1,30}(\.\d{1,30})?$/.test(text) ? Number(text) : undefined;
}
