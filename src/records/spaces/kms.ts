/**
 * KMS keys (docs/formats/kms-records.md). The key's record is the parent of all that belongs to it:
 * its policy, materials, rotations and aliases are written together with it, so that a commit which
 * checks it has seen them all.
 */
import { bytesSpace, space } from "../space.ts";
import type { Pairs } from "./s3.ts";
import type { Wrapped } from "./system.ts";

/** AWS's key states. */
export type KmsKeyState =
  | "Creating"
  | "Enabled"
  | "Disabled"
  | "PendingDeletion"
  | "PendingImport"
  | "PendingReplicaDeletion"
  | "Unavailable"
  | "Updating";

/** Automatic rotation, while it is on. */
export interface KmsRotationSettings {
  readonly periodDays: number;
  readonly enabledAt: number;
  readonly nextAt: number;
}

export interface KmsKeyRecord {
  /** A UUID, or `mrk-` and 32 hex digits. */
  readonly id: string;
  readonly accountId: string;
  readonly region: string;
  readonly createdAt: number;
  readonly manager: "CUSTOMER" | "AWS";
  readonly description: string;
  readonly state: KmsKeyState;
  /** While deletion is pending: the end of the window. */
  readonly deletesAt?: number;
  /** AWS's names: a row of the table of key specs, and one of its usages. */
  readonly spec: string;
  readonly usage: string;
  readonly origin: "AWS_KMS" | "EXTERNAL" | "AWS_CLOUDHSM" | "EXTERNAL_KEY_STORE";
  /** What new ciphertexts are made with; absent while there is none. */
  readonly currentMaterialId?: string;
  /** How many materials it ever had: the place of the next one in its history. */
  readonly materials: number;
  readonly onDemandRotations: number;
  readonly rotation?: KmsRotationSettings;
  /** Names of its aliases, `alias/` included. */
  readonly aliases: readonly string[];
  readonly tags: Pairs;
  /** Of a multi-Region key. */
  readonly multiRegion?: {
    readonly type: "PRIMARY" | "REPLICA";
    readonly primaryRegion: string;
    readonly replicaRegions: readonly string[];
  };
}
export const kmsKeySpace = space<[accountId: string, region: string, id: string], KmsKeyRecord>(
  "kms-key",
);

/** How many customer managed keys an account has in a region: for the quota. */
export const kmsKeyCountSpace = bytesSpace<[accountId: string, region: string]>(
  "kms-key-count",
  "a counter, which the engine merges",
);

export interface KmsKeyPolicyRecord {
  readonly text: string;
  /** What the policy's user and role ARNs stood for when it was put: ARN and unique id. */
  readonly boundIds: Pairs;
}
export const kmsKeyPolicySpace = space<
  [accountId: string, region: string, keyId: string],
  KmsKeyPolicyRecord
>("kms-key-policy");

/** Key material, wrapped. Its id says which key it belongs to and what it is. */
export interface KmsMaterialRecord {
  readonly id: string;
  readonly createdAt: number;
  readonly wrapped: Wrapped;
}
export const kmsMaterialSpace = space<
  [accountId: string, region: string, keyId: string, materialId: string],
  KmsMaterialRecord
>("kms-material", { secrets: { wrapped: "kms-key-material" } });

/** A key's materials in the order in which they became current; the first has no rotation. */
export interface KmsRotationRecord {
  /** From 0. */
  readonly place: number;
  readonly materialId: string;
  readonly at: number;
  readonly type?: "AUTOMATIC" | "ON_DEMAND";
}
export const kmsRotationSpace = space<
  [accountId: string, region: string, keyId: string, place: bigint],
  KmsRotationRecord
>("kms-rotation");

/** Where an alias points; the key's record names it too. */
export interface KmsAliasRecord {
  /** `alias/` included. */
  readonly name: string;
  readonly keyId: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}
export const kmsAliasSpace = space<
  [accountId: string, region: string, name: string],
  KmsAliasRecord
>("kms-alias");

/** What is to be done to a key at a time: jobs read the past of this index, never all keys. */
export const kmsDueSpace = space<
  [task: "rotate" | "delete", at: bigint, accountId: string, region: string, keyId: string],
  Readonly<Record<string, never>>
>("kms-due");

/**
 * Material was destroyed since the store-key epoch began: the epoch is to be changed, so that what
 * old copies of the data folder hold of it opens no more. Written with the destruction itself.
 */
export const epochDueSpace = space<[name: "current"], { readonly since: number }>("epoch-due");
