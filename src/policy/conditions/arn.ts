/**
 * ArnEquals is ArnLike, in AWS too: six parts, each compared on its own with `*` and `?`; no
 * wildcard crosses one of the first five colons, and the sixth part may hold more of them.
 */
import type { ContextValues } from "../context.ts";
import { compilePattern, type Pattern, splitOutsideVariables } from "../pattern.ts";
import { never, type Operator } from "./operator.ts";

export const arnOperators: readonly Operator[] = [
  arnOperator("ArnEquals", { negated: false }),
  arnOperator("ArnNotEquals", { negated: true }),
  arnOperator("ArnLike", { negated: false }),
  arnOperator("ArnNotLike", { negated: true }),
];

function arnOperator(name: string, { negated }: { negated: boolean }): Operator {
  return {
    name,
    negated,
    compile(policyValue, { variables }) {
      const texts = splitOutsideVariables(policyValue, ":", 5);
      if (texts.length < 6) return never;
      const patterns = texts.map((text) => compilePattern(text, { variables, wildcards: true }));
      return (value, context) => {
        const parts = arnParts(value);
        if (parts === undefined) return false;
        const matched = allMatch(patterns, parts, context);
        return matched === undefined ? negated : matched !== negated;
      };
    },
  };
}

/** undefined when a variable has no value. */
function allMatch(
  patterns: readonly Pattern[],
  parts: readonly string[],
  context: ContextValues,
): boolean | undefined {
  let matched = true;
  for (const [i, pattern] of patterns.entries()) {
    const test = pattern.resolve(context);
    if (test === undefined) return undefined;
    matched &&= test(parts[i] ?? "");
  }
  return matched;
}

function arnParts(value: string): readonly string[] | undefined {
  if (!value.startsWith("arn:")) return undefined;
  const parts = value.split(":");
  return parts.length < 6 ? undefined : [...parts.slice(0, 5), parts.slice(5).join(":")];
}
