/** What CloudTrail's records of calls about a bucket say of them: AWS, "S3 CloudTrail events". */
import type { EventDetails } from "../../service/index.ts";

interface BucketInput {
  readonly Bucket: string;
}

/** `members` are those of the document sent, `subresource` is the query parameter that chose it. */
export function bucketEvent<In extends BucketInput>(
  subresource?: string,
  members?: (input: In) => object,
): EventDetails<In, unknown> {
  return {
    request: (input) => ({
      ...members?.(input),
      bucketName: input.Bucket,
      ...(subresource !== undefined && { [subresource]: "" }),
    }),
    response: () => null,
  };
}
