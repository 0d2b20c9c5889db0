/** Certificate and key as PEM. They are read, watched and given anew by whoever owns the files. */
import { createSecureContext } from "node:tls";

export interface TlsMaterial {
  readonly cert: Buffer;
  readonly key: Buffer;
}

const KEY_MISMATCH = "ERR_OSSL_X509_KEY_VALUES_MISMATCH";

export const TLS_VERSION_MIN = "TLSv1.2";

/** Says what is wrong with the pair: not PEM, or a key of another certificate; else nothing. */
export function tlsProblem({ cert, key }: TlsMaterial): string | undefined {
  try {
    createSecureContext({ cert, key, minVersion: TLS_VERSION_MIN });
    return undefined;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === KEY_MISMATCH
      ? "the key is not the certificate's"
      : "certificate or key is not in PEM form";
  }
}
