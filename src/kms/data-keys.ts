/**
 * What other services have of KMS: data keys under a KMS key, in their caller's name. Every call is
 * decided by the key's policy, its grants and the caller's policies, and by the key's state.
 */
import type { EncryptionContext, Secret } from "../crypto/index.ts";
import type { Scope } from "../service/index.ts";

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
