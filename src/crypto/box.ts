/**
 * The box: the one way to seal something small (a key, a record of secrets) under a key.
 *
 *     box = version (1 byte: 1) ‖ salt (32) ‖ commitment (32) ‖ ciphertext ‖ tag (16)
 *
 *     message key (32) ‖ commitment (32) = HKDF-SHA256(key, salt, "strongroom/box/1/" ‖ purpose)
 *     ciphertext ‖ tag = AES-256-GCM(message key, nonce = 12 zero bytes,
 *                                    AAD = the purpose's fields, each with its length)
 *
 * A purpose separates the uses of one key from each other: what was sealed for one does not open
 * for another, whatever its fields. A box commits to its key.
 *
 * This layout is on disk and in backups: it can be replaced by a new version, never changed.
 * docs/formats/box.md is its specification, testdata/box.json its vectors.
 */
import { assert } from "../base/index.ts";
import { AuthenticationError } from "./authentication-error.ts";
import { encodeFields, type Field } from "./fields.ts";
import { openGcm, sealGcm, TAG_BYTES } from "./gcm.ts";
import { equalBytes } from "./hash.ts";
import { COMMITMENT_BYTES, MessageKey, ONLY_NONCE, SALT_BYTES } from "./message-key.ts";
import { fillRandom } from "./random-pool.ts";
import { Secret } from "./secret.ts";

/** Every purpose there is; docs/formats/box.md has the fields. None is ever given two uses. */
export const BOX_PURPOSES = [
  "access-key-secret",
  "completed-upload-key",
  "digest-signing-key",
  "kms-key-material",
  "object-body-key",
  "page-token",
  "part-body-key",
  "record-root-key",
  "replication-credential",
  "root-wrap",
  "s3-managed-key",
  "session-token",
  "session-token-key",
  "totp-seed",
  "upload-key",
  "xks-credential",
] as const;

export type BoxPurpose = (typeof BOX_PURPOSES)[number];

/** What a box adds to its contents. */
export const BOX_OVERHEAD_BYTES = 1 + SALT_BYTES + COMMITMENT_BYTES + TAG_BYTES;

const VERSION = 1;
const COMMITMENT_AT = 1 + SALT_BYTES;
const CIPHERTEXT_AT = COMMITMENT_AT + COMMITMENT_BYTES;
const CONTENT_BYTES_MAX = 2 ** 20;

/** The fields are authenticated, not stored: opening needs the same. */
export function sealBox(
  key: Secret,
  purpose: BoxPurpose,
  fields: readonly Field[],
  plaintext: Uint8Array,
): Buffer {
  return sealBoxWithSalt(key, purpose, fields, plaintext, fillRandom(Buffer.alloc(SALT_BYTES)));
}

/** For frozen vectors. INVARIANT: under one key, no salt is used twice. */
export function sealBoxWithSalt(
  key: Secret,
  purpose: BoxPurpose,
  fields: readonly Field[],
  plaintext: Uint8Array,
  salt: Uint8Array,
): Buffer {
  assert(key.length >= 16, "a box is sealed under a key of at least 16 bytes");
  assert(plaintext.length <= CONTENT_BYTES_MAX, "a box holds at most 1 MiB");
  using message = new MessageKey(key, salt, infoOf(purpose));
  const aad = encodeFields(fields);
  const box = sealGcm(message.key, ONLY_NONCE, aad, plaintext, CIPHERTEXT_AT);
  box[0] = VERSION;
  box.set(salt, 1);
  box.set(message.commitment, COMMITMENT_AT);
  return box;
}

/** Throws AuthenticationError. The plaintext is a Buffer of its own, for the caller to wipe. */
export function openBox(
  key: Secret,
  purpose: BoxPurpose,
  fields: readonly Field[],
  box: Uint8Array,
): Buffer {
  if (box.length < BOX_OVERHEAD_BYTES || box[0] !== VERSION) throw new AuthenticationError();
  if (box.length > BOX_OVERHEAD_BYTES + CONTENT_BYTES_MAX) throw new AuthenticationError();
  using message = new MessageKey(key, box.subarray(1, COMMITMENT_AT), infoOf(purpose));
  const commitment = box.subarray(COMMITMENT_AT, CIPHERTEXT_AT);
  if (!equalBytes(commitment, message.commitment)) throw new AuthenticationError();
  return openGcm(message.key, ONLY_NONCE, encodeFields(fields), box.subarray(CIPHERTEXT_AT));
}

/** A key under a key. */
export function wrapSecret(
  key: Secret,
  purpose: BoxPurpose,
  fields: readonly Field[],
  secret: Secret,
): Buffer {
  return sealBox(key, purpose, fields, secret.expose());
}

/** Throws AuthenticationError. */
export function unwrapSecret(
  key: Secret,
  purpose: BoxPurpose,
  fields: readonly Field[],
  box: Uint8Array,
): Secret {
  return Secret.adopt(openBox(key, purpose, fields, box));
}

function infoOf(purpose: BoxPurpose): string {
  return `strongroom/box/1/${purpose}`;
}
