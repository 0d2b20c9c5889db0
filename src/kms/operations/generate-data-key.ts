import { Secret } from "../../crypto/index.ts";
import { operation, type Scope } from "../../service/index.ts";
import type { Input } from "../../wire/index.ts";
import { encryptUnder } from "../ciphertext.ts";
import { endDryRun, refuseRecipient, useConditions } from "../cryptographic.ts";
import type { KeyLife } from "../data-keys.ts";
import { shownContext } from "../encryption-context.ts";
import { validation } from "../errors.ts";
import { materialData } from "../event-details.ts";
import { keyArn } from "../key-id.ts";
import { requireEncryption, requireUsable } from "../key-state.ts";
import type { KmsServices } from "../operation.ts";
import { anyKeyTarget, keyOf, type KeyTarget } from "../target.ts";

type DataKeyInput = Pick<
  Input<"kms", "GenerateDataKey">,
  "KeyId" | "KeySpec" | "NumberOfBytes" | "EncryptionContext" | "DryRun"
>;

/**
 * A random key, in clear and encrypted under a KMS key. With a `life` of "request" the clear key is
 * wiped when the request has ended, otherwise by who called.
 */
export const generateDataKey = (
  services: KmsServices,
  { life }: { readonly life: KeyLife } = { life: "request" },
) =>
  operation({
    service: "kms",
    name: "GenerateDataKey",
    event: { category: "management", readOnly: true },
    details: { request: shownDataKeyRequest, additional: materialData },

    async targets(input, scope): Promise<KeyTarget[]> {
      const conditions = useConditions(input.EncryptionContext);
      return [await anyKeyTarget("kms:GenerateDataKey", input.KeyId, scope, { conditions })];
    },

    async handle(input, [target], scope) {
      refuseRecipient(input);
      const dataKey = await makeDataKey(input, target, scope, services);
      if (life === "request") scope.defer(() => dataKey.Plaintext[Symbol.dispose]());
      return { output: dataKey };
    },

    present: ({ Plaintext, ...output }) => ({
      ...output,
      Plaintext: Buffer.from(Plaintext.expose()),
    }),
  });

/** A data key as the request wants it, when key and state allow. */
export async function makeDataKey(
  input: DataKeyInput,
  target: KeyTarget | undefined,
  scope: Scope,
  { materials }: KmsServices,
) {
  const bytes = readLength(input);
  const key = keyOf(target);
  requireUsable(key);
  requireEncryption(key, "GenerateDataKey");
  endDryRun(input);
  const context = input.EncryptionContext ?? {};
  const dataKey = Secret.random(bytes);
  const asked = { context, plaintext: dataKey.expose() };
  const { ciphertext, materialId } = await encryptUnder(key, asked, materials, scope);
  return {
    CiphertextBlob: ciphertext,
    Plaintext: dataKey,
    KeyId: keyArn(key),
    KeyMaterialId: materialId,
  };
}

export function shownDataKeyRequest(input: DataKeyInput): object {
  const { KeyId, KeySpec, NumberOfBytes, EncryptionContext } = input;
  return {
    keyId: KeyId,
    ...(KeySpec !== undefined && { keySpec: KeySpec }),
    ...(NumberOfBytes !== undefined && { numberOfBytes: NumberOfBytes }),
    ...shownContext("encryptionContext", EncryptionContext),
  };
}

const BYTES: Readonly<Record<string, number>> = { AES_256: 32, AES_128: 16 };

function readLength({ KeySpec, NumberOfBytes }: DataKeyInput): number {
  const bytes = KeySpec === undefined ? NumberOfBytes : BYTES[KeySpec];
  if (bytes === undefined || (KeySpec !== undefined && NumberOfBytes !== undefined)) {
    throw validation("Please specify either number of bytes or key spec.");
  }
  return bytes;
}
