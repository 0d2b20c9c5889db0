/** Issues temporary credentials: the sealed token carries all that makes the session. */
import { randomUuid } from "../crypto/index.ts";
import type { Change } from "../records/index.ts";
import type { Scope } from "../service/index.ts";
import { secretText } from "./access-key.ts";
import { packedTooLarge } from "./errors.ts";
import { newAccessKeyId, newSecretAccessKey } from "./identifiers.ts";
import { SESSION_TOKEN_CHARS_MAX } from "./limits.ts";
import { currentSessionKey } from "./session-keys.ts";
import { sealSessionToken, type SessionContents } from "./session-token.ts";
import { accessChange } from "./targets.ts";

type Wanted = Omit<
  SessionContents,
  "secretAccessKey" | "tokenId" | "issuedAt" | "expiresAt" | "sourceKeyId"
> & { readonly seconds: number };

interface Issued {
  readonly credentials: {
    readonly AccessKeyId: string;
    readonly SecretAccessKey: string;
    readonly SessionToken: string;
    readonly Expiration: Date;
  };
  /** Writes only when the key that seals tokens is a new one. */
  readonly change: Change;
}

export async function newSession(
  { view, keyring, clock, caller }: Scope,
  { seconds, ...wanted }: Wanted,
): Promise<Issued> {
  const change = accessChange();
  const now = clock.now().getTime();
  // AWS: tokens are issued and expire at whole seconds.
  const issuedAt = Math.floor(now / 1000) * 1000;
  const expiresAt = issuedAt + seconds * 1000;
  using secret = newSecretAccessKey();
  const secretAccessKey = secretText(secret);
  const accessKeyId = newAccessKeyId("ASIA", wanted.accountId);
  const sealing = await currentSessionKey({ view, keyring, now }, change);
  using _ = sealing.key;
  const token = sealSessionToken(sealing, accessKeyId, {
    ...wanted,
    secretAccessKey,
    tokenId: randomUuid(),
    sourceKeyId: caller.kind === "anonymous" ? "" : caller.accessKeyId,
    issuedAt,
    expiresAt,
  });
  if (token.length > SESSION_TOKEN_CHARS_MAX) {
    throw packedTooLarge("tags", Math.ceil((100 * token.length) / SESSION_TOKEN_CHARS_MAX));
  }
  const credentials = {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: token,
    Expiration: new Date(expiresAt),
  };
  return { credentials, change };
}
