import { operation } from "../../service/index.ts";
import type { Input } from "../../wire/index.ts";
import { decryptUnder } from "../ciphertext.ts";
import { endDryRun, refuseRecipient, SYMMETRIC, useConditions } from "../cryptographic.ts";
import type { KeyLife } from "../data-keys.ts";
import { shownContext } from "../encryption-context.ts";
import { materialData } from "../event-details.ts";
import { keyArn } from "../key-id.ts";
import { requireEncryption, requireUsable } from "../key-state.ts";
import type { KmsServices } from "../operation.ts";
import { ignoresCiphertext, requireCiphertext, sourceTarget } from "../source.ts";
import { keyOf, type KeyTarget } from "../target.ts";

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
      requireCiphertext(input, input.KeyId);
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
      const { CiphertextBlob: ciphertext } = input;
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

type DecryptInput = Input<"kms", "Decrypt">;

function shownRequest({ KeyId, EncryptionAlgorithm, EncryptionContext }: DecryptInput): object {
  return {
    ...(KeyId !== undefined && { keyId: KeyId }),
    encryptionAlgorithm: EncryptionAlgorithm ?? SYMMETRIC,
    ...shownContext("encryptionContext", EncryptionContext),
  };
}
