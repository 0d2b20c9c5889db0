/**
 * Seals what the records are to the engine that stores them: every value between codec and kv.
 *
 *     value = format (1 byte: 1) ‖ record root key id (4, big-endian) ‖ process session (16)
 *             ‖ counter (8, big-endian) ‖ ciphertext ‖ tag (16)
 *
 *     session key = HKDF-SHA256(record root key, salt = process session, "strongroom/record/1")
 *     ciphertext ‖ tag = AES-256-GCM(session key, nonce = zero (4) ‖ counter (8),
 *                                    AAD = the record's type, its KV key, each with its length)
 *
 * Whoever can write the engine can neither read nor make nor move a record. What he can do is put
 * an older value of the same key back, or remove one: audit checkpoints expose that.
 *
 * docs/formats/record.md is the specification, testdata/record.json its vectors.
 */
import { createSecretKey, hkdfSync, type KeyObject } from "node:crypto";
import { assert } from "../base/index.ts";
import { AuthenticationError } from "./authentication-error.ts";
import { writeNatural } from "./fields.ts";
import { KEY_BYTES, NONCE_BYTES, openGcm, sealGcm, TAG_BYTES } from "./gcm.ts";
import { keyObjectOf, type Secret } from "./secret.ts";

/** What sealing adds to a value. */
export const RECORD_OVERHEAD_BYTES = 45;

const FORMAT = 1;
const SESSION_BYTES = 16;
const SESSION_AT = 5;
const COUNTER_AT = SESSION_AT + SESSION_BYTES;
const CIPHERTEXT_AT = COUNTER_AT + 8;
const INFO = "strongroom/record/1";

/** 2^48 sealings would take one process a million a second for nine years. */
const COUNTER_MAX = 2 ** 48;

/** How many process sessions' keys an opener keeps; deriving one anew takes microseconds. */
const SESSION_KEYS_MAX = 1024;

export interface RecordSealer {
  /** `type` names the record's codec; `key` is where in the KV the value will lie. */
  seal(type: string, key: Uint8Array, value: Uint8Array): Buffer;
}

export interface RecordOpener {
  /** Throws AuthenticationError. */
  open(type: string, key: Uint8Array, sealed: Uint8Array): Buffer;
}

/**
 * Seals for one process session: 16 random bytes drawn at the start of the process.
 *
 * INVARIANT: a process session has one sealer, in one process. Its counter starts at 0, is never
 * persisted, and every sealing uses it up, whether or not the value is ever stored.
 */
export function createRecordSealer(session: {
  readonly rootKey: Secret;
  readonly rootKeyId: number;
  readonly processSession: Uint8Array;
}): RecordSealer {
  const { rootKey, rootKeyId, processSession } = session;
  assert(processSession.length === SESSION_BYTES, "a process session is 16 bytes");
  assert(
    Number.isInteger(rootKeyId) && rootKeyId >= 0 && rootKeyId < 2 ** 32,
    "a record root key id is a number of 32 bits",
  );
  const sessionKey = deriveSessionKey(rootKey, processSession);
  const head = Buffer.alloc(CIPHERTEXT_AT);
  head[0] = FORMAT;
  head.writeUInt32BE(rootKeyId, 1);
  head.set(processSession, SESSION_AT);
  const nonce = Buffer.alloc(NONCE_BYTES);
  let counter = 0;

  return {
    seal(type, key, value) {
      assert(counter < COUNTER_MAX, "a process session seals fewer than 2^48 records");
      writeNatural(head, COUNTER_AT, counter);
      head.copy(nonce, 4, COUNTER_AT, CIPHERTEXT_AT);
      counter += 1;
      const sealed = sealGcm(sessionKey, nonce, encodePlace(type, key), value, CIPHERTEXT_AT);
      sealed.set(head);
      return sealed;
    },
  };
}

/** `rootKeyOf` answers for the ids in use; it is asked once per process session and kept. */
export function createRecordOpener(
  rootKeyOf: (rootKeyId: number) => Secret | undefined,
): RecordOpener {
  const sessionKeys = new SessionKeys(rootKeyOf);
  const nonce = Buffer.alloc(NONCE_BYTES);

  return {
    open(type, key, bytes) {
      const sealed = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      if (sealed.length < RECORD_OVERHEAD_BYTES || sealed[0] !== FORMAT) {
        throw new AuthenticationError();
      }
      const sessionKey = sessionKeys.get(sealed);
      sealed.copy(nonce, 4, COUNTER_AT, CIPHERTEXT_AT);
      return openGcm(sessionKey, nonce, encodePlace(type, key), sealed.subarray(CIPHERTEXT_AT));
    },
  };
}

/** The keys of the process sessions met last. */
class SessionKeys {
  readonly #rootKeyOf: (rootKeyId: number) => Secret | undefined;
  readonly #keys = new Map<string, KeyObject>();

  constructor(rootKeyOf: (rootKeyId: number) => Secret | undefined) {
    this.#rootKeyOf = rootKeyOf;
  }

  get(sealed: Buffer): KeyObject {
    const name = sealed.toString("latin1", 1, COUNTER_AT);
    const known = this.#keys.get(name);
    if (known) return known;

    const rootKey = this.#rootKeyOf(sealed.readUInt32BE(1));
    if (!rootKey) throw new AuthenticationError();
    const derived = deriveSessionKey(rootKey, sealed.subarray(SESSION_AT, COUNTER_AT));
    this.#keys.set(name, derived);
    for (const oldest of this.#keys.keys()) {
      if (this.#keys.size <= SESSION_KEYS_MAX) break;
      this.#keys.delete(oldest);
    }
    return derived;
  }
}

function deriveSessionKey(rootKey: Secret, processSession: Uint8Array): KeyObject {
  const bytes = Buffer.from(
    hkdfSync("sha256", keyObjectOf(rootKey), processSession, INFO, KEY_BYTES),
  );
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return key;
}

function encodePlace(type: string, key: Uint8Array): Buffer {
  const typeLength = Buffer.byteLength(type);
  const place = Buffer.allocUnsafe(8 + typeLength + key.length);
  place.writeUInt32BE(typeLength, 0);
  place.write(type, 4);
  place.writeUInt32BE(key.length, 4 + typeLength);
  place.set(key, 8 + typeLength);
  return place;
}

assert(
  CIPHERTEXT_AT + TAG_BYTES === RECORD_OVERHEAD_BYTES,
  "a sealed record is 45 bytes longer than its value",
);
