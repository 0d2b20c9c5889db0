import { type ObjectChecksum, wrapCompletedUploadKey } from "../../crypto/index.ts";
import {
  type BucketRecord,
  Change,
  type Found,
  type ObjectRecord,
  trashSpace,
  type UploadRecord,
  usageSpace,
  type VersionRecord,
} from "../../records/index.ts";
import { operation, type Scope } from "../../service/index.ts";
import type { Input, Output } from "../../wire/index.ts";
import { findBucket } from "../bucket.ts";
import type { KeySources } from "../encryption/wrapping-key.ts";
import { checksumMembers } from "../objects/checksum.ts";
import { checkWrite, checkWriteHeaders } from "../objects/conditions.ts";
import { isObject, newestVersion } from "../objects/current-version.ts";
import { openEnvelope } from "../objects/open-object.ts";
import { nextSeq, NULL_VERSION, replaceVersion, usageKey } from "../objects/replace-version.ts";
import { encryptionMembers } from "../objects/reply.ts";
import type { S3Services } from "../operation.ts";
import { objectTarget } from "../target.ts";
import { checkChecksumType, checkObjectValues } from "../uploads/completion-checks.ts";
import { partListDigest } from "../uploads/part-pages.ts";
import { complete, type Completion, namedParts } from "../uploads/completion.ts";
import { conditionalConflict, noSuchUpload } from "../uploads/errors.ts";
import { locationOf } from "../uploads/location.ts";
import { closeToParts, openToParts } from "../uploads/state.ts";
import { identityOf, openUpload, type UploadTarget, uploadTarget } from "../uploads/upload.ts";

type CompleteInput = Input<"s3", "CompleteMultipartUpload">;
type CompleteOutput = Output<"s3", "CompleteMultipartUpload">;

interface CompleteTarget extends UploadTarget {
  /** The object that the upload has become: completing it again answers the same. */
  readonly completed?: ObjectRecord;
}

/** Makes an object of an upload's parts, where they are. */
export const completeMultipartUpload = ({ keys }: S3Services) =>
  operation<"s3", "CompleteMultipartUpload", CompleteTarget>({
    service: "s3",
    name: "CompleteMultipartUpload",
    event: { category: "data", readOnly: false },

    async targets(input, scope) {
      const bucket = await findBucket(input.Bucket, scope, input.ExpectedBucketOwner);
      const put = await targetOf(input, bucket, scope);
      if (input.IfMatch === undefined) return [put];
      // AWS: to compare with what is there one must be allowed to read it.
      return [put, await objectTarget("s3:GetObject", { bucket, key: input.Key }, scope)];
    },

    queue: ({ Key }, [target]) => `${target?.bucket.id}/${Key}`,

    async handle(input, [target], scope) {
      if (!target) throw new Error("a completion has its target");
      const { bucket, upload, completed } = target;
      if (completed) return { output: await answerAgain(completed, input, bucket, scope, keys) };
      checkWriteHeaders(input);
      const named = namedParts(input.MultipartUpload, input.UploadId);
      const closed = upload && (await closeToParts(upload, scope));
      if (!closed) return goneMeanwhile(input, bucket, scope, keys);
      try {
        checkChecksumType(input, closed.value);
        const { wrappingKey, uploadKey } = await openUpload(closed.value, bucket, scope, keys);
        const { store } = scope;
        const completion = await complete(closed.value, named, { store, uploadKey });
        checkObjectValues(input, closed.value, completion);
        const newest = await newestVersion(store, bucket.id, input.Key);
        checkConditions(input, closed.value, newest);
        const contents = { key: uploadKey, checksum: completion.checksum };
        const object = objectOf(closed.value, completion, { newest, scope }, (binding) =>
          wrapCompletedUploadKey(wrappingKey, contents, { ...binding, bucketId: bucket.id }),
        );
        const change = new Change();
        replaceVersion(change, { bucket, key: input.Key }, newest, object);
        endUpload(change, closed, completion);
        const shown = isShown(closed.value) ? completion.checksum : undefined;
        return { output: outputOf(object, shown, input, scope), change };
      } catch (error) {
        await openToParts(closed, scope);
        throw error;
      }
    },
  });

/** AWS: without an algorithm of the client's, the checksum of a KMS object is shown to its readers. */
function isShown({ checksum, encryption }: Pick<UploadRecord, "checksum" | "encryption">): boolean {
  return checksum !== undefined || encryption.mode === "AES256";
}

async function targetOf(
  input: CompleteInput,
  bucket: BucketRecord,
  scope: Scope,
): Promise<CompleteTarget> {
  const own = [
    ["s3:objectcreationoperation", "true"],
    ["s3:if-match", input.IfMatch],
    ["s3:if-none-match", input.IfNoneMatch],
  ] as const;
  const target = await uploadTarget("s3:PutObject", bucket, input, scope, own);
  if (target.upload) return target;
  const completed = await completedObject(input, bucket, scope);
  if (!completed) return target;
  const { encryption } = completed;
  const conditions = [
    ...own,
    ["s3:x-amz-server-side-encryption", encryption.mode],
    [
      "s3:x-amz-server-side-encryption-aws-kms-key-id",
      encryption.mode === "AES256" ? undefined : encryption.keyArn,
    ],
  ] as const;
  const place = { bucket, key: input.Key };
  return { ...(await objectTarget("s3:PutObject", place, scope, { conditions })), completed };
}

async function completedObject(
  { Key, UploadId }: CompleteInput,
  bucket: BucketRecord,
  { store }: Scope,
): Promise<ObjectRecord | undefined> {
  const newest = await newestVersion(store, bucket.id, Key);
  if (!newest || !isObject(newest)) return undefined;
  const { body } = newest.value;
  return body.kind === "parts" && body.upload === UploadId ? newest.value : undefined;
}

/** The upload was there when the request was decided: another one has completed or aborted it. */
async function goneMeanwhile(
  input: CompleteInput,
  bucket: BucketRecord,
  scope: Scope,
  keys: KeySources,
): Promise<{ readonly output: CompleteOutput }> {
  const completed = await completedObject(input, bucket, scope);
  if (!completed) throw noSuchUpload(input.UploadId);
  return { output: await answerAgain(completed, input, bucket, scope, keys) };
}

async function answerAgain(
  object: ObjectRecord,
  input: CompleteInput,
  bucket: BucketRecord,
  scope: Scope,
  keys: KeySources,
): Promise<CompleteOutput> {
  const { checksum } = await openEnvelope(object, { bucket, key: input.Key }, scope, keys);
  const shown = object.encryption.mode === "AES256" || checksum?.algorithm !== "CRC64NVME";
  return outputOf(object, shown ? checksum : undefined, input, scope);
}

/** AWS: a conditional completion also needs that nothing was written or deleted since the start. */
function checkConditions(
  input: CompleteInput,
  upload: UploadRecord,
  newest: Found<VersionRecord> | undefined,
): void {
  checkWrite(input, newest && isObject(newest) ? newest.value : undefined, input.Key);
  const condition = input.IfMatch === undefined ? "If-None-Match" : "If-Match";
  if (input.IfMatch === undefined && input.IfNoneMatch === undefined) return;
  if (identityOf(newest) !== upload.before) throw conditionalConflict(condition, input.Key);
}

function objectOf(
  upload: UploadRecord,
  { list, etag, checksum: { algorithm, type } }: Completion,
  { newest, scope }: { readonly newest: Found<VersionRecord> | undefined; readonly scope: Scope },
  wrap: (binding: {
    readonly name: string;
    readonly versionId: string;
    readonly uploadId: string;
    readonly plaintextLength: number;
    readonly partListDigest: Buffer;
    readonly etag: string;
  }) => Buffer,
): ObjectRecord {
  const { id, name, ownerId, storageClass, system, metadata, tags, encryption } = upload;
  const { pages } = list;
  return {
    kind: "object",
    seq: nextSeq(newest),
    versionId: NULL_VERSION,
    modifiedAt: scope.clock.now().getTime(),
    size: list.size,
    etag,
    storageClass,
    ownerId,
    system,
    metadata,
    tags,
    encryption,
    body: {
      kind: "parts",
      upload: id,
      count: list.count,
      pages,
      envelope: wrap({
        name,
        versionId: NULL_VERSION,
        uploadId: id,
        plaintextLength: list.size,
        partListDigest: partListDigest(pages),
        etag,
      }),
    },
    checksum: { algorithm, type },
    partsCount: list.count,
  };
}

/** The parts stay where they are; those that were not named go. */
function endUpload(
  change: Change,
  upload: Found<UploadRecord>,
  { list, unlisted }: Completion,
): void {
  const { id, bucketId, name, encryption } = upload.value;
  change
    .expect(upload)
    .remove(upload)
    .delete(usageSpace, ...usageKey(encryption, bucketId, name, id));
  list.put(change, id);
  if (!unlisted) return;
  change.put(trashSpace, [`${id}/unlisted`], { kind: "unlisted-parts", bucketId, upload: id });
}

function outputOf(
  { etag, encryption, partsCount }: ObjectRecord,
  checksum: ObjectChecksum | undefined,
  { Bucket, Key }: CompleteInput,
  { request }: Scope,
): CompleteOutput {
  return {
    Location: locationOf(request, Bucket, Key),
    Bucket,
    Key,
    ETag: `"${etag}"`,
    ...encryptionMembers(encryption),
    ...checksumMembers(checksum, partsCount),
  };
}
