import { operation, type Scope } from "../../service/index.ts";
import { type Input, type Output, type ServiceError } from "../../wire/index.ts";
import { findBucket } from "../bucket.ts";
import { invalidVersionId, noSuchKey, noSuchVersion } from "../errors.ts";
import { checkDelete, deletion } from "../objects/delete-version.ts";
import { NULL_VERSION } from "../objects/replace-version.ts";
import { type BucketTarget, objectTarget } from "../target.ts";

type DeleteInput = Input<"s3", "DeleteObject">;
type DeleteOutput = Output<"s3", "DeleteObject">;

/** Deletes an object. AWS: that there was none is no error. */
export const deleteObject = operation<"s3", "DeleteObject", BucketTarget>({
  service: "s3",
  name: "DeleteObject",
  event: { category: "data", readOnly: false },
  targets,
  queue: queueOf,

  handle: (input, targetsOfIt, scope) =>
    remove(input, targetsOfIt, scope, (versionId) => invalidVersionId(versionId)),
});

/** One name of DeleteObjects. AWS: there a version id that cannot be is one that is not there. */
export const deleteOneObject = operation<"s3", "DeleteObject", BucketTarget>({
  ...deleteObject,
  event: { category: "part", readOnly: false },

  handle: (input, targetsOfIt, scope) =>
    remove(input, targetsOfIt, scope, (versionId) => noSuchVersion(input.Key, versionId)),
});

async function targets(input: DeleteInput, scope: Scope): Promise<readonly BucketTarget[]> {
  const { Bucket, Key, VersionId, IfMatch, ExpectedBucketOwner } = input;
  const bucket = await findBucket(Bucket, scope, ExpectedBucketOwner);
  const action = VersionId === undefined ? "s3:DeleteObject" : "s3:DeleteObjectVersion";
  const conditions = [
    ["s3:versionid", VersionId],
    ["s3:if-match", IfMatch],
  ] as const;
  return [await objectTarget(action, { bucket, key: Key }, scope, { conditions })];
}

function queueOf({ Key }: DeleteInput, [target]: readonly BucketTarget[]): string {
  return `${target?.bucket.id}/${Key}`;
}

async function remove(
  input: DeleteInput,
  [target]: readonly BucketTarget[],
  scope: Scope,
  unknownVersion: (versionId: string) => ServiceError,
) {
  if (!target) throw noSuchKey(input.Key);
  checkDelete(input);
  const { VersionId } = input;
  // Without versioning there is one version, and this is its id.
  if (VersionId !== undefined && VersionId !== NULL_VERSION) throw unknownVersion(VersionId);
  const change = await deletion(input, target.bucket, scope);
  const output: DeleteOutput = VersionId === undefined ? {} : { VersionId };
  return change ? { output, change } : { output };
}
