import type { BucketRecord } from "../../records/index.ts";
import { operation, type Scope } from "../../service/index.ts";
import type { Input } from "../../wire/index.ts";
import { findBucket } from "../bucket.ts";
import { invalidArgument } from "../errors.ts";
import { listingConditions, listingQuery } from "../listing/listing-query.ts";
import { checkKey } from "../objects/metadata.ts";
import { type BucketTarget, bucketTarget } from "../target.ts";
import { ownership } from "../uploads/initiator.ts";
import { listUploads, type UploadsQuery } from "../uploads/list-uploads.ts";
import { findUpload } from "../uploads/upload.ts";

type ListInput = Input<"s3", "ListMultipartUploads">;

/** The uploads of a bucket that are open. */
export const listMultipartUploads = operation<"s3", "ListMultipartUploads", BucketTarget>({
  service: "s3",
  name: "ListMultipartUploads",
  event: { category: "data", readOnly: true },

  async targets(input, scope) {
    const bucket = await findBucket(input.Bucket, scope, input.ExpectedBucketOwner);
    const conditions = listingConditions(input);
    return [await bucketTarget("s3:ListBucketMultipartUploads", bucket, scope, { conditions })];
  },

  async handle(input, [target], scope) {
    if (!target) throw new Error("a list of uploads has its target");
    const { bucket } = target;
    const { MaxUploads } = input;
    const page = { ...input, ...(MaxUploads !== undefined && { MaxKeys: MaxUploads }) };
    const { shown, ...query } = listingQuery(page);
    const after = await startOf(input, bucket, scope);
    const found = await listUploads(scope.store, { ...query, bucketId: bucket.id, after });
    const last = found.uploads.at(-1);
    const { Prefix, Delimiter, KeyMarker = "", EncodingType } = input;
    return {
      output: {
        Bucket: input.Bucket,
        KeyMarker: shown(KeyMarker),
        UploadIdMarker: after?.uploadId ?? "",
        NextKeyMarker: last ? shown(last.name) : "",
        NextUploadIdMarker: last?.id ?? "",
        ...(Prefix !== undefined && Prefix !== "" && { Prefix: shown(Prefix) }),
        ...(query.delimiter !== undefined && { Delimiter: shown(Delimiter ?? "") }),
        ...(EncodingType !== undefined && { EncodingType }),
        MaxUploads: query.limit,
        IsTruncated: found.truncated,
        ...(found.uploads.length > 0 && {
          Uploads: found.uploads.map((upload) => ({
            UploadId: upload.id,
            Key: shown(upload.name),
            Initiated: new Date(upload.startedAt),
            StorageClass: upload.storageClass,
            ...ownership(upload),
            ...(upload.checksum && {
              ChecksumAlgorithm: upload.checksum.algorithm as "CRC32",
              ChecksumType: upload.checksum.type,
            }),
          })),
        }),
        ...(found.groups.length > 0 && {
          CommonPrefixes: found.groups.map((group) => ({ Prefix: shown(group) })),
        }),
      },
    };
  },
});

/** AWS: an upload's id alone marks nothing; with a name it has to be an upload of that name. */
async function startOf(
  { KeyMarker = "", UploadIdMarker = "" }: ListInput,
  bucket: BucketRecord,
  scope: Scope,
): Promise<UploadsQuery["after"]> {
  if (KeyMarker === "") return undefined;
  checkKey(KeyMarker);
  if (UploadIdMarker === "") return { name: KeyMarker };
  const found = await findUpload(bucket, { Key: KeyMarker, UploadId: UploadIdMarker }, scope);
  if (!found) throw invalidArgument("Invalid uploadId marker", "upload-id-marker", UploadIdMarker);
  return { name: KeyMarker, uploadId: UploadIdMarker };
}
