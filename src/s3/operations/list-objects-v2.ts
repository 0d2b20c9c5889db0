import { operation } from "../../service/index.ts";
import type { Input, Output } from "../../wire/index.ts";
import { findBucket } from "../bucket.ts";
import { bucketEvent } from "../buckets/bucket-event.ts";
import { bucketOf } from "../buckets/on-bucket.ts";
import { invalidArgument } from "../errors.ts";
import { listedMembers } from "../listing/listed-objects.ts";
import { listNames } from "../listing/list-names.ts";
import { listingConditions, listingParameters, listingQuery } from "../listing/listing-query.ts";
import { decodePageToken, encodePageToken } from "../listing/page-token.ts";
import { checkKey } from "../objects/metadata.ts";
import { bucketTarget, type BucketTarget } from "../target.ts";

type ListInput = Input<"s3", "ListObjectsV2">;

/** A page of a bucket's names, continued by an opaque token. */
export const listObjectsV2 = operation<"s3", "ListObjectsV2", BucketTarget>({
  service: "s3",
  name: "ListObjectsV2",
  event: { category: "data", readOnly: true, name: "ListObjects" },
  details: bucketEvent<ListInput>(undefined, (input) => ({
    "list-type": "2",
    ...listingParameters(input),
  })),

  async targets(input, scope) {
    const bucket = await findBucket(input.Bucket, scope, input.ExpectedBucketOwner);
    const conditions = listingConditions(input);
    return [await bucketTarget("s3:ListBucket", bucket, scope, { conditions })];
  },

  async handle(input, targets, scope) {
    const { id: bucketId } = bucketOf(targets, input.Bucket);
    const query = listingQuery(input);
    const after = startOf(input);
    const page = await listNames(scope.store, { ...query, bucketId, after });
    return {
      output: {
        Name: input.Bucket,
        Prefix: query.shown(query.prefix),
        MaxKeys: query.limit,
        KeyCount: page.rows.length + page.groups.length,
        IsTruncated: page.truncated,
        ...echoed(input, query.shown),
        ...(page.truncated &&
          page.last !== undefined && { NextContinuationToken: encodePageToken(page.last) }),
        ...listedMembers(page, query, { owners: input.FetchOwner === true }),
      },
    };
  },
});

/** The name after which the page begins: the token's, which is stronger than StartAfter. */
function startOf({ ContinuationToken, StartAfter }: ListInput): string | undefined {
  const after = ContinuationToken === undefined ? StartAfter : decodePageToken(ContinuationToken);
  if (after !== undefined) checkKey(after);
  if (after !== undefined || ContinuationToken === undefined) return after;
  throw invalidArgument(
    "The continuation token provided is incorrect",
    "continuation-token",
    ContinuationToken,
  );
}

function echoed(
  { Delimiter, ContinuationToken, StartAfter, EncodingType }: ListInput,
  shown: (name: string) => string,
): Partial<Output<"s3", "ListObjectsV2">> {
  return {
    ...(Delimiter !== undefined && Delimiter !== "" && { Delimiter: shown(Delimiter) }),
    ...(ContinuationToken !== undefined && { ContinuationToken }),
    ...(ContinuationToken === undefined &&
      StartAfter !== undefined && { StartAfter: shown(StartAfter) }),
    ...(EncodingType !== undefined && { EncodingType }),
  };
}
