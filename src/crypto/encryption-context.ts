import { assert } from "../base/index.ts";
import { encodeFields } from "./fields.ts";

/** The string pairs that a KMS ciphertext is bound to. Not secret; empty and absent are the same. */
export type EncryptionContext = Readonly<Record<string, string>>;

const CONTEXT_BYTES_MAX = 64 * 1024;

/**
 * One sequence of bytes for each context: its pairs in the order of their keys' UTF-8 bytes, every
 * key and value with its length. Half a surrogate pair has no UTF-8 and is the caller's to refuse.
 */
export function encodeEncryptionContext(context: EncryptionContext): Buffer {
  const pairs = Object.entries(context);
  if (pairs.length > 1) pairs.sort(([a], [b]) => compareUtf8(a, b));
  for (const [key, value] of pairs) {
    assert(key.isWellFormed() && value.isWellFormed(), "an encryption context is Unicode text");
  }
  const encoded = encodeFields(pairs.flat());
  assert(encoded.length <= CONTEXT_BYTES_MAX, "an encryption context takes at most 64 KiB");
  return encoded;
}

function compareUtf8(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
