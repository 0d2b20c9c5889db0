/** Who sends a request: its signature, its credential, and the proof that they belong together. */
import type { Caller, Credentials, SignatureInfo } from "../../service/index.ts";
import type { View } from "../../records/index.ts";
import {
  type ChunkSeed,
  type Signature,
  type SignedRequest,
  SigningError,
  SigningKeys,
  type Verified,
  verifySignature,
} from "../../sigv4/index.ts";
import type { ServiceName } from "../../wire/index.ts";

/** What authentication found. */
export interface Authenticated {
  readonly caller: Caller;
  /** Absent for an anonymous request. */
  readonly signature?: SignatureInfo;
  /** Of the signature's scope; undefined for anonymous requests and signatures of version 2. */
  readonly region?: string;
  /** What the signatures of chunks begin with. */
  readonly chunkSeed?: ChunkSeed;
}

export interface Claim {
  readonly request: SignedRequest;
  readonly service: ServiceName;
  readonly signature: Signature | undefined;
  /** The only region that is right, where there is one. */
  readonly region?: string;
  readonly payloadHash: string;
  /** The bucket that the host names. */
  readonly bucket?: string;
  readonly now: Date;
}

/** Whoever signs nothing. */
export const ANONYMOUS: Authenticated = {
  caller: { kind: "anonymous", principal: { kind: "anonymous" } },
};

export class Authenticator {
  readonly #credentials: Credentials;
  readonly #signingKeys = new SigningKeys();

  constructor(credentials: Credentials) {
    this.#credentials = credentials;
  }

  /** Throws SigningError. Only S3 knows anonymous requests. */
  async authenticate(claim: Claim, view: View): Promise<Authenticated> {
    const { signature, service, request, now, payloadHash, region, bucket } = claim;
    if (signature === undefined) {
      if (service === "s3") return ANONYMOUS;
      throw new SigningError({ kind: "authentication-missing" });
    }
    const found = await this.find(signature, view);
    const verified = verifySignature(signature, request, found, {
      service,
      region,
      now,
      payloadHash,
      signingKeys: this.#signingKeys,
      bucket,
    });
    return authenticatedOf(found.caller, verified);
  }

  /**
   * Before a body is read that its signature covers: refuses who cannot have signed it, so that
   * strangers hold no memory. Throws SigningError.
   */
  async admit(signature: Signature | undefined, view: View): Promise<void> {
    if (signature === undefined) throw new SigningError({ kind: "authentication-missing" });
    await this.find(signature, view);
  }

  /** The credential that a signature names. Throws SigningError. */
  async find({ accessKeyId, securityToken }: Signature, view: View) {
    const found = await this.#credentials.find(accessKeyId, securityToken, view);
    switch (found) {
      case "access-key-unknown":
        throw new SigningError({ kind: found, accessKeyId });
      case "token-expired":
      case "token-invalid":
        throw new SigningError({ kind: found, token: securityToken ?? "" });
      default:
        return found;
    }
  }

  get signingKeys(): SigningKeys {
    return this.#signingKeys;
  }
}

/** What a signature that was verified says of its request. */
export function authenticatedOf(caller: Caller, verified: Verified): Authenticated {
  return {
    caller,
    signature: {
      version: verified.signatureVersion,
      authType: verified.authType,
      ageMs: verified.signatureAgeMs,
      contentSha256: verified.payloadHash,
    },
    ...(verified.scope && { region: verified.scope.region }),
    ...(verified.chunkSeed && { chunkSeed: verified.chunkSeed }),
  };
}
