import { operation } from "../../service/index.ts";
import { encryptUnder } from "../ciphertext.ts";
import { endDryRun, SYMMETRIC, useConditions } from "../cryptographic.ts";
import { shownContext } from "../encryption-context.ts";
import { keyArn } from "../key-id.ts";
import { requireEncryption, requireUsable } from "../key-state.ts";
import type { KmsServices } from "../operation.ts";
import { anyKeyTarget, keyOf } from "../target.ts";

export const encrypt = ({ materials }: KmsServices) =>
  operation({
    service: "kms",
    name: "Encrypt",
    event: { category: "management", readOnly: true },
    details: {
      request: ({ KeyId, EncryptionAlgorithm = SYMMETRIC, EncryptionContext }) => ({
        keyId: KeyId,
        encryptionAlgorithm: EncryptionAlgorithm,
        ...shownContext("encryptionContext", EncryptionContext),
      }),
    },

    async targets({ KeyId, EncryptionContext, EncryptionAlgorithm }, scope) {
      const conditions = useConditions(EncryptionContext, EncryptionAlgorithm);
      return [await anyKeyTarget("kms:Encrypt", KeyId, scope, { conditions })];
    },

    async handle(input, [target], scope) {
      const key = keyOf(target);
      requireUsable(key);
      requireEncryption(key, "Encrypt", input.EncryptionAlgorithm);
      endDryRun(input);
      const asked = { context: input.EncryptionContext ?? {}, plaintext: input.Plaintext };
      const { ciphertext } = await encryptUnder(key, asked, materials, scope);
      return {
        output: {
          CiphertextBlob: ciphertext,
          KeyId: keyArn(key),
          EncryptionAlgorithm: SYMMETRIC,
        },
      };
    },
  });
