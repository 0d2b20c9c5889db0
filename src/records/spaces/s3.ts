/**
 * Buckets and objects (docs/formats/s3-records.md). A bucket has a random id, to which its name
 * maps: a bucket that is made again under an old name sees nothing of the old one. What a client
 * chose stands in pairs.
 */
import { assert } from "../../base/index.ts";
import { space } from "../space.ts";
import { decodeKey } from "../tuple.ts";
import type { Wrapped } from "./system.ts";

/** Names and their values, in the order in which they were given. */
export type Pairs = readonly (readonly [name: string, value: string])[];

export interface BucketNameRecord {
  readonly bucketId: string;
  readonly accountId: string;
  readonly region: string;
}
export const bucketNameSpace = space<[name: string], BucketNameRecord>("bucket-name");

/** What commits of objects check: identity, state, versioning and lock mode, nothing else. */
export interface BucketRecord {
  readonly id: string;
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  /** AWS's old name for its first European region, where the bucket was made under that. */
  readonly location?: "EU";
  readonly createdAt: number;
  /**
   * A deletion has begun: the bucket is as it was until the deletion's last commit, and the next
   * commit that puts something into it makes it active again.
   */
  readonly state: "active" | "deleting";
  readonly versioning: "off" | "enabled" | "suspended";
  readonly objectLock: boolean;
}
export const bucketSpace = space<[bucketId: string], BucketRecord>("bucket");

/** An account's buckets by name: for ListBuckets. */
export const accountBucketSpace = space<
  [accountId: string, name: string],
  { readonly bucketId: string; readonly region: string; readonly createdAt: number }
>("account-bucket");

export interface BucketEncryptionRecord {
  readonly algorithm: "AES256" | "aws:kms" | "aws:kms:dsse";
  /** As it was given: an id, an ARN or an alias. */
  readonly kmsKeyId?: string;
  readonly bucketKey: boolean;
  /** Encryption types that writes may not use. */
  readonly blocked: readonly "SSE-C"[];
}
export const bucketEncryptionSpace = space<[bucketId: string], BucketEncryptionRecord>(
  "bucket-encryption",
);

export interface BucketPolicyRecord {
  readonly text: string;
  /** What the policy's user and role ARNs stood for when it was put: ARN and unique id. */
  readonly boundIds: Pairs;
}
export const bucketPolicySpace = space<[bucketId: string], BucketPolicyRecord>("bucket-policy");

/** How the key above a body is kept. */
export type EncryptionRecord =
  | {
      readonly mode: "AES256";
      /** Of the S3-managed key that wraps the body's key. */
      readonly keyId: string;
    }
  | {
      readonly mode: "aws:kms";
      readonly keyArn: string;
      /** The material that the ciphertext was made with. */
      readonly materialId: string;
      /** The data key, or the bucket key, as KMS encrypted it. */
      readonly ciphertext: Buffer;
      /** Exactly what it was encrypted with. */
      readonly context: Pairs;
      readonly bucketKey: boolean;
    };

/** Where a body's ciphertext lies, and the envelope that holds its key. */
export interface SealedBodyRecord {
  /** The body's blob, on the blob store or, when `inline`, in the inline space. */
  readonly blob: string;
  readonly inline: boolean;
  readonly segmentBytes: number;
  readonly envelope: Buffer;
}

export type BodyRecord =
  | ({ readonly kind: "one" } & SealedBodyRecord)
  | {
      /** A completed upload keeps its parts where they are. */
      readonly kind: "parts";
      readonly upload: string;
      readonly count: number;
      /**
       * The pages that list the parts, in order: where in the object each begins, and the SHA-256 of
       * its rows. The envelope binds them all.
       */
      readonly pages: readonly (readonly [offset: number, digest: Buffer])[];
      /** Holds the upload key. */
      readonly envelope: Buffer;
    };

/** The storage classes that objects are kept in; others are refused. */
export type StorageClassName = "STANDARD";

/** Headers that are kept as they were sent. */
export interface SystemMetadata {
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly contentDisposition?: string;
  readonly contentLanguage?: string;
  readonly cacheControl?: string;
  readonly expires?: string;
  readonly websiteRedirect?: string;
}

export interface ObjectRecord {
  readonly kind: "object";
  readonly seq: number;
  /** `null` for versions written while versioning is off or suspended. */
  readonly versionId: string;
  readonly modifiedAt: number;
  readonly size: number;
  /** Without quotation marks. */
  readonly etag: string;
  readonly storageClass: StorageClassName;
  readonly ownerId: string;
  readonly system: SystemMetadata;
  readonly metadata: Pairs;
  readonly tags: Pairs;
  readonly encryption: EncryptionRecord;
  readonly body: BodyRecord;
  /** The checksum's kind; its value lies in the envelope. */
  readonly checksum?: { readonly algorithm: string; readonly type: "FULL_OBJECT" | "COMPOSITE" };
  /** Of a completed upload. */
  readonly partsCount?: number;
}

export interface DeleteMarkerRecord {
  readonly kind: "marker";
  readonly seq: number;
  readonly versionId: string;
  readonly modifiedAt: number;
  readonly ownerId: string;
}

export type VersionRecord = ObjectRecord | DeleteMarkerRecord;

/** Newest first: the seq stands inverted. The first row of a name is its current version. */
export const versionSpace = space<
  [bucketId: string, name: string, invertedSeq: bigint],
  VersionRecord
>("version");

/** The part of a version's key that orders it, newest first. */
export function invertedSeq(seq: number): bigint {
  return 2n ** 64n - 1n - BigInt(seq);
}

/**
 * Where the null version of a name is, when it is not the newest. The newest row says itself what
 * it is, so a bucket that never knew versioning has no such records.
 */
export const nullVersionSpace = space<[bucketId: string, name: string], { readonly seq: number }>(
  "null",
);

/** A row of a listing: shown, never trusted. A read goes through the version. */
export interface ListingRecord {
  readonly size: number;
  readonly etag: string;
  readonly modifiedAt: number;
  readonly storageClass: StorageClassName;
  readonly ownerId: string;
  readonly checksum?: { readonly algorithm: string; readonly type: "FULL_OBJECT" | "COMPOSITE" };
  readonly restore?: string;
}
export const currentSpace = space<[bucketId: string, name: string], ListingRecord>("current", {
  unsealed: "shown, never trusted: a read goes through the sealed version record",
});

/** The name in the key of a listing row, `at` being the length of what its bucket's keys begin with. */
export function listedName(key: Buffer, at: number): string {
  const end = key.length - 1;
  // A zero before the end is an escaped one: such names are rare, the others cost no copy.
  if (key.indexOf(0, at + 1) === end) return key.toString("utf8", at + 1, end);
  const name = decodeKey(key).at(-1);
  assert(typeof name === "string", "a listing row is named by a text");
  return name;
}

export interface UploadRecord {
  readonly id: string;
  readonly bucketId: string;
  readonly name: string;
  readonly state: "open" | "completing";
  readonly startedAt: number;
  readonly ownerId: string;
  readonly initiatorArn: string;
  readonly initiatorId: string;
  readonly storageClass: StorageClassName;
  readonly system: SystemMetadata;
  readonly metadata: Pairs;
  readonly tags: Pairs;
  readonly encryption: EncryptionRecord;
  /** Holds the upload key. */
  readonly envelope: Buffer;
  readonly checksum?: { readonly algorithm: string; readonly type: "FULL_OBJECT" | "COMPOSITE" };
  /** The condition keys of Create that its parts are decided by as well, with what it was sent. */
  readonly requested: Pairs;
  /** What the name stood for at the start: a body's name or a version id; empty where nothing. */
  readonly before: string;
}
export const uploadSpace = space<[bucketId: string, name: string, uploadId: string], UploadRecord>(
  "upload",
);

export interface PartRecord {
  readonly number: number;
  readonly size: number;
  readonly etag: string;
  readonly modifiedAt: number;
  readonly body: SealedBodyRecord;
  /** Of the part, sealed in its envelope; here its algorithm only. */
  readonly checksumAlgorithm?: string;
}
export const partSpace = space<[uploadId: string, number: bigint], PartRecord>("part");

/** A part of a completed object: its mark is the SHA-256 of its envelope. */
export type PartRow = readonly [number: number, size: number, offset: number, mark: Buffer];

/** Which of an upload's parts make up the completed object, packed. Pages of at most 1,000. */
export interface PartPageRecord {
  readonly parts: readonly PartRow[];
}
export const partPageSpace = space<[uploadId: string, page: bigint], PartPageRecord>("part-page");

/** One row for each object version or upload under a key: what guards and proofs read. */
export interface UsageRecord {
  readonly kind: "object" | "upload";
  readonly bytes: number;
}
export const usageSpace = space<
  [keyArn: string, materialId: string, bucketId: string, name: string, version: string],
  UsageRecord
>("usage");

/** A key that S3 manages itself, for SSE-S3: one current per account and region. */
export interface S3KeyRecord {
  readonly id: string;
  readonly createdAt: number;
  readonly wrapped: Wrapped;
}
export const s3KeySpace = space<[accountId: string, region: string, id: string], S3KeyRecord>(
  "s3-key",
  { secrets: { wrapped: "s3-managed-key" } },
);
export const s3KeyCurrentSpace = space<
  [accountId: string, region: string],
  { readonly id: string; readonly createdAt: number }
>("s3-key-current");
