import { operation, type Scope } from "../../service/index.ts";
import type { Input } from "../../wire/index.ts";
import { decryptUnder, readCiphertext } from "../ciphertext.ts";
import { endDryRun, refuseRecipient, SYMMETRIC, useConditions } from "../cryptographic.ts";
import type { KeyLife } from "../data-keys.ts";
import { shownContext } from "../encryption-context.ts";
import { validation } from "../errors.ts";
import { materialData } from "../event-details.ts";
import { keyArn } from "../key-id.ts";
import { requireEncryption, requireUsable } from "../key-state.ts";
import type { KmsServices } from "../operation.ts";
import { anyKeyTarget, keyOf, type KeyTarget, namedKeyTarget } from "../target.ts";
import type { Conditions } from "../conditions.ts";

/** With a `life` of "request" the plaintext is wiped when the request has ended, else by who called. */
export const decrypt = (
  services: KmsServices,
  { life }: { readonly life: KeyLife } = { life: "request" },
) =>
  operation({
    service: "kms",
    name: "Decrypt",
    event: { category: "management", readOnly: true },
    details: { request: shownRequest, additional: materialData },

    async targets(input, scope): Promise<KeyTarget[]> {
      requireCiphertext(input);
      const conditions = useConditions(input.EncryptionContext, input.EncryptionAlgorithm);
      const { KeyId, CiphertextBlob } = input;
      return [await sourceTarget("kms:Decrypt", { KeyId, CiphertextBlob, conditions }, scope)];
    },

    async handle(input, [target], scope) {
      refuseRecipient(input);
      const key = keyOf(target);
      requireUsable(key);
      requireEncryption(key, "Decrypt", input.EncryptionAlgorithm);
      if (ignoresCiphertext(input)) endDryRun(input);
      const context = input.EncryptionContext ?? {};
      const { CiphertextBlob: ciphertext = NOTHING } = input;
      const { plaintext, materialId } = await decryptUnder(
        key,
        { context, ciphertext },
        services.materials,
        scope,
      );
      if (life === "request") scope.defer(() => plaintext[Symbol.dispose]());
      endDryRun(input);
      return {
        output: {
          KeyId: keyArn(key),
          Plaintext: plaintext,
          EncryptionAlgorithm: SYMMETRIC,
          KeyMaterialId: materialId,
        } as const,
      };
    },

    present: ({ Plaintext, ...output }) => ({
      ...output,
      Plaintext: Buffer.from(Plaintext.expose()),
    }),
  });

/** The key that a ciphertext is to be decrypted with: the one that is named, or that it names itself. */
export async function sourceTarget(
  action: string,
  source: {
    readonly KeyId?: string | undefined;
    readonly CiphertextBlob?: Uint8Array | undefined;
    readonly conditions: Conditions;
  },
  scope: Scope,
): Promise<KeyTarget> {
  const { KeyId, CiphertextBlob = NOTHING, conditions } = source;
  if (KeyId !== undefined) return anyKeyTarget(action, KeyId, scope, { conditions });
  const { account: accountId, keyId: id } = readCiphertext(CiphertextBlob);
  const name = { kind: "key", accountId, region: scope.request.region, id } as const;
  return namedKeyTarget(action, name, scope, { conditions, deniedAs: "ciphertext" });
}

type DecryptInput = Input<"kms", "Decrypt">;

const NOTHING = new Uint8Array();

/** AWS: a dry run may leave the ciphertext aside, when it names the key. */
function requireCiphertext(input: DecryptInput): void {
  if (ignoresCiphertext(input)) {
    if (input.KeyId === undefined) throw validation("KeyId is required with IGNORE_CIPHERTEXT.");
    return;
  }
  if (input.CiphertextBlob === undefined) {
    throw validation(
      "1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy constraint: Member must not be null",
    );
  }
}

function ignoresCiphertext({ DryRun, DryRunModifiers = [] }: DecryptInput): boolean {
  return DryRun === true && DryRunModifiers.includes("IGNORE_CIPHERTEXT");
}

function shownRequest({ KeyId, EncryptionAlgorithm, EncryptionContext }: DecryptInput): object {
  return {
    ...(KeyId !== undefined && { keyId: KeyId }),
    encryptionAlgorithm: EncryptionAlgorithm ?? SYMMETRIC,
    ...shownContext("encryptionContext", EncryptionContext),
  };
}
