import { Change } from "../../records/index.ts";
import { operation } from "../../service/index.ts";
import type { BodyReport, Output } from "../../wire/index.ts";
import { findBucket } from "../bucket.ts";
import { refuseCustomerKeys } from "../encryption/choice.ts";
import { partMembers } from "../objects/checksum.ts";
import { encryptionMembers } from "../objects/reply.ts";
import type { S3Services } from "../operation.ts";
import { putPart, type ReceivedPart } from "../uploads/part.ts";
import { checkPartNumber, receivePart } from "../uploads/receive-part.ts";
import { openUpload, uploadOf, type UploadTarget, uploadTarget } from "../uploads/upload.ts";

type Received = ReceivedPart & { readonly report: BodyReport };

/** One part of an upload, instead of an earlier one of its number. */
export const uploadPart = ({ blobs, keys }: S3Services) =>
  operation<"s3", "UploadPart", UploadTarget, Output<"s3", "UploadPart">, Received>({
    service: "s3",
    name: "UploadPart",
    event: { category: "data", readOnly: false },

    async targets(input, scope) {
      const bucket = await findBucket(input.Bucket, scope, input.ExpectedBucketOwner);
      const conditions = [["s3:objectcreationoperation", "false"]] as const;
      return [await uploadTarget("s3:PutObject", bucket, input, scope, conditions)];
    },

    queue: ({ UploadId, PartNumber }) => `${UploadId}/${PartNumber}`,

    async receive(body, input, [target], scope) {
      if (!target) throw new Error("a part has its target");
      const { value: upload } = uploadOf(target);
      refuseCustomerKeys(input);
      checkPartNumber(input.PartNumber);
      // A key that refuses does so before the body is read.
      if (upload.encryption.mode !== "AES256") await openUpload(upload, target.bucket, scope, keys);
      return receivePart(body, upload, scope, { blobs, declares: "client" });
    },

    async handle(input, [target], scope, received) {
      if (!target) throw new Error("a part has its target");
      const upload = uploadOf(target);
      const { uploadKey } = await openUpload(upload.value, target.bucket, scope, keys);
      const change = new Change();
      await putPart(change, upload, input.PartNumber, received, { scope, uploadKey });
      const { checksum } = received.report;
      return {
        output: {
          ETag: `"${received.etag}"`,
          ...encryptionMembers(upload.value.encryption),
          ...partMembers(checksum && { algorithm: checksum.algorithm, bytes: checksum.value }),
        },
        change,
      };
    },
  });
