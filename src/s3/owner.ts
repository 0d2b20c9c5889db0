import { sha256Hex } from "../crypto/index.ts";

/** The canonical user id of an account: 64 hexadecimal digits that say nothing but which it is. */
export function canonicalUserId(accountId: string): string {
  let id = known.get(accountId);
  if (id === undefined) {
    id = sha256Hex(`strongroom canonical user ${accountId}`);
    if (known.size < ACCOUNTS_KNOWN_MAX) known.set(accountId, id);
  }
  return id;
}

const ACCOUNTS_KNOWN_MAX = 1_000;
const known = new Map<string, string>();
