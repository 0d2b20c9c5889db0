import { operation } from "../../service/index.ts";
import { noSuchKey } from "../errors.ts";
import { checkRead } from "../objects/conditions.ts";
import { openBodyOf, openEnvelope } from "../objects/open-object.ts";
import { readAgainWhenGone } from "../objects/read-again.ts";
import { type ReadTarget, readTarget } from "../objects/read-target.ts";
import { refuseCustomerKeyHeaders } from "../objects/read-headers.ts";
import { objectMembers } from "../objects/reply.ts";
import { rangeMembers, requestedRange } from "../objects/requested-range.ts";
import { checkOverrides, overrideMembers } from "../objects/response-overrides.ts";
import { shownChecksum } from "../objects/shown-checksum.ts";
import type { S3Services } from "../operation.ts";

/** An object's bytes, or a range or a part of them, and what is known of it. */
export const getObject = ({ blobs, keys }: S3Services) =>
  operation<"s3", "GetObject", ReadTarget>({
    service: "s3",
    name: "GetObject",
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
        const contents = await openEnvelope(object, place, scope, keys);
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
      });
    },
  });
