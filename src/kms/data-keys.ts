/**
 * What other services have of KMS: data keys under a KMS key, in their caller's name. Every call is
 * decided by the key's policy, its grants and the caller's policies, and by the key's state.
 */
import { assert } from "../base/index.ts";
import type { EncryptionContext, Secret } from "../crypto/index.ts";
import { kmsAliasSpace, type KmsKeyRecord, kmsKeySpace } from "../records/index.ts";
import { operation, type Scope } from "../service/index.ts";
import { ServiceError } from "../wire/index.ts";
import { useConditions } from "./cryptographic.ts";
import { keyNotFound } from "./errors.ts";
import { keyArn, parseKeyName } from "./key-id.ts";
import { requireEncryption, requireUsable } from "./key-state.ts";
import { ensureManagedKey } from "./managed-keys.ts";
import { currentMaterial } from "./materials.ts";
import type { KmsServices } from "./operation.ts";
import { decrypt } from "./operations/decrypt.ts";
import { generateDataKey } from "./operations/generate-data-key.ts";
import { anyKeyTarget, keyOf, type KeyTarget, placeOf } from "./target.ts";

export interface DataKey {
  readonly key: Secret;
  readonly keyArn: string;
  /** The key material that encrypted it. */
  readonly materialId: string;
  readonly ciphertext: Buffer;
}

/**
 * Whether a data key serves one request or is kept for others. One for the request is disposed of
 * when the scope ends, and its event joins the request's unit. One that is kept is the caller's to
 * dispose of, and its event is durable before it is returned: no other request can use the key
 * before that.
 */
export type KeyLife = "request" | "kept";

/** All throw KMS's own ServiceErrors, for the calling service to put into its words. */
export interface DataKeys {
  /** GenerateDataKey (AES_256), recorded as the caller's call through the service. */
  generate(
    scope: Scope,
    request: {
      readonly keyId: string;
      readonly context: EncryptionContext;
      readonly life: KeyLife;
    },
  ): Promise<DataKey>;
  /** Decrypt of a data key, recorded likewise. */
  decrypt(
    scope: Scope,
    request: {
      readonly ciphertext: Buffer;
      readonly context: EncryptionContext;
      readonly life: KeyLife;
    },
  ): Promise<DataKey>;
  /**
   * Decides a use of a data key that the caller already has in memory (a bucket key): the same
   * decision and the same check of the key's state, without a call to record. Answers the key's
   * ARN and its current material, so that a key minted under an earlier one is minted anew.
   */
  use(
    scope: Scope,
    request: {
      readonly keyId: string;
      readonly action: "GenerateDataKey" | "Decrypt";
      readonly context: EncryptionContext;
    },
  ): Promise<{ readonly keyArn: string; readonly materialId: string }>;
  /** The ARN of the account's AWS managed key alias/aws/s3 in the region, made at its first use. */
  managedS3Key(scope: Scope): Promise<string>;
}

const S3_ALIAS = "alias/aws/s3";

/** Made once per process. */
export function createDataKeys(services: KmsServices): DataKeys {
  const generating = {
    request: generateDataKey(services, { life: "request" }),
    kept: generateDataKey(services, { life: "kept" }),
  };
  const decrypting = {
    request: decrypt(services, { life: "request" }),
    kept: decrypt(services, { life: "kept" }),
  };
  const managed = new ManagedKeys();

  return {
    async generate(scope, { keyId, context, life }) {
      await managed.ensure(keyId, scope);
      const input = { KeyId: keyId, KeySpec: "AES_256", EncryptionContext: context } as const;
      const made =
        life === "request"
          ? await scope.call(generating.request, input)
          : await scope.callApart(generating.kept, input);
      const { KeyId, KeyMaterialId, CiphertextBlob, Plaintext } = made;
      if (life === "request") await requireStill(KeyId, scope);
      return {
        key: Plaintext,
        keyArn: KeyId,
        materialId: KeyMaterialId,
        ciphertext: CiphertextBlob,
      };
    },

    async decrypt(scope, { ciphertext, context, life }) {
      const input = { CiphertextBlob: ciphertext, EncryptionContext: context };
      const made =
        life === "request"
          ? await scope.call(decrypting.request, input)
          : await scope.callApart(decrypting.kept, input);
      const { KeyId, KeyMaterialId, Plaintext } = made;
      if (life === "request") await requireStill(KeyId, scope);
      return { key: Plaintext, keyArn: KeyId, materialId: KeyMaterialId, ciphertext };
    },

    async use(scope, { keyId, action, context }) {
      await managed.ensure(keyId, scope);
      const asked = { KeyId: keyId, EncryptionContext: context, DryRun: true } as const;
      try {
        return action === "Decrypt"
          ? await scope.call(useToDecrypt, asked)
          : await scope.call(useToGenerate, asked);
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        // A use leaves no event, a refusal does: that of the call that would have been made.
        const dryRun =
          action === "Decrypt"
            ? scope.call(decrypting.request, { ...asked, DryRunModifiers: ["IGNORE_CIPHERTEXT"] })
            : scope.call(generating.request, { ...asked, KeySpec: "AES_256" });
        await dryRun.catch(() => {});
        throw error;
      }
    },

    async managedS3Key(scope) {
      await managed.ensure(S3_ALIAS, scope);
      const { accountId, region } = placeOf(scope);
      const alias = await scope.view.get(kmsAliasSpace, accountId, region, S3_ALIAS);
      assert(alias, "an AWS managed key is there once it was asked for");
      return keyArn({ accountId, region, id: alias.value.keyId });
    },
  };
}

/** The decision of a call without the call: no event of its own, no cryptography. */
const useOf = <Name extends "GenerateDataKey" | "Decrypt">(name: Name) =>
  operation({
    service: "kms",
    name,
    event: { category: "part", readOnly: true },

    async targets(input, scope): Promise<KeyTarget[]> {
      const { KeyId, EncryptionContext } = input as {
        KeyId: string;
        EncryptionContext: EncryptionContext;
      };
      const conditions = useConditions(EncryptionContext);
      return [await anyKeyTarget(`kms:${name}`, KeyId, scope, { conditions })];
    },

    async handle(_input, [target]) {
      return { output: usable(keyOf(target)) };
    },
  });

const useToGenerate = useOf("GenerateDataKey");
const useToDecrypt = useOf("Decrypt");

/**
 * The key as this run sees it: a run that is made again remembers the output of its calls, while
 * the key may have been disabled since.
 */
async function requireStill(arn: string, scope: Scope): Promise<void> {
  const name = parseKeyName(arn, placeOf(scope));
  assert(name.kind === "key", "a call answers the ARN of its key");
  const found = await scope.view.get(kmsKeySpace, name.accountId, name.region, name.id);
  if (!found) throw keyNotFound(arn);
  usable(found.value);
}

/** What a use of a data key needs to know of its KMS key. Throws when the key's state forbids it. */
function usable(key: KmsKeyRecord) {
  requireUsable(key);
  requireEncryption(key, "GenerateDataKey");
  return { keyArn: keyArn(key), materialId: currentMaterial(key) };
}

/** Remembers for which accounts the key is there: it is never deleted. */
class ManagedKeys {
  readonly #there = new Set<string>();

  async ensure(keyId: string, scope: Scope): Promise<void> {
    if (!keyId.endsWith(S3_ALIAS)) return;
    const { accountId, region } = placeOf(scope);
    const owner = `${accountId}/${region}`;
    if (this.#there.has(owner)) return;
    await ensureManagedKey(S3_ALIAS, scope);
    this.#there.add(owner);
  }
}
