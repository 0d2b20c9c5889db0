import { operation } from "../../service/index.ts";
import { useConditions } from "../cryptographic.ts";
import { materialData } from "../event-details.ts";
import type { KmsServices } from "../operation.ts";
import { anyKeyTarget, type KeyTarget } from "../target.ts";
import { makeDataKey, shownDataKeyRequest } from "./generate-data-key.ts";

/** A random key encrypted under a KMS key, of which nobody has seen the clear form. */
export const generateDataKeyWithoutPlaintext = (services: KmsServices) =>
  operation({
    service: "kms",
    name: "GenerateDataKeyWithoutPlaintext",
    event: { category: "management", readOnly: true },
    details: { request: shownDataKeyRequest, additional: materialData },

    async targets({ KeyId, EncryptionContext }, scope): Promise<KeyTarget[]> {
      const conditions = useConditions(EncryptionContext);
      const action = "kms:GenerateDataKeyWithoutPlaintext";
      return [await anyKeyTarget(action, KeyId, scope, { conditions })];
    },

    async handle(input, [target], scope) {
      // AWS: AES_256 unless the request says otherwise.
      const chosen = input.KeySpec ?? (input.NumberOfBytes === undefined ? "AES_256" : undefined);
      const asked = { ...input, ...(chosen !== undefined && { KeySpec: chosen }) };
      const { Plaintext, ...output } = await makeDataKey(asked, target, scope, services);
      Plaintext[Symbol.dispose]();
      return { output };
    },
  });
