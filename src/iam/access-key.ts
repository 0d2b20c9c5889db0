/** Access keys as they are kept: the secret's text is sealed where its record stands. */
import type { Secret } from "../crypto/index.ts";
import {
  type AccessKeyRecord,
  accessKeySpace,
  type Keyring,
  type RecordStore,
  secretPlace,
  type View,
} from "../records/index.ts";

type Facts = Omit<AccessKeyRecord, "wrapped">;

/** The record of a key with this secret; whoever commits it depends on the current epoch. */
export async function sealAccessKey(
  { keyring, view }: { readonly keyring: Keyring; readonly view: View },
  facts: Facts,
  secret: Secret,
): Promise<AccessKeyRecord> {
  return { ...facts, wrapped: await keyring.wrap(view, placeOf(facts.id), secret) };
}

/** The secret, for the caller to dispose of. */
export function openAccessKey(
  { keyring, store }: { readonly keyring: Keyring; readonly store: RecordStore },
  { id, wrapped }: AccessKeyRecord,
): Promise<Secret> {
  return keyring.unwrap(store, placeOf(id), wrapped);
}

/** As the caller is told it, once. UNSAFE: text cannot be wiped. */
export function secretText(secret: Secret): string {
  return secret.expose().toString("latin1");
}

function placeOf(id: string) {
  return secretPlace("access-key-secret", accessKeySpace, [id], "wrapped");
}
