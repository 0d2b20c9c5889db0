import { type HmacKey, hmacKey, hmacSha256 } from "../crypto/index.ts";
import { SIGNING_KEYS_MAX } from "./limits.ts";
import type { Scope } from "./signature.ts";

/** The secret behind an access key id, for a verification. */
export interface Credential {
  /**
   * Changes whenever the secret behind this access key id does, and is never used again: the
   * version of its record, or for a role session the hash of its token.
   */
  readonly version: string;
  /** Called only where no signing key is remembered, which is about once a day and scope. */
  readonly secretAccessKey: () => string;
}

/** The day's key for one region and service: the four HMACs that no request needs to repeat. */
export function deriveSigningKey(secretAccessKey: string, scope: Scope): HmacKey {
  let key = hmacKey(Buffer.from(`AWS4${secretAccessKey}`, "utf8"));
  for (const part of [scope.date, scope.region, scope.service, "aws4_request"]) {
    key = hmacKey(hmacSha256(key, part));
  }
  return key;
}

/**
 * Remembers signing keys that have verified a signature; never more than `max`, of which the ones
 * not used for longest go first, in two generations rather than one by one.
 *
 * INVARIANT: a key is found only under the version of the credential that it was derived from, so
 * a rotated secret is never served stale. Revocation needs nothing of this cache: the caller looks
 * the credential up before each verification. `forget` is for the memory's sake.
 */
export class SigningKeys {
  #recent = new Map<string, HmacKey>();
  #earlier = new Map<string, HmacKey>();
  readonly #perGeneration: number;

  constructor(max: number = SIGNING_KEYS_MAX) {
    this.#perGeneration = Math.max(1, Math.floor(max / 2));
  }

  get(accessKeyId: string, credential: Credential, scope: Scope): HmacKey | undefined {
    const name = nameOf(accessKeyId, credential, scope);
    const recent = this.#recent.get(name);
    if (recent !== undefined) return recent;
    const earlier = this.#earlier.get(name);
    if (earlier !== undefined) this.#keep(name, earlier);
    return earlier;
  }

  /** Only for a key that has just verified a signature: strangers fill no memory. */
  remember(accessKeyId: string, credential: Credential, scope: Scope, key: HmacKey): void {
    this.#keep(nameOf(accessKeyId, credential, scope), key);
  }

  /** Drops every key of an access key id that is deleted or made inactive. */
  forget(accessKeyId: string): void {
    const prefix = `${accessKeyId}/`;
    for (const generation of [this.#recent, this.#earlier]) {
      for (const name of generation.keys()) {
        if (name.startsWith(prefix)) generation.delete(name);
      }
    }
  }

  get size(): number {
    return this.#recent.size + this.#earlier.size;
  }

  #keep(name: string, key: HmacKey): void {
    if (this.#recent.size >= this.#perGeneration) {
      this.#earlier = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(name, key);
  }
}

/** An access key id and a scope's parts hold no "/" (see parseCredential). */
function nameOf(accessKeyId: string, credential: Credential, scope: Scope): string {
  return `${accessKeyId}/${scope.text}/${credential.version}`;
}
