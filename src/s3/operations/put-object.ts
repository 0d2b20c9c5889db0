import { operation } from "../../service/index.ts";
import type { Output } from "../../wire/index.ts";
import { findBucket } from "../bucket.ts";
import { checksumMembers } from "../objects/checksum.ts";
import { contextMember, encryptionMembers } from "../objects/reply.ts";
import { writeConditions } from "../objects/write-conditions.ts";
import { type ReceivedObject, receiveObject, writeObject } from "../objects/write-object.ts";
import type { S3Services } from "../operation.ts";
import { type BucketTarget, objectTarget } from "../target.ts";

/** Stores an object under its bucket's, or its request's, encryption. */
export const putObject = (services: S3Services) =>
  operation<"s3", "PutObject", BucketTarget, Output<"s3", "PutObject">, ReceivedObject>({
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

    receive: (body, input, [target], scope) =>
      receiveObject(body, input, placeOf(target, input), scope, services),

    async handle(input, [target], scope, received) {
      const place = placeOf(target, input);
      const written = await writeObject(input, place, scope, services.keys, received);
      const { etag, encryption } = written.object;
      return {
        output: {
          ETag: `"${etag}"`,
          ...encryptionMembers(encryption),
          ...contextMember(encryption, input.SSEKMSEncryptionContext),
          ...checksumMembers(written.checksum),
        },
        change: written.change,
      };
    },
  });

function placeOf(target: BucketTarget | undefined, { Key }: { readonly Key: string }) {
  if (!target) throw new Error("a put has its target");
  return { bucket: target.bucket, key: Key };
}
