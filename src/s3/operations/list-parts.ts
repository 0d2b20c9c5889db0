import {
  decodeKey,
  type Found,
  type PartRecord,
  partSpace,
  type RecordStore,
} from "../../records/index.ts";
import { operation, type Scope } from "../../service/index.ts";
import type { Input } from "../../wire/index.ts";
import { findBucket } from "../bucket.ts";
import { invalidArgument } from "../errors.ts";
import { PARTS_PER_PAGE } from "../limits.ts";
import { type ChecksumMembers, partMembers } from "../objects/checksum.ts";
import type { S3Services } from "../operation.ts";
import { ownership } from "../uploads/initiator.ts";
import { openPart } from "../uploads/part.ts";
import { openUpload, uploadOf, type UploadTarget, uploadTarget } from "../uploads/upload.ts";

type ListInput = Input<"s3", "ListParts">;

/** An upload's parts by their numbers. AWS: those of a KMS upload with checksums need its key. */
export const listParts = ({ keys }: S3Services) =>
  operation<"s3", "ListParts", UploadTarget>({
    service: "s3",
    name: "ListParts",
    event: { category: "data", readOnly: true },

    async targets(input, scope) {
      const bucket = await findBucket(input.Bucket, scope, input.ExpectedBucketOwner);
      return [await uploadTarget("s3:ListMultipartUploadParts", bucket, input, scope)];
    },

    async handle(input, [target], scope) {
      if (!target) throw new Error("a list of parts has its target");
      const { value: upload } = uploadOf(target);
      const { limit, after } = pageOf(input);
      const found = limit === 0 ? [] : await partsAfter(upload.id, after, limit + 1, scope.store);
      const parts = found.slice(0, limit);
      const checksums = await checksumsOf(parts, target, scope, keys);
      const { checksum } = upload;
      return {
        output: {
          Bucket: input.Bucket,
          Key: input.Key,
          UploadId: upload.id,
          PartNumberMarker: String(after),
          NextPartNumberMarker: String(parts.at(-1)?.value.number ?? 0),
          MaxParts: limit,
          IsTruncated: found.length > limit,
          Parts: parts.map(({ value }, at) => partOf(value, checksums[at])),
          ...ownership(upload),
          StorageClass: upload.storageClass,
          ...(checksum && {
            ChecksumAlgorithm: checksum.algorithm as "CRC32",
            ChecksumType: checksum.type,
          }),
        },
      };
    },
  });

function partOf({ number, size, etag, modifiedAt }: PartRecord, checksum: ChecksumMembers = {}) {
  const LastModified = new Date(modifiedAt);
  return { PartNumber: number, LastModified, ETag: `"${etag}"`, Size: size, ...checksum };
}

function pageOf({ MaxParts = PARTS_PER_PAGE, PartNumberMarker = "0" }: ListInput): {
  readonly limit: number;
  readonly after: number;
} {
  if (MaxParts < 0) {
    throw invalidArgument(
      "Argument max-parts must be an integer between 0 and 2147483647",
      "max-parts",
      String(MaxParts),
    );
  }
  const after = PartNumberMarker === "" ? 0 : Number(PartNumberMarker);
  if (!Number.isInteger(after) || after < 0 || after > 2 ** 31 - 1) {
    throw invalidArgument(
      "Argument part-number-marker must be an integer between 0 and 2147483647",
      "part-number-marker",
      PartNumberMarker,
    );
  }
  return { limit: Math.min(MaxParts, PARTS_PER_PAGE), after };
}

async function partsAfter(
  uploadId: string,
  after: number,
  limit: number,
  store: RecordStore,
): Promise<Found<PartRecord>[]> {
  const { lt } = partSpace.under(uploadId);
  const gte = partSpace.key(uploadId, BigInt(after) + 1n);
  const page = await store.page(partSpace, { gte, lt }, { limit: Math.min(limit, PARTS_PER_PAGE) });
  if (page.length < PARTS_PER_PAGE || limit <= PARTS_PER_PAGE) return page;
  const last = page.at(-1);
  const next = last && Number(decodeKey(last.key).at(-1));
  return [...page, ...(next === undefined ? [] : await partsAfter(uploadId, next, 1, store))];
}

async function checksumsOf(
  parts: readonly Found<PartRecord>[],
  target: UploadTarget,
  scope: Scope,
  keys: S3Services["keys"],
) {
  const { value: upload } = uploadOf(target);
  if (!upload.checksum || parts.length === 0) return [];
  const { uploadKey } = await openUpload(upload, target.bucket, scope, keys);
  return parts.map(({ value }) => {
    const { key, checksum } = openPart(value, upload.id, uploadKey);
    key[Symbol.dispose]();
    return partMembers(checksum);
  });
}
