import { operation } from "../../service/index.ts";
import { noSuchKey } from "../errors.ts";
import { checkRead } from "../objects/conditions.ts";
import { openEnvelope } from "../objects/open-object.ts";
import { type ReadTarget, readTarget } from "../objects/read-target.ts";
import { objectMembers } from "../objects/reply.ts";
import { isWhole, rangeMembers, requestedRange } from "../objects/requested-range.ts";
import { checkOverrides, overrideMembers } from "../objects/response-overrides.ts";
import { shownChecksum } from "../objects/shown-checksum.ts";
import type { S3Services } from "../operation.ts";

/** What is known of an object. AWS: no key is used, unless its checksum is asked for. */
export const headObject = ({ keys }: S3Services) =>
  operation<"s3", "HeadObject", ReadTarget>({
    service: "s3",
    name: "HeadObject",
    event: { category: "data", readOnly: true },
    targets: async (input, scope) => [await readTarget(input, scope)],

    async handle(input, [target], scope) {
      if (!target?.object) throw noSuchKey(input.Key);
      checkOverrides(input, scope.caller);
      const { bucket, object } = target;
      const { value } = object;
      checkRead(input, value, scope.clock.now());
      const asked = await requestedRange(input, value, scope.store);
      const place = { bucket, key: input.Key };
      const checksum =
        input.ChecksumMode === "ENABLED" && (asked.part !== undefined || isWhole(asked, value))
          ? await shownChecksum(
              value,
              asked,
              await openEnvelope(value, place, scope, keys),
              scope.store,
            )
          : {};
      return {
        output: {
          ...objectMembers(value),
          ...rangeMembers(asked, value),
          ...checksum,
          ...overrideMembers(input),
        },
      };
    },
  });
