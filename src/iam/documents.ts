/** Policy documents on their way in and out. */
import { type ParseOptions, parsePolicy, type Policy, type PolicyKind } from "../policy/index.ts";
import { malformedPolicy } from "./errors.ts";

/** Throws MalformedPolicyDocument. */
export function checkedPolicy(text: string, kind: PolicyKind, options?: ParseOptions): Policy {
  try {
    return parsePolicy(text, kind, options);
  } catch (error) {
    throw malformedPolicy(error);
  }
}

/** AWS: documents in replies are percent-encoded as RFC 3986 has it, once. */
export function renderDocument(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
