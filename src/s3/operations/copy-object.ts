import { type ChecksumAlgorithm, randomId } from "../../crypto/index.ts";
import type { ObjectRecord } from "../../records/index.ts";
import { operation } from "../../service/index.ts";
import type { Input } from "../../wire/index.ts";
import { type SealedBody, sealIncoming } from "../bodies/sealed-body.ts";
import { findBucket } from "../bucket.ts";
import { checkDirectives, checkOntoItself, copiedMetadata } from "../copies/directives.ts";
import { ReceivedOnce } from "../copies/received-once.ts";
import {
  checkSourceOf,
  copySourceCondition,
  ownBody,
  sourceOf,
  sourceTarget,
} from "../copies/source.ts";
import { chooseEncryption } from "../encryption/choice.ts";
import { keyForWriting } from "../encryption/wrapping-key.ts";
import { invalidRequest } from "../errors.ts";
import { COPY_BYTES_MAX, COPY_QUEUED_BYTES_MAX } from "../limits.ts";
import { checksumMembers, DEFAULT_CHECKSUM, fullChecksum } from "../objects/checksum.ts";
import { checkWrite, checkWriteHeaders } from "../objects/conditions.ts";
import { isObject, newestVersion } from "../objects/current-version.ts";
import { entityTag, type TagSources, tagSources } from "../objects/entity-tag.ts";
import { checkKey } from "../objects/metadata.ts";
import { openBodyOf, openEnvelope } from "../objects/open-object.ts";
import { readAgainWhenGone } from "../objects/read-again.ts";
import { contextMember, encryptionMembers } from "../objects/reply.ts";
import { storeObject } from "../objects/store-object.ts";
import { writeConditions } from "../objects/write-conditions.ts";
import type { S3Services } from "../operation.ts";
import { type BucketTarget, objectTarget } from "../target.ts";
import type { ReadTarget } from "../objects/read-target.ts";
import { isChecksumAlgorithm, unsupportedChecksum } from "../uploads/upload-checksum.ts";

type CopyInput = Input<"s3", "CopyObject">;

/** What was copied: the bytes, and the object that they were. */
interface Copied {
  readonly sealed: SealedBody;
  readonly tags: TagSources;
  readonly object: ObjectRecord;
}

/** Seals an object's bytes anew, under the destination's encryption: nothing is shared. */
export const copyObject = ({ blobs, keys }: S3Services) => {
  const received = new ReceivedOnce<Copied>(keys);
  return operation<"s3", "CopyObject", BucketTarget | ReadTarget>({
    service: "s3",
    name: "CopyObject",
    event: { category: "data", readOnly: false },

    async targets(input, scope) {
      const { Bucket, Key, ExpectedBucketOwner } = input;
      const bucket = await findBucket(Bucket, scope, ExpectedBucketOwner);
      const source = await sourceTarget(input, scope);
      const conditions = [
        ...writeConditions(input, { creates: true }),
        copySourceCondition(source.source),
        ["s3:x-amz-metadata-directive", input.MetadataDirective],
      ] as const;
      const put = await objectTarget("s3:PutObject", { bucket, key: Key }, scope, { conditions });
      if (input.IfMatch === undefined) return [put, source];
      // AWS: to compare with what is there one must be allowed to read it.
      return [put, source, await objectTarget("s3:GetObject", { bucket, key: Key }, scope)];
    },

    /** Long copies do not hold up other writers of the name: their commits are tried again. */
    queue: ({ Key }, [target, source]) =>
      sizeOf(source) <= COPY_QUEUED_BYTES_MAX ? `${target?.bucket.id}/${Key}` : randomId(16),

    async handle(input, [target, sourceAs], scope) {
      if (!target) throw new Error("a copy has its destination");
      const { bucket } = target;
      const place = { bucket, key: input.Key };
      checkKey(input.Key);
      checkWriteHeaders(input);
      checkDirectives(input);
      const source = sourceOf(sourceAs, input);
      checkSourceOf(source.object, input, scope);
      if (source.object.size > COPY_BYTES_MAX) throw sourceTooLarge();
      const choice = await chooseEncryption(input, bucket, scope);
      await checkOntoItself(input, target, source, choice, scope);
      const key = await keyForWriting(choice, place, scope, keys);

      const from = { bucket: source.target.bucket, key: source.target.source.key };
      const copied = await received.get(scope, from, () =>
        readAgainWhenGone(source.object, from, scope, async (object) => {
          checkSourceOf(object, input, scope);
          const algorithm = checksumOf(input, object);
          const contents = await openEnvelope(object, from, scope, keys);
          const body = ownBody(object.size, () =>
            openBodyOf(object, contents, undefined, { scope, blobs }),
          );
          const md5 = choice.mode === "AES256" ? { md5: "computed" as const } : {};
          const wishes = { defaultChecksum: algorithm, ...md5 };
          const sealed = await sealIncoming(body, scope, {
            blobs,
            wishes,
            bytesMax: COPY_BYTES_MAX,
          });
          return { sealed, tags: tagSources(sealed.report), object };
        }),
      );
      const { sealed } = copied;
      const etag = entityTag(choice.mode, copied.tags);

      const newest = await newestVersion(scope.store, bucket.id, input.Key);
      checkWrite(input, newest && isObject(newest) ? newest.value : undefined, input.Key);
      const checksum = fullChecksum(sealed.report);
      const stored = { sealed, etag, checksum, key, ...copiedMetadata(input, copied.object) };
      const { object: copy, change } = storeObject(place, newest, stored, scope);
      return {
        output: {
          CopyObjectResult: {
            ETag: `"${etag}"`,
            LastModified: new Date(Math.floor(copy.modifiedAt / 1000) * 1000),
            ...checksumMembers(checksum),
          },
          ...encryptionMembers(copy.encryption),
          ...contextMember(copy.encryption, input.SSEKMSEncryptionContext),
        },
        change,
      };
    },
  });
};

/** AWS: the one that is asked for, else the source's. */
function checksumOf(
  { ChecksumAlgorithm }: CopyInput,
  { checksum }: ObjectRecord,
): ChecksumAlgorithm {
  const algorithm = (ChecksumAlgorithm ?? checksum?.algorithm ?? DEFAULT_CHECKSUM).toUpperCase();
  if (!isChecksumAlgorithm(algorithm)) throw unsupportedChecksum();
  return algorithm;
}

function sizeOf(source: BucketTarget | ReadTarget | undefined): number {
  return source && "object" in source ? source.object.value.size : 0;
}

function sourceTooLarge() {
  return invalidRequest(
    `The specified copy source is larger than the maximum allowable size for a copy source: ${COPY_BYTES_MAX}`,
  );
}
