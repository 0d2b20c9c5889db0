import { Change, trashSpace, usageSpace } from "../../records/index.ts";
import { operation } from "../../service/index.ts";
import { findBucket } from "../bucket.ts";
import { headerNotImplemented } from "../errors.ts";
import { usageKey } from "../objects/replace-version.ts";
import { uploadOf, type UploadTarget, uploadTarget } from "../uploads/upload.ts";

/** Gives an upload up, one whose completion was broken off too. Its parts go to the trash. */
export const abortMultipartUpload = operation<"s3", "AbortMultipartUpload", UploadTarget>({
  service: "s3",
  name: "AbortMultipartUpload",
  event: { category: "data", readOnly: false },

  async targets(input, scope) {
    const bucket = await findBucket(input.Bucket, scope, input.ExpectedBucketOwner);
    return [await uploadTarget("s3:AbortMultipartUpload", bucket, input, scope)];
  },

  async handle(input, [target]) {
    if (!target) throw new Error("an abort has its target");
    if (input.IfMatchInitiatedTime !== undefined) {
      throw headerNotImplemented("x-amz-if-match-initiated-time");
    }
    const upload = uploadOf(target);
    const { id, bucketId, name, encryption } = upload.value;
    const change = new Change()
      .expect(upload)
      .remove(upload)
      .delete(usageSpace, ...usageKey(encryption, bucketId, name, id))
      .put(trashSpace, [id], { kind: "parts", bucketId, upload: id });
    change.purpose = "upkeep";
    return { output: {}, change };
  },
});
