/** AES-256-GCM over one message in memory. Nonces are the affair of each format. */
import { createCipheriv, createDecipheriv, type KeyObject } from "node:crypto";
import { assert } from "../base/index.ts";
import { AuthenticationError } from "./authentication-error.ts";

export const KEY_BYTES = 32;
export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;

/** Explicit, since a decipher without it would accept a tag cut short. */
export const GCM_OPTIONS = { authTagLength: TAG_BYTES } as const;

/**
 * Raw bytes for a key that is used once and wiped, where a KeyObject would be one more copy that
 * nobody wipes; a KeyObject for a key that is used again.
 */
export type CipherKey = KeyObject | Uint8Array;

/** Returns `head` bytes left for the caller to fill, then the ciphertext, then the tag. */
export function sealGcm(
  key: CipherKey,
  nonce: Uint8Array,
  aad: Uint8Array | undefined,
  plaintext: Uint8Array,
  head: number,
): Buffer {
  const cipher = createCipheriv("aes-256-gcm", key, nonce, GCM_OPTIONS);
  if (aad) cipher.setAAD(aad);
  const ciphertext = cipher.update(plaintext);
  const rest = cipher.final();
  assert(rest.length === 0, "GCM holds nothing back");

  const sealed = Buffer.allocUnsafe(head + ciphertext.length + TAG_BYTES);
  sealed.set(ciphertext, head);
  sealed.set(cipher.getAuthTag(), head + ciphertext.length);
  return sealed;
}

/** Opens ciphertext ‖ tag into a Buffer of its own. Throws AuthenticationError. */
export function openGcm(
  key: CipherKey,
  nonce: Uint8Array,
  aad: Uint8Array | undefined,
  sealed: Uint8Array,
): Buffer {
  const end = sealed.length - TAG_BYTES;
  if (end < 0) throw new AuthenticationError();
  const decipher = createDecipheriv("aes-256-gcm", key, nonce, GCM_OPTIONS);
  if (aad) decipher.setAAD(aad);
  decipher.setAuthTag(sealed.subarray(end));
  const plaintext = decipher.update(sealed.subarray(0, end));
  try {
    decipher.final();
  } catch {
    plaintext.fill(0);
    throw new AuthenticationError();
  }
  return plaintext;
}
