/** What a key's state allows: AWS KMS Developer Guide, "Key states of AWS KMS keys". */
import type { KmsKeyRecord, KmsKeyState } from "../records/index.ts";
import { invalidState, keyDisabled, wrongAlgorithm, wrongUsage } from "./errors.ts";
import { keyArn } from "./key-id.ts";
import { keySpecRow } from "./key-specs.ts";

const WORDS: { readonly [State in KmsKeyState]?: string } = {
  Creating: "is creating",
  PendingDeletion: "is pending deletion",
  PendingReplicaDeletion: "is pending deletion",
  Unavailable: "is unavailable",
  PendingImport: `is pending import`,
};

/** Throws for a key that no cryptographic operation may use now. */
export function requireUsable(key: KmsKeyRecord): void {
  if (key.state === "Enabled" || key.state === "Updating") return;
  if (key.state === "Disabled") throw keyDisabled(keyArn(key));
  throw refusalOf(key);
}

/** Throws for a key that is to be deleted, and for the other states that are given. */
export function requireNotPendingDeletion(
  key: KmsKeyRecord,
  alsoRefused: readonly KmsKeyState[] = [],
): void {
  const pending = key.state === "PendingDeletion" || key.state === "PendingReplicaDeletion";
  if (pending || alsoRefused.includes(key.state)) throw refusalOf(key);
}

/** Throws for a key that encrypts nothing, or not with this algorithm. */
export function requireEncryption(
  key: KmsKeyRecord,
  operation: string,
  algorithm = "SYMMETRIC_DEFAULT",
): void {
  if (key.usage !== "ENCRYPT_DECRYPT") throw wrongUsage(keyArn(key), key.usage, operation);
  if (keySpecRow(key.spec)?.encryptionAlgorithms.includes(algorithm) !== true) {
    throw wrongAlgorithm(algorithm, key.spec);
  }
}

function refusalOf(key: KmsKeyRecord) {
  return invalidState(keyArn(key), WORDS[key.state] ?? "is updating");
}
