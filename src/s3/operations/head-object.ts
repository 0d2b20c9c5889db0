import { operation } from "../../service/index.ts";
import { noSuchKey } from "../errors.ts";
import { checkRead } from "../objects/conditions.ts";
import { openEnvelope } from "../objects/open-object.ts";
import { readAgainWhenGone } from "../objects/read-again.ts";
import { type ReadTarget, readTarget } from "../objects/read-target.ts";
import { refuseCustomerKeyHeaders } from "../objects/read-headers.ts";
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
      refuseCustomerKeyHeaders(input);
      const place = { bucket: target.bucket, key: input.Key };
      return readAgainWhenGone(target.object.value, place, scope, async (object) => {
        checkRead(input, object, scope.clock.now());
        const asked = await requestedRange(input, object, scope.store);
        const wanted = asked.part !== undefined || isWhole(asked, object);
        let checksum = {};
        if (input.ChecksumMode === "ENABLED" && wanted) {
          const contents = await openEnvelope(object, place, scope, keys);
          checksum = await shownChecksum(object, asked, contents, scope.store);
        }
        return {
          output: {
            ...objectMembers(object),
            ...rangeMembers(asked, object),
            ...checksum,
            ...overrideMembers(input),
          },
        };
      });
    },
  });
