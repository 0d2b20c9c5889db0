import { operation } from "../../service/index.ts";
import type { Input } from "../../wire/index.ts";
import { decryptUnder, encryptUnder } from "../ciphertext.ts";
import { endDryRun, SYMMETRIC, useConditions } from "../cryptographic.ts";
import { shownContext } from "../encryption-context.ts";
import { keyArn } from "../key-id.ts";
import { requireEncryption, requireUsable } from "../key-state.ts";
import type { KmsServices } from "../operation.ts";
import { anyKeyTarget, keyOf, type KeyTarget } from "../target.ts";
import { ignoresCiphertext, requireCiphertext, sourceTarget } from "../source.ts";

type ReEncryptInput = Input<"kms", "ReEncrypt">;

/** From one key or context to another; the plaintext never leaves. */
export const reEncrypt = ({ materials }: KmsServices) =>
  operation({
    service: "kms",
    name: "ReEncrypt",
    event: { category: "management", readOnly: true },
    details: { request: shownRequest },

    async targets(input, scope): Promise<readonly KeyTarget[]> {
      requireCiphertext(input, input.SourceKeyId);
      const from = await sourceTarget(
        "kms:ReEncryptFrom",
        {
          KeyId: input.SourceKeyId,
          CiphertextBlob: input.CiphertextBlob,
          conditions: useConditions(input.SourceEncryptionContext, input.SourceEncryptionAlgorithm),
        },
        scope,
      );
      const to = await anyKeyTarget("kms:ReEncryptTo", input.DestinationKeyId, scope, {
        conditions: useConditions(
          input.DestinationEncryptionContext,
          input.DestinationEncryptionAlgorithm,
        ),
      });
      const same = String(from.arn === to.arn);
      return [onSameKey(from, same), onSameKey(to, same)];
    },

    async handle(input, [from, to], scope) {
      const [source, destination] = [keyOf(from), keyOf(to)];
      for (const key of [source, destination]) requireUsable(key);
      requireEncryption(source, "ReEncryptFrom", input.SourceEncryptionAlgorithm);
      requireEncryption(destination, "ReEncryptTo", input.DestinationEncryptionAlgorithm);
      if (ignoresCiphertext(input)) endDryRun(input);
      const opened = await decryptUnder(
        source,
        { context: input.SourceEncryptionContext ?? {}, ciphertext: input.CiphertextBlob },
        materials,
        scope,
      );
      using plaintext = opened.plaintext;
      endDryRun(input);
      const context = input.DestinationEncryptionContext ?? {};
      const asked = { context, plaintext: plaintext.expose() };
      const sealed = await encryptUnder(destination, asked, materials, scope);
      return {
        output: {
          CiphertextBlob: sealed.ciphertext,
          SourceKeyId: keyArn(source),
          KeyId: keyArn(destination),
          SourceEncryptionAlgorithm: SYMMETRIC,
          DestinationEncryptionAlgorithm: SYMMETRIC,
          SourceKeyMaterialId: opened.materialId,
          DestinationKeyMaterialId: sealed.materialId,
        } as const,
      };
    },
  });

function onSameKey(target: KeyTarget, same: string): KeyTarget {
  const get = (key: string) =>
    key === "kms:reencryptonsamekey" ? [same] : target.context?.get(key);
  return { ...target, context: { get } };
}

function shownRequest(input: ReEncryptInput): object {
  return {
    sourceEncryptionAlgorithm: input.SourceEncryptionAlgorithm ?? SYMMETRIC,
    ...shownContext("sourceEncryptionContext", input.SourceEncryptionContext),
    ...(input.SourceKeyId !== undefined && { sourceKeyId: input.SourceKeyId }),
    destinationKeyId: input.DestinationKeyId,
    destinationEncryptionAlgorithm: input.DestinationEncryptionAlgorithm ?? SYMMETRIC,
    ...shownContext("destinationEncryptionContext", input.DestinationEncryptionContext),
  };
}
