import { operation, type ItemResult } from "../../service/index.ts";
import type { Input, Output } from "../../wire/index.ts";
import { findBucket } from "../bucket.ts";
import { bucketEvent } from "../buckets/bucket-event.ts";
import { malformedXml } from "../errors.ts";
import { DELETE_OBJECTS_MAX } from "../limits.ts";
import { deleteOneObject } from "./delete-object.ts";

type BatchInput = Input<"s3", "DeleteObjects">;
type Named = BatchInput["Delete"]["Objects"][number];

/** Deletes up to a thousand objects, each decided and committed by itself. */
export const deleteObjects = operation<"s3", "DeleteObjects">({
  service: "s3",
  name: "DeleteObjects",
  event: { category: "data", readOnly: false },
  details: bucketEvent("delete"),

  /** AWS: the call itself needs no permission, each name does. */
  async targets({ Bucket, ExpectedBucketOwner }, scope) {
    await findBucket(Bucket, scope, ExpectedBucketOwner);
    return [];
  },

  async handle(input, _targets, scope) {
    const { Objects, Quiet = false } = input.Delete;
    if (Objects.length === 0 || Objects.length > DELETE_OBJECTS_MAX) throw malformedXml();
    const inputs = Objects.map((object) => itemInput(input, object));
    const results = await scope.each(deleteOneObject, inputs);
    return { output: outputOf(Objects, results, { quiet: Quiet }) };
  },
});

function itemInput(
  { Bucket, ExpectedBucketOwner, BypassGovernanceRetention }: BatchInput,
  { Key, VersionId, ETag, LastModifiedTime, Size }: Named,
): Input<"s3", "DeleteObject"> {
  return {
    Bucket,
    Key,
    ...(VersionId !== undefined && { VersionId }),
    ...(ETag !== undefined && { IfMatch: ETag }),
    ...(LastModifiedTime !== undefined && { IfMatchLastModifiedTime: LastModifiedTime }),
    ...(Size !== undefined && { IfMatchSize: Size }),
    ...(BypassGovernanceRetention !== undefined && { BypassGovernanceRetention }),
    ...(ExpectedBucketOwner !== undefined && { ExpectedBucketOwner }),
  };
}

/** In the order of the request; an empty list is left out. */
function outputOf(
  objects: readonly Named[],
  results: readonly ItemResult<Output<"s3", "DeleteObject">>[],
  { quiet }: { readonly quiet: boolean },
): Output<"s3", "DeleteObjects"> {
  const deleted: Named[] = [];
  const errors: { Key: string; VersionId?: string; Code: string; Message: string }[] = [];
  for (const [at, { Key, VersionId }] of objects.entries()) {
    const named = { Key, ...(VersionId !== undefined && { VersionId }) };
    const error = results[at]?.error;
    if (error) errors.push({ ...named, Code: error.code, Message: error.message });
    else deleted.push(named);
  }
  return {
    ...(!quiet && deleted.length > 0 && { Deleted: deleted }),
    ...(errors.length > 0 && { Errors: errors }),
  };
}
