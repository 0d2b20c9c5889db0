/** A write of one body under a name, as PutObject and a browser's form make it. */
import type { ObjectChecksum } from "../../crypto/index.ts";
import type { Change, ObjectRecord } from "../../records/index.ts";
import type { BodySource, Scope } from "../../service/index.ts";
import { type SealedBody, sealIncoming } from "../bodies/sealed-body.ts";
import {
  chooseEncryption,
  type EncryptionChoice,
  type EncryptionHeaders,
} from "../encryption/choice.ts";
import { keyForWriting, type ObjectPlace, type WritingKey } from "../encryption/wrapping-key.ts";
import { PUT_BYTES_MAX } from "../limits.ts";
import type { S3Services } from "../operation.ts";
import { DEFAULT_CHECKSUM, fullChecksum } from "./checksum.ts";
import { checkWrite, checkWriteHeaders, type WriteConditions } from "./conditions.ts";
import { isObject, newestVersion } from "./current-version.ts";
import { entityTag, type TagSources, tagSources } from "./entity-tag.ts";
import { checkKey, type MetadataInput, systemMetadata, userMetadata } from "./metadata.ts";
import { type RefusableInput, refuseHeaders } from "./refused-headers.ts";
import { storeObject } from "./store-object.ts";

export type WriteInput = EncryptionHeaders & WriteConditions & MetadataInput & RefusableInput;

/** A body that was received, for every run of its request. */
export interface ReceivedObject {
  readonly sealed: SealedBody;
  readonly tags: TagSources;
}

/** Checks what can be checked before the body, and seals it. Throws ServiceError. */
export async function receiveObject(
  body: BodySource,
  input: WriteInput,
  place: ObjectPlace,
  scope: Scope,
  { blobs, keys }: Pick<S3Services, "blobs" | "keys">,
  lengthIs: "required" | "optional" = "required",
): Promise<ReceivedObject> {
  checkKey(place.key);
  refuseHeaders(input);
  checkWriteHeaders(input);
  userMetadata(input);
  // A key that refuses does so before the body is read.
  const encryption = await decideEncryption(input, place, scope, keys);
  decided.set(scope, encryption);
  const { choice } = encryption;
  const md5 = choice.mode === "AES256" ? { md5: "computed" as const } : {};
  const wishes = { defaultChecksum: DEFAULT_CHECKSUM, expectedDigest: "hex", ...md5 } as const;
  const bytesMax = PUT_BYTES_MAX;
  const sealed = await sealIncoming(body, scope, { blobs, wishes, bytesMax, lengthIs });
  return { sealed, tags: tagSources(sealed.report) };
}

interface Encryption {
  readonly choice: EncryptionChoice;
  readonly key: WritingKey;
}

/**
 * What a run decided before the body, for its handler. INVARIANT: the run's commit checks all that
 * this was decided from; another run has another scope, and decides again.
 */
const decided = new WeakMap<Scope, Encryption>();

async function decideEncryption(
  input: WriteInput,
  place: ObjectPlace,
  scope: Scope,
  keys: S3Services["keys"],
): Promise<Encryption> {
  const choice = await chooseEncryption(input, place.bucket, scope);
  return { choice, key: await keyForWriting(choice, place, scope, keys) };
}

export interface WrittenObject {
  readonly object: ObjectRecord;
  readonly checksum: ObjectChecksum | undefined;
  readonly change: Change;
}

/** Throws ServiceError for a condition that does not hold, and KMS's refusals in S3's words. */
export async function writeObject(
  input: WriteInput,
  place: ObjectPlace,
  scope: Scope,
  keys: S3Services["keys"],
  { sealed, tags }: ReceivedObject,
): Promise<WrittenObject> {
  const known = decided.get(scope);
  const { choice, key } = known ?? (await decideEncryption(input, place, scope, keys));
  const etag = entityTag(choice.mode, tags);
  const newest = await newestVersion(scope.store, place.bucket.id, place.key);
  checkWrite(input, newest && isObject(newest) ? newest.value : undefined, place.key);
  const checksum = fullChecksum(sealed.report);
  const system = systemMetadata(input);
  const metadata = userMetadata(input);
  const stored = { sealed, etag, checksum, system, metadata, key };
  return { ...storeObject(place, newest, stored, scope), checksum };
}
