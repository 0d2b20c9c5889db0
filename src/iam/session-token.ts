/**
 * Session tokens: everything about a session, sealed and handed to its bearer, so that any process
 * can check it and none has to remember it (docs/formats/session-token.md).
 *
 *     token = base64url( version (1 byte: 1) ‖ key id (8) ‖ box )
 *     box   = the session as JSON, sealed for "session-token" with the fields [access key id]
 */
import { AuthenticationError, openBox, sealBox } from "../crypto/index.ts";
import type { Pairs } from "../records/index.ts";
import { SESSION_TOKEN_CHARS_MAX } from "./limits.ts";
import type { SessionKey } from "./session-keys.ts";

/** What a token says. Times are in milliseconds since the epoch. */
export interface SessionContents {
  readonly kind: "root" | "user" | "role-session";
  readonly secretAccessKey: string;
  /** Names the token. */
  readonly tokenId: string;
  readonly accountId: string;
  /** Account id of the root user, `AIDA…`, `AROA…`. */
  readonly uniqueId: string;
  /** Of a role session. */
  readonly name: string;
  /** The access key that asked for the session. */
  readonly sourceKeyId: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly mfa: boolean;
  readonly policy?: string;
  readonly policyArns: readonly string[];
  readonly tags: Pairs;
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity?: string;
}

const VERSION = 1;
const KEY_ID_BYTES = 8;
const BOX_AT = 1 + KEY_ID_BYTES;

export function sealSessionToken(
  { id, key }: SessionKey,
  accessKeyId: string,
  contents: SessionContents,
): string {
  const json = Buffer.from(JSON.stringify(contents));
  const box = sealBox(key, "session-token", [accessKeyId], json);
  json.fill(0);
  const header = Buffer.concat([Buffer.of(VERSION), Buffer.from(id, "hex")]);
  return Buffer.concat([header, box]).toString("base64url");
}

/** Undefined when it cannot be a token. */
export function parseSessionToken(
  token: string,
): { readonly keyId: string; readonly box: Buffer } | undefined {
  if (token.length > SESSION_TOKEN_CHARS_MAX || !/^[\w-]+$/.test(token)) return undefined;
  const bytes = Buffer.from(token, "base64url");
  // One token has one text: another spelling of the same bytes was not issued.
  if (bytes.toString("base64url") !== token) return undefined;
  if (bytes.length <= BOX_AT || bytes[0] !== VERSION) return undefined;
  return { keyId: bytes.toString("hex", 1, BOX_AT), box: bytes.subarray(BOX_AT) };
}

/** Undefined: it was not sealed under this key for this access key. */
export function openSessionToken(
  key: SessionKey["key"],
  accessKeyId: string,
  box: Buffer,
): SessionContents | undefined {
  try {
    const json = openBox(key, "session-token", [accessKeyId], box);
    const contents = JSON.parse(json.toString()) as SessionContents;
    json.fill(0);
    return contents;
  } catch (error) {
    if (error instanceof AuthenticationError) return undefined;
    throw error;
  }
}
