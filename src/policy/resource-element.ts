/**
 * Resource and NotResource: ARNs, compared with case, in which `*` spans `:` and `/` too.
 * Variables are expanded after the ARN's fifth colon.
 */
import type { ContextValues } from "./context.ts";
import { compilePattern, type Pattern, splitOutsideVariables } from "./pattern.ts";

export interface ResourceElement {
  readonly values: readonly string[];
  readonly inverted: boolean;
  readonly covers: (resource: string, context: ContextValues) => boolean;
}

export function compileResources(
  values: readonly string[],
  { inverted, variables }: { inverted: boolean; variables: boolean },
): ResourceElement {
  const patterns = values.map((value) => resourcePattern(value, { variables }));
  // A variable without a value matches no resource; in NotResource it excludes none.
  const listed = (resource: string, context: ContextValues) =>
    patterns.some((pattern) => pattern.resolve(context)?.(resource) === true);
  return {
    values,
    inverted,
    covers: inverted ? (resource, context) => !listed(resource, context) : listed,
  };
}

function resourcePattern(value: string, { variables }: { variables: boolean }): Pattern {
  const parts = splitOutsideVariables(value, ":", 5);
  if (value === "*" || parts.length === 6) {
    const inLastPart = variables && !parts.slice(0, 5).some((part) => part.includes("${"));
    return compilePattern(value, { wildcards: true, variables: inLastPart });
  }
  // AWS accepts short ARNs and reads what is missing as `*`.
  const padded = [...parts, ...Array.from({ length: 6 - parts.length }, () => "*")].join(":");
  return compilePattern(padded, { wildcards: true, variables: false });
}
