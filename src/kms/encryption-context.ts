import type { EncryptionContext } from "../crypto/index.ts";
import { validation } from "./errors.ts";
import { CONTEXT_CHARS_MAX } from "./limits.ts";

/** A request's encryption context: bounded, and Unicode text. Absent and empty are the same. */
export function readContext(context: EncryptionContext = {}): EncryptionContext {
  let chars = 0;
  for (const [name, value] of Object.entries(context)) {
    chars += name.length + value.length;
    if (!name.isWellFormed() || !value.isWellFormed()) {
      throw validation("The encryption context is not valid Unicode text.");
    }
  }
  if (chars > CONTEXT_CHARS_MAX) {
    throw validation(`The encryption context is longer than ${CONTEXT_CHARS_MAX} characters.`);
  }
  return context;
}

/** As an audit record shows it: names as they were sent, absent when empty. */
export function shownContext(name: string, context: EncryptionContext | undefined): object {
  return context && Object.keys(context).length > 0 ? { [name]: context } : {};
}
