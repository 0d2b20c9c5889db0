import { type ObjectRecord } from "../../records/index.ts";
import { operation, type Scope } from "../../service/index.ts";
import { BodyGone } from "../bodies/body-gone.ts";
import { noSuchKey } from "../errors.ts";
import { READS_AGAIN_MAX } from "../limits.ts";
import { checkRead } from "../objects/conditions.ts";
import { currentObject } from "../objects/current-version.ts";
import { openBodyOf, openEnvelope } from "../objects/open-object.ts";
import { type ReadTarget, readTarget } from "../objects/read-target.ts";
import { objectMembers } from "../objects/reply.ts";
import { rangeMembers, requestedRange } from "../objects/requested-range.ts";
import { checkOverrides, overrideMembers } from "../objects/response-overrides.ts";
import { shownChecksum } from "../objects/shown-checksum.ts";
import type { S3Services } from "../operation.ts";

/** An object's bytes, or a range of them, and what is known of it. */
export const getObject = ({ blobs, keys }: S3Services) =>
  operation<"s3", "GetObject", ReadTarget>({
    service: "s3",
    name: "GetObject",
    event: { category: "data", readOnly: true },
    targets: async (input, scope) => [await readTarget(input, scope)],

    async handle(input, [target], scope) {
      if (!target?.object) throw noSuchKey(input.Key);
      checkOverrides(input, scope.caller);
      const { bucket } = target;
      let object: ObjectRecord = target.object.value;
      for (let reads = 1; ; reads += 1) {
        checkRead(input, object, scope.clock.now());
        try {
          const asked = await requestedRange(input, object, scope.store);
          const contents = await openEnvelope(object, { bucket, key: input.Key }, scope, keys);
          const body = await openBodyOf(object, contents, asked.range, { scope, blobs });
          const checksum =
            input.ChecksumMode === "ENABLED"
              ? await shownChecksum(object, asked, contents, scope.store)
              : {};
          return {
            output: {
              ...objectMembers(object),
              Body: body,
              ...rangeMembers(asked, object),
              ...checksum,
              ...overrideMembers(input),
            },
          };
        } catch (error) {
          if (!(error instanceof BodyGone) || reads === READS_AGAIN_MAX) throw error;
          object = await readAgain(input.Key, bucket.id, scope);
        }
      }
    },
  });

/** The version was replaced, and its body removed, between reading the one and the other. */
async function readAgain(key: string, bucketId: string, scope: Scope): Promise<ObjectRecord> {
  const found = await currentObject(scope.store, bucketId, key);
  if (!found) throw noSuchKey(key);
  return found.value;
}
