/** Encrypting under a key's current material, and decrypting under whichever made a ciphertext. */
import { assert } from "../base/index.ts";
import {
  AuthenticationError,
  type EncryptionContext,
  type KmsCiphertextIds,
  type KmsCiphertextKey,
  openKmsCiphertext,
  parseKmsCiphertext,
  sealKmsCiphertext,
  type Secret,
} from "../crypto/index.ts";
import type { KmsKeyRecord } from "../records/index.ts";
import type { Scope } from "../service/index.ts";
import { incorrectKey, invalidCiphertext } from "./errors.ts";
import { currentMaterial, type Materials } from "./materials.ts";

type Reader = Pick<Scope, "view" | "store" | "keyring">;

/** What a ciphertext says of its origin. Throws InvalidCiphertextException for what is none of ours. */
export function readCiphertext(blob: Uint8Array | undefined): KmsCiphertextIds {
  const ids = blob && parseKmsCiphertext(blob);
  if (!ids) throw invalidCiphertext();
  return ids;
}

/** Encrypts under the current material. */
export async function encryptUnder(
  key: KmsKeyRecord,
  { context, plaintext }: { readonly context: EncryptionContext; readonly plaintext: Uint8Array },
  materials: Materials,
  reader: Reader,
): Promise<{ readonly ciphertext: Buffer; readonly materialId: string }> {
  const materialId = currentMaterial(key);
  const ids = { account: key.accountId, keyId: key.id, materialId };
  const used = await materials.use(key, materialId, reader, (material) =>
    sealKmsCiphertext({ ...ids, material, context }, plaintext),
  );
  assert(used, "a key's current material is there");
  return { ciphertext: used.result, materialId };
}

/**
 * Decrypts what the key encrypted, ever. Throws IncorrectKeyException for another key's ciphertext,
 * InvalidCiphertextException for what was altered or has another context.
 */
export async function decryptUnder(
  key: KmsKeyRecord,
  {
    context,
    ciphertext,
  }: { readonly context: EncryptionContext; readonly ciphertext: Uint8Array | undefined },
  materials: Materials,
  reader: Reader,
): Promise<{ readonly plaintext: Secret; readonly materialId: string }> {
  const ids = readCiphertext(ciphertext);
  if (!ciphertext || ids.account !== key.accountId || ids.keyId !== key.id) throw incorrectKey();
  const { materialId } = ids;
  const used = await materials.use(key, materialId, reader, (material) =>
    openOrNothing({ ...ids, material, context }, ciphertext),
  );
  if (!used?.result) throw invalidCiphertext();
  return { plaintext: used.result, materialId };
}

function openOrNothing(key: KmsCiphertextKey, ciphertext: Uint8Array): Secret | undefined {
  try {
    return openKmsCiphertext(key, ciphertext);
  } catch (error) {
    if (error instanceof AuthenticationError) return undefined;
    throw error;
  }
}
