import { operation } from "../../service/index.ts";
import type { Input } from "../../wire/index.ts";
import { findBucket } from "../bucket.ts";
import { bucketEvent } from "../buckets/bucket-event.ts";
import { bucketOf } from "../buckets/on-bucket.ts";
import { listedMembers } from "../listing/listed-objects.ts";
import { listNames } from "../listing/list-names.ts";
import { listingConditions, listingParameters, listingQuery } from "../listing/listing-query.ts";
import { checkKey } from "../objects/metadata.ts";
import { bucketTarget, type BucketTarget } from "../target.ts";

/** A page of a bucket's names, continued after a name: the first version of the call. */
export const listObjects = operation<"s3", "ListObjects", BucketTarget>({
  service: "s3",
  name: "ListObjects",
  event: { category: "data", readOnly: true },
  details: bucketEvent<Input<"s3", "ListObjects">>(undefined, listingParameters),

  async targets(input, scope) {
    const bucket = await findBucket(input.Bucket, scope, input.ExpectedBucketOwner);
    const conditions = listingConditions(input);
    return [await bucketTarget("s3:ListBucket", bucket, scope, { conditions })];
  },

  async handle(input, targets, scope) {
    const { id: bucketId } = bucketOf(targets, input.Bucket);
    const query = listingQuery(input);
    const { prefix, delimiter, limit, shown } = query;
    const { Marker = "", EncodingType } = input;
    checkKey(Marker);
    const after = Marker === "" ? undefined : Marker;
    const page = await listNames(scope.store, { ...query, bucketId, after });
    // AWS: without a delimiter the client goes on from the last name itself.
    const next = page.truncated && delimiter !== undefined ? page.last : undefined;
    return {
      output: {
        Name: input.Bucket,
        Prefix: shown(prefix),
        Marker: shown(Marker),
        MaxKeys: limit,
        IsTruncated: page.truncated,
        ...(delimiter !== undefined && { Delimiter: shown(delimiter) }),
        ...(EncodingType !== undefined && { EncodingType }),
        ...(next !== undefined && { NextMarker: shown(next) }),
        ...listedMembers(page, query, { owners: true }),
      },
    };
  },
});
