import { randomId } from "../../crypto/index.ts";
import { operation } from "../../service/index.ts";
import type { Input, Output } from "../../wire/index.ts";
import { findBucket } from "../bucket.ts";
import { type SealedBody, sealIncoming } from "../bodies/sealed-body.ts";
import { chooseEncryption } from "../encryption/choice.ts";
import { keyForWriting } from "../encryption/wrapping-key.ts";
import { PUT_BYTES_MAX } from "../limits.ts";
import { checksumMembers, DEFAULT_CHECKSUM, fullChecksum } from "../objects/checksum.ts";
import { checkWrite, checkWriteHeaders } from "../objects/conditions.ts";
import { isObject, newestVersion } from "../objects/current-version.ts";
import { checkKey, systemMetadata, userMetadata } from "../objects/metadata.ts";
import { refuseHeaders } from "../objects/refused-headers.ts";
import { contextMember, encryptionMembers } from "../objects/reply.ts";
import { storeObject } from "../objects/store-object.ts";
import { writeConditions } from "../objects/write-conditions.ts";
import type { S3Services } from "../operation.ts";
import { type BucketTarget, objectTarget } from "../target.ts";

type PutInput = Input<"s3", "PutObject">;

/** A body that was received, and the entity tag that it has from now on. */
interface Received {
  readonly sealed: SealedBody;
  readonly etag: string;
}

/** Stores an object under its bucket's, or its request's, encryption. */
export const putObject = ({ blobs, keys }: S3Services) =>
  operation<"s3", "PutObject", BucketTarget, Output<"s3", "PutObject">, Received>({
    service: "s3",
    name: "PutObject",
    event: { category: "data", readOnly: false },

    async targets(input, scope) {
      const { Bucket, Key, ExpectedBucketOwner } = input;
      const bucket = await findBucket(Bucket, scope, ExpectedBucketOwner);
      const conditions = writeConditions(input, { creates: true });
      const put = await objectTarget("s3:PutObject", { bucket, key: Key }, scope, { conditions });
      if (input.IfMatch === undefined) return [put];
      // AWS: to compare with what is there one must be allowed to read it.
      return [put, await objectTarget("s3:GetObject", { bucket, key: Key }, scope)];
    },

    queue: ({ Key }, [target]) => `${target?.bucket.id}/${Key}`,

    async receive(body, input, [target], scope) {
      const bucket = bucketOf(target);
      checkInput(input);
      const choice = await chooseEncryption(input, bucket, scope);
      // A key that refuses does so before the body is read.
      if (choice.mode !== "AES256")
        await keyForWriting(choice, { bucket, key: input.Key }, scope, keys);
      const md5 = choice.mode === "AES256" ? { md5: "computed" as const } : {};
      const wishes = { defaultChecksum: DEFAULT_CHECKSUM, expectedDigest: "hex", ...md5 } as const;
      const sealed = await sealIncoming(body, scope, { blobs, wishes, bytesMax: PUT_BYTES_MAX });
      // AWS: under KMS the tag says nothing about the body.
      const etag = sealed.report.md5?.toString("hex") ?? randomId(16);
      return { sealed, etag };
    },

    async handle(input, [target], scope, { sealed, etag }) {
      const bucket = bucketOf(target);
      const place = { bucket, key: input.Key };
      const choice = await chooseEncryption(input, bucket, scope);
      const key = await keyForWriting(choice, place, scope, keys);
      const newest = await newestVersion(scope.store, bucket.id, input.Key);
      checkWrite(input, newest && isObject(newest) ? newest.value : undefined, input.Key);
      const checksum = fullChecksum(sealed.report);
      const system = systemMetadata(input);
      const metadata = userMetadata(input);
      const stored = { sealed, etag, checksum, system, metadata, key };
      const { object, change } = storeObject(place, newest, stored, scope);
      return {
        output: {
          ETag: `"${etag}"`,
          ...encryptionMembers(object.encryption),
          ...contextMember(object.encryption, input.SSEKMSEncryptionContext),
          ...checksumMembers(checksum),
        },
        change,
      };
    },
  });

function checkInput(input: PutInput): void {
  checkKey(input.Key);
  refuseHeaders(input);
  checkWriteHeaders(input);
  userMetadata(input);
}

function bucketOf(target: BucketTarget | undefined): BucketTarget["bucket"] {
  if (!target) throw new Error("a put has its target");
  return target.bucket;
}
