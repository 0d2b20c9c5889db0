import type { Secret } from "../crypto/index.ts";

/** Where a root of trust lives. Each kind is one file here, and nothing elsewhere knows which. */
export type RootKind = "file" | "passphrase" | "pkcs11" | "aws-kms" | "vault";

/** What `wrap` gives back: kept beside the wrapped bytes, and asked for by `unwrap`. */
export interface WrappedByRoot {
  readonly version: string;
  readonly bytes: Buffer;
}

/** When a destroyed version is beyond recovery at its provider. In the past: already. */
export interface Destruction {
  readonly goneAt: Date;
}

/**
 * The key above all keys, in versions. Each version is a key of its own at its provider, so that
 * one can be destroyed while another stays. Exactly one is current: new wraps are made under it.
 * A version's name is the provider's and is never used again.
 *
 * The caller holds a lease while it adds or destroys: implementations need not expect two at once,
 * but every process must be able to unwrap under a version that another has added since.
 *
 * All reject with RootKeyError where the provider, or what it keeps, is not as it must be, and
 * `unwrap` with AuthenticationError where the bytes are not what was wrapped.
 */
export interface RootOfTrust extends Disposable {
  readonly kind: RootKind;
  /** Oldest first, the current one last. */
  versions(): Promise<readonly string[]>;
  current(): Promise<string>;
  /** Makes a new version beside the old ones, and current. Resolves when it is durable. */
  add(): Promise<string>;
  /** Under the current version. `aad` is authenticated, not kept: unwrapping needs the same. */
  wrap(secret: Secret, aad: Uint8Array): Promise<WrappedByRoot>;
  /** The secret is the caller's, to dispose of. */
  unwrap(version: string, bytes: Uint8Array, aad: Uint8Array): Promise<Secret>;
  /** Not for the current version. One that is gone already is gone. */
  destroy(version: string): Promise<Destruction>;
}
