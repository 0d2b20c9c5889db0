import { Change, type ObjectRecord } from "../../records/index.ts";
import { operation } from "../../service/index.ts";
import { findBucket } from "../bucket.ts";
import { copyRange } from "../copies/copy-range.ts";
import { ReceivedOnce } from "../copies/received-once.ts";
import {
  checkSourceOf,
  copySourceCondition,
  ownBody,
  sourceOf,
  sourceTarget,
} from "../copies/source.ts";
import { refuseCustomerKeys } from "../encryption/choice.ts";
import { partMembers } from "../objects/checksum.ts";
import { openBodyOf, openEnvelope } from "../objects/open-object.ts";
import { readAgainWhenGone } from "../objects/read-again.ts";
import type { ReadTarget } from "../objects/read-target.ts";
import { encryptionMembers } from "../objects/reply.ts";
import type { S3Services } from "../operation.ts";
import { putPart, type ReceivedPart } from "../uploads/part.ts";
import { checkPartNumber, receivePart } from "../uploads/receive-part.ts";
import { openUpload, uploadOf, type UploadTarget, uploadTarget } from "../uploads/upload.ts";

/** One part of an upload, out of an object that is there. */
export const uploadPartCopy = ({ blobs, keys }: S3Services) => {
  const once = new ReceivedOnce<ReceivedPart & { readonly object: ObjectRecord }>(keys);
  return operation<"s3", "UploadPartCopy", UploadTarget | ReadTarget>({
    service: "s3",
    name: "UploadPartCopy",
    event: { category: "data", readOnly: false },

    async targets(input, scope) {
      const bucket = await findBucket(input.Bucket, scope, input.ExpectedBucketOwner);
      const source = await sourceTarget(input, scope);
      const conditions = [
        ["s3:objectcreationoperation", "false"],
        copySourceCondition(source.source),
      ] as const;
      return [await uploadTarget("s3:PutObject", bucket, input, scope, conditions), source];
    },

    async handle(input, [target, sourceAs], scope) {
      if (!target) throw new Error("a part has its target");
      const { bucket } = target;
      const upload = uploadOf(target);
      refuseCustomerKeys(input);
      checkPartNumber(input.PartNumber);
      const source = sourceOf(sourceAs, input);
      checkSourceOf(source.object, input, scope);
      copyRange(input.CopySourceRange, source.object.size);
      const { uploadKey } = await openUpload(upload.value, bucket, scope, keys);

      const from = { bucket: source.target.bucket, key: source.target.source.key };
      const received = await once.get(scope, from, () =>
        readAgainWhenGone(source.object, from, scope, async (object) => {
          checkSourceOf(object, input, scope);
          const range = copyRange(input.CopySourceRange, object.size);
          const contents = await openEnvelope(object, from, scope, keys);
          const length = range ? range.end - range.start : object.size;
          const body = ownBody(length, () => openBodyOf(object, contents, range, { scope, blobs }));
          const part = await receivePart(body, upload.value, scope, { blobs, declares: "nobody" });
          return { ...part, object };
        }),
      );

      const change = new Change();
      const number = input.PartNumber;
      const part = await putPart(change, upload, number, received, { scope, uploadKey });
      return {
        output: {
          CopyPartResult: {
            ETag: `"${received.etag}"`,
            LastModified: new Date(Math.floor(part.modifiedAt / 1000) * 1000),
            ...(upload.value.checksum && partMembers(received.checksum)),
          },
          ...encryptionMembers(upload.value.encryption),
        },
        change,
      };
    },
  });
};
