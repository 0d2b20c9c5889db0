import type { View } from "../records/index.ts";
import type { AuthenticatedCaller } from "./caller.ts";

/** What an access key id stands for, found before its signature is verified. */
export interface FoundCredential {
  readonly caller: AuthenticatedCaller;
  /** Changes whenever the secret does, and is never used again. */
  readonly version: string;
  /** Called only where no signing key is remembered. */
  readonly secretAccessKey: () => string;
}

export type CredentialFailure =
  | "access-key-unknown"
  /** The key is temporary and its token is missing, or is not one that was issued for it. */
  | "token-invalid"
  | "token-expired";

/** What authentication needs of IAM; iam/ implements it and main.ts passes it in. */
export interface Credentials {
  /**
   * The credential behind an access key id, looked up anew for every request: what was deleted,
   * made inactive or belongs to a principal that is gone is `access-key-unknown`.
   */
  find(
    accessKeyId: string,
    securityToken: string | undefined,
    view: View,
  ): Promise<FoundCredential | CredentialFailure>;
}
