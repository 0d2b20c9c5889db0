/**
 * The ciphertext blobs of Encrypt, GenerateDataKey and ReEncrypt.
 *
 *     blob   = header ‖ salt (32 bytes) ‖ commitment (32) ‖ ciphertext ‖ tag (16)
 *     header = version (1 byte: 1) ‖ suite (1: 1)
 *              ‖ account id ‖ key id ‖ material id   each with its length before it (1)
 *              ‖ length of the ciphertext (2, big-endian)
 *
 *     call key (32) ‖ commitment (32) = HKDF-SHA256(material, salt, "strongroom/kms-ciphertext/1/1")
 *     ciphertext ‖ tag = AES-256-GCM(call key, nonce = 12 zero bytes,
 *                                    AAD = header, encryption context, each with its length)
 *
 * A key of its own for each call: random nonces never exhaust a material. Account and key id are
 * bound, region and ARN are not, so that the replicas of a multi-Region key open it. A blob
 * commits to its material.
 *
 * This layout is in clients' hands: it can be replaced by a new version, never changed.
 * docs/formats/kms-ciphertext.md is its specification, testdata/kms-ciphertext.json its vectors.
 */
import { assert } from "../base/index.ts";
import { AuthenticationError } from "./authentication-error.ts";
import { type EncryptionContext, encodeEncryptionContext } from "./encryption-context.ts";
import { encodeFields } from "./fields.ts";
import { openGcm, sealGcm, TAG_BYTES } from "./gcm.ts";
import { equalBytes } from "./hash.ts";
import { COMMITMENT_BYTES, MessageKey, ONLY_NONCE, SALT_BYTES } from "./message-key.ts";
import { fillRandom } from "./random-pool.ts";
import { Secret } from "./secret.ts";

/** What a blob says about itself, in clear. Not proven until the blob is opened. */
export interface KmsCiphertextIds {
  /** 12 digits. */
  readonly account: string;
  /** A UUID, or `mrk-` and 32 hex digits. */
  readonly keyId: string;
  /** 64 hex digits. */
  readonly materialId: string;
}

/** The material that the ids name, and the context of the call. */
export interface KmsCiphertextKey extends KmsCiphertextIds {
  readonly material: Secret;
  readonly context: EncryptionContext;
}

export const KMS_PLAINTEXT_BYTES_MAX = 4096;
export const KMS_CIPHERTEXT_BYTES_MAX = 6144;

const VERSION = 1;
const SUITE = 1;
const INFO = `strongroom/kms-ciphertext/${VERSION}/${SUITE}`;

const ACCOUNT = /^\d{12}$/;
const KEY_ID = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/;
const MATERIAL_ID = /^[0-9a-f]{64}$/;

export function sealKmsCiphertext(key: KmsCiphertextKey, plaintext: Uint8Array): Buffer {
  return sealKmsCiphertextWithSalt(key, plaintext, fillRandom(Buffer.alloc(SALT_BYTES)));
}

/** For frozen vectors. INVARIANT: under one material, no salt is used twice. */
export function sealKmsCiphertextWithSalt(
  key: KmsCiphertextKey,
  plaintext: Uint8Array,
  salt: Uint8Array,
): Buffer {
  assert(plaintext.length <= KMS_PLAINTEXT_BYTES_MAX, "KMS encrypts at most 4096 bytes");
  const header = encodeHeader(key, plaintext.length);
  const aad = encodeFields([header, encodeEncryptionContext(key.context)]);
  const saltAt = header.length;
  const commitmentAt = saltAt + SALT_BYTES;

  using message = new MessageKey(key.material, salt, INFO);
  const head = commitmentAt + COMMITMENT_BYTES;
  const blob = sealGcm(message.key, ONLY_NONCE, aad, plaintext, head);
  blob.set(header);
  blob.set(salt, saltAt);
  blob.set(message.commitment, commitmentAt);
  assert(blob.length <= KMS_CIPHERTEXT_BYTES_MAX, "a KMS ciphertext takes at most 6144 bytes");
  return blob;
}

/** Whose a blob claims to be; undefined where it is none of ours. Proves nothing. */
export function parseKmsCiphertext(blob: Uint8Array): KmsCiphertextIds | undefined {
  return parse(blob)?.ids;
}

/**
 * Throws AuthenticationError, and says nothing more: not ours, altered, another key's or
 * material's, or another encryption context.
 */
export function openKmsCiphertext(key: KmsCiphertextKey, blob: Uint8Array): Secret {
  const parsed = parse(blob);
  if (!parsed || !sameIds(parsed.ids, key)) throw new AuthenticationError();
  const { header, salt, commitment, sealed } = parsed;

  using message = new MessageKey(key.material, salt, INFO);
  if (!equalBytes(commitment, message.commitment)) throw new AuthenticationError();
  const aad = encodeFields([header, encodeEncryptionContext(key.context)]);
  return Secret.adopt(openGcm(message.key, ONLY_NONCE, aad, sealed));
}

function encodeHeader(ids: KmsCiphertextIds, ciphertextLength: number): Buffer {
  assert(ACCOUNT.test(ids.account), "an account id has 12 digits");
  assert(KEY_ID.test(ids.keyId), "a key id is a UUID or begins with mrk-");
  assert(MATERIAL_ID.test(ids.materialId), "a material id has 64 hex digits");
  const header = Buffer.alloc(2 + 13 + 1 + ids.keyId.length + 33 + 2);
  header[0] = VERSION;
  header[1] = SUITE;
  header[2] = 12;
  header.write(ids.account, 3, "latin1");
  header[15] = ids.keyId.length;
  header.write(ids.keyId, 16, "latin1");
  const materialAt = 16 + ids.keyId.length;
  header[materialAt] = 32;
  header.write(ids.materialId, materialAt + 1, "hex");
  header.writeUInt16BE(ciphertextLength, materialAt + 33);
  return header;
}

interface Parsed {
  readonly ids: KmsCiphertextIds;
  readonly header: Buffer;
  readonly salt: Buffer;
  readonly commitment: Buffer;
  /** Ciphertext and tag. */
  readonly sealed: Buffer;
}

function parse(bytes: Uint8Array): Parsed | undefined {
  if (bytes.length > KMS_CIPHERTEXT_BYTES_MAX) return undefined;
  const blob = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (blob[0] !== VERSION || blob[1] !== SUITE) return undefined;

  const keyIdAt = 2 + lengthAt(blob, 2);
  const materialIdAt = keyIdAt + lengthAt(blob, keyIdAt);
  const lengthPosition = materialIdAt + lengthAt(blob, materialIdAt);
  const saltAt = lengthPosition + 2;
  const commitmentAt = saltAt + SALT_BYTES;
  const sealedAt = commitmentAt + COMMITMENT_BYTES;
  if (blob.length < sealedAt + TAG_BYTES) return undefined;
  if (blob.length !== sealedAt + blob.readUInt16BE(lengthPosition) + TAG_BYTES) return undefined;

  const account = blob.toString("latin1", 3, keyIdAt);
  const keyId = blob.toString("latin1", keyIdAt + 1, materialIdAt);
  const materialId = blob.toString("hex", materialIdAt + 1, lengthPosition);
  if (!ACCOUNT.test(account) || !KEY_ID.test(keyId) || !MATERIAL_ID.test(materialId)) {
    return undefined;
  }
  return {
    ids: { account, keyId, materialId },
    header: blob.subarray(0, saltAt),
    salt: blob.subarray(saltAt, commitmentAt),
    commitment: blob.subarray(commitmentAt, sealedAt),
    sealed: blob.subarray(sealedAt),
  };
}

/** The length byte at `at` and what it counts; where the blob ends before, more than it has. */
function lengthAt(blob: Buffer, at: number): number {
  return 1 + (blob[at] ?? KMS_CIPHERTEXT_BYTES_MAX);
}

function sameIds(a: KmsCiphertextIds, b: KmsCiphertextIds): boolean {
  return a.account === b.account && a.keyId === b.keyId && a.materialId === b.materialId;
}
