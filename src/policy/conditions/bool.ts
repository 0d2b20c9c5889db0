/** Bool: `true` and `false`, without regard to case. */
import { compilePattern } from "../pattern.ts";
import type { Operator } from "./operator.ts";

export const boolOperator: Operator = {
  name: "Bool",
  negated: false,
  compile(policyValue, { variables }) {
    const pattern = compilePattern(policyValue, { variables, wildcards: false, foldCase: true });
    return (value, context) => {
      const asked = value.toLowerCase();
      return (asked === "true" || asked === "false") && pattern.resolve(context)?.(asked) === true;
    };
  },
};
