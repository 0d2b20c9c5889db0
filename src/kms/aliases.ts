/** Names for keys: AWS KMS Developer Guide, "Aliases in AWS KMS". */
import { type KmsKeyRecord } from "../records/index.ts";
import type { Scope } from "../service/index.ts";
import { limitExceeded, validation } from "./errors.ts";
import { parseKeyName } from "./key-id.ts";
import { requireNotPendingDeletion } from "./key-state.ts";
import { ALIASES_PER_KEY_MAX } from "./limits.ts";
import { type KeyTarget, namedKeyTarget, placeOf } from "./target.ts";

/** Throws AWS's refusals of a name that no alias can have. */
export function requireAliasName(name: string): void {
  if (!name.startsWith("alias/")) {
    throw validation(
      'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
    );
  }
  if (name === "alias/") throw validation("Invalid identifier");
  if (name.includes(":")) throw validation(`${name} contains invalid characters for an alias`);
  if (!/^[a-zA-Z0-9/_-]{1,256}$/.test(name)) {
    throw validation(
      `1 validation error detected: Value '${name}' at 'aliasName' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$`,
    );
  }
}

/** The key that an alias is to stand for. */
export async function aliasedKeyTarget(
  action: string,
  text: string,
  scope: Scope,
): Promise<KeyTarget> {
  const name = parseKeyName(text, placeOf(scope));
  if (name.kind === "alias") throw validation("Aliases must refer to keys. Not aliases");
  return namedKeyTarget(action, name, scope);
}

/** A key with one alias more. Throws for a key that can have none now. */
export function withAlias(key: KmsKeyRecord, name: string): KmsKeyRecord {
  requireNotPendingDeletion(key);
  if (key.aliases.includes(name)) return key;
  if (key.aliases.length >= ALIASES_PER_KEY_MAX) {
    throw limitExceeded("You have reached the quota of aliases of this KMS key.");
  }
  return { ...key, aliases: [...key.aliases, name] };
}

export function withoutAlias(key: KmsKeyRecord, name: string): KmsKeyRecord {
  return { ...key, aliases: key.aliases.filter((alias) => alias !== name) };
}
