/**
 * The keys that seal session tokens: a new one every day, each kept until the last token it can
 * have sealed has expired.
 */
import { randomId, Secret } from "../crypto/index.ts";
import {
  type Change,
  type Keyring,
  secretPlace,
  type SessionKeysRecord,
  sessionKeySpace,
  sessionKeysSpace,
  type View,
} from "../records/index.ts";
import { SESSION_KEY_LIFE_MS, SESSION_KEY_OVERLAP_MS } from "./limits.ts";

export interface SessionKey {
  readonly id: string;
  readonly key: Secret;
}

interface Tools {
  readonly keyring: Keyring;
  readonly view: View;
  readonly now: number;
}

/** The key for a new token, for the caller to dispose of; a new one becomes part of `change`. */
export async function currentSessionKey(tools: Tools, change: Change): Promise<SessionKey> {
  const { view, keyring, now } = tools;
  const keys = await view.get(sessionKeysSpace, "current");
  if (keys && now - keys.value.since < SESSION_KEY_LIFE_MS) {
    const key = await findSessionKey({ keyring, view }, keys.value.id);
    if (key) return { id: keys.value.id, key };
  }
  const id = randomId(8);
  const key = Secret.random(32);
  const wrapped = await keyring.wrap(view, placeOf(id), key);
  change.put(sessionKeySpace, [id], { id, wrapped });
  change.put(sessionKeysSpace, ["current"], {
    id,
    since: now,
    retired: await retire(keys?.value, { view, now }, change),
  });
  return { id, key };
}

/** Undefined: there is none any more, or there never was. The caller disposes of the key. */
export async function findSessionKey(
  { keyring, view }: { readonly keyring: Keyring; readonly view: View },
  id: string,
): Promise<Secret | undefined> {
  const found = await view.get(sessionKeySpace, id);
  return found && keyring.unwrap(view.store, placeOf(id), found.value.wrapped);
}

/** The key before joins the retired ones; those whose overlap is over are deleted. */
async function retire(
  keys: SessionKeysRecord | undefined,
  { view, now }: { readonly view: View; readonly now: number },
  change: Change,
): Promise<SessionKeysRecord["retired"]> {
  if (!keys) return [];
  const all = [...keys.retired, { id: keys.id, until: now + SESSION_KEY_OVERLAP_MS }];
  for (const { id, until } of all) {
    if (until <= now && (await view.get(sessionKeySpace, id))) change.delete(sessionKeySpace, id);
  }
  return all.filter(({ until }) => until > now);
}

function placeOf(id: string) {
  return secretPlace("session-token-key", sessionKeySpace, [id], "wrapped");
}
