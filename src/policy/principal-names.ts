/** The principals that a policy names, for the services that must know whether they exist. */
import type { Policy } from "./policy.ts";
import type { PrincipalReference } from "./principal-element.ts";

/** Each principal once, in the order of the document. */
export function principalReferences({ statements }: Policy): readonly PrincipalReference[] {
  const found = new Map<string, PrincipalReference>();
  for (const { principals } of statements) {
    for (const reference of principals?.references ?? []) {
      found.set(`${reference.type} ${reference.value}`, reference);
    }
  }
  return [...found.values()];
}

/**
 * The policy's text as AWS shows it after principals were deleted: their unique ids in place of
 * their ARNs, in Principal and NotPrincipal only. All else stays byte for byte.
 */
export function renderWithUniqueIds({ text }: Policy, gone: ReadonlyMap<string, string>): string {
  return text.replaceAll(/"(?:Not)?Principal"\s*:\s*\{[^{}]*\}/g, (element) =>
    element.replaceAll(/"(arn:[^"]*)"/g, (quoted, arn: string) => {
      const uniqueId = gone.get(arn);
      return uniqueId === undefined ? quoted : `"${uniqueId}"`;
    }),
  );
}
