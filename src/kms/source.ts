/** The key that a ciphertext is decrypted with: the one that is named, or that it names itself. */
import type { Scope } from "../service/index.ts";
import { readCiphertext } from "./ciphertext.ts";
import type { Conditions } from "./conditions.ts";
import { validation } from "./errors.ts";
import { anyKeyTarget, type KeyTarget, namedKeyTarget } from "./target.ts";

interface DryRunInput {
  readonly DryRun?: boolean | undefined;
  readonly DryRunModifiers?: readonly string[] | undefined;
  readonly CiphertextBlob?: Uint8Array | undefined;
}

/** Throws InvalidCiphertextException where no key is named and the ciphertext names none. */
export async function sourceTarget(
  action: string,
  source: {
    readonly KeyId?: string | undefined;
    readonly CiphertextBlob?: Uint8Array | undefined;
    readonly conditions: Conditions;
  },
  scope: Scope,
): Promise<KeyTarget> {
  const { KeyId, CiphertextBlob, conditions } = source;
  if (KeyId !== undefined) return anyKeyTarget(action, KeyId, scope, { conditions });
  const { account: accountId, keyId: id } = readCiphertext(CiphertextBlob);
  const name = { kind: "key", accountId, region: scope.request.region, id } as const;
  // AWS: S3 tells its caller which key refused; KMS itself does not say what a ciphertext names.
  if (scope.via !== undefined) return namedKeyTarget(action, name, scope, { conditions });
  return namedKeyTarget(action, name, scope, { conditions, deniedAs: "ciphertext" });
}

/** AWS: a dry run may leave the ciphertext aside, when it names the key. */
export function requireCiphertext(input: DryRunInput, keyId: string | undefined): void {
  if (ignoresCiphertext(input)) {
    if (keyId === undefined) throw validation("A key id is required with IGNORE_CIPHERTEXT.");
  } else if (input.CiphertextBlob === undefined) {
    throw validation(
      "1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy constraint: Member must not be null",
    );
  }
}

export function ignoresCiphertext({ DryRun, DryRunModifiers = [] }: DryRunInput): boolean {
  return DryRun === true && DryRunModifiers.includes("IGNORE_CIPHERTEXT");
}
