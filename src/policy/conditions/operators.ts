/** Every condition operator that compares values. `Null` asks whether there are any: condition.ts. */
import { arnOperators } from "./arn.ts";
import { binaryOperator } from "./binary.ts";
import { boolOperator } from "./bool.ts";
import { dateOperators } from "./date.ts";
import { ipAddressOperators } from "./ip-address.ts";
import { numericOperators } from "./numeric.ts";
import type { Operator } from "./operator.ts";
import { stringOperators } from "./string.ts";

const all: readonly Operator[] = [
  ...stringOperators,
  ...numericOperators,
  ...dateOperators,
  boolOperator,
  binaryOperator,
  ...ipAddressOperators,
  ...arnOperators,
];

/** By AWS's exact name: operator names know case. */
export const operators: ReadonlyMap<string, Operator> = new Map(all.map((one) => [one.name, one]));
