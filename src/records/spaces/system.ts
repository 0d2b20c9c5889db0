/** What the deployment keeps about itself: keys, process sessions, garbage, leases, time. */
import { bytesSpace, space } from "../space.ts";

/** A secret wrapped under the store key of one epoch (docs/formats/key-wrap.md). */
export interface Wrapped {
  readonly epoch: number;
  readonly bytes: Buffer;
}

const WRAP_AUTHENTICATES =
  "bootstrap: read before the record root key is known; its wrap authenticates";

/** The one record that says what this data folder is. */
export interface DeploymentRecord {
  /** Random, hex; bound into every wrap under a root of trust. */
  readonly id: string;
  readonly createdAt: number;
  /** Records are written as this level's versions (architecture: many processes and nodes). */
  readonly writeLevel: number;
}
export const deploymentSpace = space<[], DeploymentRecord>("deployment", {
  unsealed:
    "bootstrap: read before any key is known; its id is authenticated by the wraps that bind it",
});

/** The store key of one epoch, wrapped under one version of the root of trust. */
export interface StoreKeyRecord {
  readonly epoch: number;
  readonly rootVersion: string;
  readonly wrapped: Buffer;
}
export const storeKeySpace = space<[epoch: bigint], StoreKeyRecord>("store-key", {
  unsealed: WRAP_AUTHENTICATES,
});

/** Parent record of every wrap: a commit that writes wrapped bytes checks it. */
export interface EpochRecord {
  readonly epoch: number;
  /** While an old epoch is being swept: what is still to be destroyed. */
  readonly retiring?: { readonly epoch: number; readonly rootVersion: string };
}
export const epochSpace = space<[name: "current"], EpochRecord>("epoch");

/** The key that seals records, by id, wrapped under the store key of an epoch. */
export interface RecordRootKeyRecord {
  readonly id: number;
  readonly wrapped: Wrapped;
}
export const recordRootKeySpace = space<[id: bigint], RecordRootKeyRecord>("record-root-key", {
  unsealed: WRAP_AUTHENTICATES,
  secrets: { wrapped: "record-root-key" },
});

/** One start of one process: written at its start, deleted at its end or by the collector. */
export interface SessionRecord {
  readonly startedAt: number;
  readonly pid: number;
  readonly host: string;
}
export const sessionSpace = space<[id: Uint8Array], SessionRecord>("session");

/** What a live process session publishes, every few seconds. */
export interface BeatRecord {
  readonly count: number;
  /** Readers and backups begun under earlier gc-epochs have ended. */
  readonly gcEpoch: number;
  /** The store-key epoch that this process wraps under. */
  readonly storeKeyEpoch: number;
}
export const beatSpace = space<[session: Uint8Array], BeatRecord>("beat");

/** The collector's epoch. */
export const gcEpochSpace = space<[name: "current"], { readonly gcEpoch: number }>("gc-epoch");

/** A blob that a record names. */
export const refSpace = space<[blob: string], { readonly bytes: number }>("ref");

/**
 * What is to be removed when nobody reads it any more. The collector takes the rows that it finds,
 * raises the gc-epoch, and removes what they name when every process has published the new one.
 */
export type TrashRecord =
  | { readonly kind: "blob"; readonly blob: string }
  /** All parts of an upload or of a deleted multipart object: the collector expands it. */
  | { readonly kind: "parts"; readonly bucketId: string; readonly upload: string }
  /** Parts that were uploaded and not named when their upload was completed: likewise. */
  | { readonly kind: "unlisted-parts"; readonly bucketId: string; readonly upload: string };
export const trashSpace = space<[id: string], TrashRecord>("trash");

/** Small bodies, by blob id: ciphertext, so not sealed again. */
export const inlineSpace = bytesSpace<[blob: string]>("inline", "ciphertext already");

/** A process that was fenced, whose blobs are swept once more later. */
export interface FencedRecord {
  readonly fencedAt: number;
  readonly sweeps: number;
}
export const fencedSpace = space<[session: Uint8Array], FencedRecord>("fenced");

/** Who runs a background job. */
export interface LeaseRecord {
  /** The holder's process session, hex. */
  readonly holder: string;
  /** Grows with every renewal: a lease that stood still for its life may be taken over. */
  readonly count: number;
  readonly lifeMs: number;
}
export const leaseSpace = space<[job: string], LeaseRecord>("lease");

/** The deployment clock's high-water mark: for destructive deadlines. */
export interface ClockRecord {
  /** Milliseconds since the epoch that the deployment has certainly reached. */
  readonly reached: number;
  /** The wall clock when it was written: downtime is the difference. */
  readonly wall: number;
  /** The wall clock ran ahead by more than a day: destructive jobs wait for `clock accept`. */
  readonly suspect: boolean;
}
export const clockSpace = space<[name: "deployment"], ClockRecord>("clock");
