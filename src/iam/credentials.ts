/**
 * What an access key id stands for, at every request anew: the key's record, or the sealed token
 * of a session, and behind either the principal by its unique id. Only what follows from a record's
 * version or a token's text is remembered.
 */
import type { Clock } from "../base/index.ts";
import type { Secret } from "../crypto/index.ts";
import {
  type AccessKeyRecord,
  accessKeySpace,
  type Found,
  type Keyring,
  type PrincipalRecord,
  roleSpace,
  sessionKeySpace,
  userSpace,
  type View,
} from "../records/index.ts";
import type { AuthenticatedCaller, Credentials } from "../service/index.ts";
import { openAccessKey, secretText } from "./access-key.ts";
import { BoundedCache } from "./bounded-cache.ts";
import { roleSessionCaller, rootCaller, tokenSession, userCaller } from "./callers.ts";
import { SECRETS_REMEMBERED_MAX, TOKENS_REMEMBERED_MAX } from "./limits.ts";
import { findSessionKey } from "./session-keys.ts";
import { openSessionToken, parseSessionToken, type SessionContents } from "./session-token.ts";

interface Tools {
  readonly keyring: Keyring;
  readonly clock: Clock;
}

interface OpenedToken {
  readonly accessKeyId: string;
  /** Of the key that sealed it. */
  readonly keyId: string;
  readonly contents: SessionContents;
}

export function createCredentials({ keyring, clock }: Tools): Credentials {
  const secrets = new BoundedCache<Secret>(SECRETS_REMEMBERED_MAX);
  const tokens = new BoundedCache<OpenedToken>(TOKENS_REMEMBERED_MAX);

  // UNSAFE: a secret that is forgotten is not wiped: a request may still be about to read it.
  async function secretOf(found: Found<AccessKeyRecord>, view: View): Promise<Secret> {
    const id = `${found.value.id}@${found.version}`;
    const known = secrets.get(id);
    if (known) return known;
    const secret = await openAccessKey({ keyring, store: view.store }, found.value);
    secrets.set(id, secret);
    return secret;
  }

  async function contentsOf(accessKeyId: string, token: string, view: View) {
    const known = tokens.get(token);
    // The key must still be there: without it the token is none any more.
    if (known?.accessKeyId === accessKeyId && (await view.get(sessionKeySpace, known.keyId))) {
      return known.contents;
    }
    const parsed = parseSessionToken(token);
    if (!parsed) return undefined;
    using key = await findSessionKey({ keyring, view }, parsed.keyId);
    const contents = key && openSessionToken(key, accessKeyId, parsed.box);
    if (contents) tokens.set(token, { accessKeyId, keyId: parsed.keyId, contents });
    return contents;
  }

  async function findTemporary(id: string, token: string | undefined, view: View) {
    const contents = token === undefined ? undefined : await contentsOf(id, token, view);
    if (!contents) return "token-invalid";
    if (contents.expiresAt <= clock.now().getTime()) return "token-expired";
    const caller = await sessionCaller(id, contents, view);
    if (!caller) return "access-key-unknown";
    const { tokenId, secretAccessKey } = contents;
    return { caller, version: tokenId, secretAccessKey: () => secretAccessKey };
  }

  async function findLongTerm(id: string, token: string | undefined, view: View) {
    const found = await view.get(accessKeySpace, id);
    if (found?.value.status !== "Active") return "access-key-unknown";
    const caller = await ownerOf(found.value, view);
    if (!caller) return "access-key-unknown";
    if (token !== undefined) return "token-invalid";
    const secret = await secretOf(found, view);
    const version = `${id}@${found.version}`;
    return { caller, version, secretAccessKey: () => secretText(secret) };
  }

  return {
    find: (accessKeyId, token, view) =>
      accessKeyId.startsWith("ASIA")
        ? findTemporary(accessKeyId, token, view)
        : findLongTerm(accessKeyId, token, view),
  };
}

async function ownerOf(
  { id, ownerKind, ownerId, accountId }: AccessKeyRecord,
  view: View,
): Promise<AuthenticatedCaller | undefined> {
  if (ownerKind === "root") return rootCaller(accountId, id);
  const user = await view.get(userSpace, ownerId);
  return user && userCaller(user.value, id);
}

/** Undefined: the principal behind the session is gone. */
async function sessionCaller(
  accessKeyId: string,
  contents: SessionContents,
  view: View,
): Promise<AuthenticatedCaller | undefined> {
  const { kind, uniqueId, accountId } = contents;
  if (kind === "role-session") {
    const role = await view.get(roleSpace, uniqueId);
    return role && roleSessionCaller(role.value, accessKeyId, contents);
  }
  const user = kind === "user" ? await view.get(userSpace, uniqueId) : undefined;
  if (kind === "user" && !user) return undefined;
  const owner: PrincipalRecord | undefined = user?.value;
  const caller = owner ? userCaller(owner, accessKeyId) : rootCaller(accountId, accessKeyId);
  const issuer = { arn: caller.arn, name: owner?.name ?? "root" };
  return { ...caller, session: tokenSession(contents, issuer) };
}
