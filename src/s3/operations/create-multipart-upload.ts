import { Secret, wrapUploadKey } from "../../crypto/index.ts";
import { Change, type UploadRecord, uploadSpace, usageSpace } from "../../records/index.ts";
import { operation, type Scope } from "../../service/index.ts";
import { findBucket, keepBucket } from "../bucket.ts";
import { chooseEncryption } from "../encryption/choice.ts";
import { keyForWriting } from "../encryption/wrapping-key.ts";
import { newestVersion } from "../objects/current-version.ts";
import { checkKey, systemMetadata, userMetadata } from "../objects/metadata.ts";
import { refuseHeaders } from "../objects/refused-headers.ts";
import { usageKey } from "../objects/replace-version.ts";
import { contextMember, encryptionMembers } from "../objects/reply.ts";
import { writeConditions } from "../objects/write-conditions.ts";
import type { S3Services } from "../operation.ts";
import { type BucketTarget, type Conditions, objectTarget } from "../target.ts";
import { uploadChecksum } from "../uploads/upload-checksum.ts";
import { identityOf } from "../uploads/upload.ts";
import { UploadIds } from "../uploads/upload-id.ts";

const UPLOAD_KEY_BYTES = 32;
const CREATION = "s3:objectcreationoperation";

/** Begins an upload in parts: its encryption is settled here, for all of them. */
export const createMultipartUpload = ({ keys }: S3Services) => {
  const ids = new UploadIds();
  return operation<"s3", "CreateMultipartUpload", BucketTarget>({
    service: "s3",
    name: "CreateMultipartUpload",
    event: { category: "data", readOnly: false },

    async targets(input, scope) {
      const { Bucket, Key, ExpectedBucketOwner } = input;
      const bucket = await findBucket(Bucket, scope, ExpectedBucketOwner);
      const conditions = writeConditions(input, { creates: false });
      return [await objectTarget("s3:PutObject", { bucket, key: Key }, scope, { conditions })];
    },

    async handle(input, [target], scope) {
      if (!target) throw new Error("an upload has its target");
      const { bucket } = target;
      checkKey(input.Key);
      refuseHeaders(input);
      const metadata = userMetadata(input);
      const checksum = uploadChecksum(input);
      const choice = await chooseEncryption(input, bucket, scope);
      const place = { bucket, key: input.Key };
      const { key, record: encryption, change } = await keyForWriting(choice, place, scope, keys);
      using uploadKey = Secret.random(UPLOAD_KEY_BYTES);
      const id = ids.next(scope.clock);
      const upload: UploadRecord = {
        id,
        bucketId: bucket.id,
        name: input.Key,
        state: "open",
        startedAt: scope.clock.now().getTime(),
        ownerId: bucket.accountId,
        ...initiatorOf(scope),
        storageClass: "STANDARD",
        system: systemMetadata(input),
        metadata,
        tags: [],
        encryption,
        envelope: wrapUploadKey(key, uploadKey, {
          bucketId: bucket.id,
          name: input.Key,
          uploadId: id,
        }),
        ...(checksum && { checksum }),
        requested: recorded(writeConditions(input, { creates: false })),
        before: identityOf(await newestVersion(scope.store, bucket.id, input.Key)),
      };
      const written = (change ?? new Change())
        .put(uploadSpace, [bucket.id, input.Key, id], upload)
        .put(usageSpace, usageKey(encryption, bucket.id, input.Key, id), {
          kind: "upload",
          bytes: 0,
        });
      keepBucket(written, bucket);
      return {
        output: {
          Bucket: bucket.name,
          Key: input.Key,
          UploadId: id,
          ...encryptionMembers(encryption),
          ...contextMember(encryption, input.SSEKMSEncryptionContext),
          ...(checksum && {
            ChecksumAlgorithm: checksum.algorithm as never,
            ChecksumType: checksum.type,
          }),
        },
        change: written,
      };
    },
  });
};

function initiatorOf({ caller }: Scope): Pick<UploadRecord, "initiatorArn" | "initiatorId"> {
  return caller.kind === "anonymous"
    ? { initiatorArn: "", initiatorId: "" }
    : { initiatorArn: caller.arn, initiatorId: caller.principalId };
}

/** What its parts are decided by too; whether they create an object they say themselves. */
function recorded(conditions: Conditions): UploadRecord["requested"] {
  return conditions.flatMap(([key, value]) =>
    value === undefined || key === CREATION ? [] : [[key, value] as const],
  );
}
