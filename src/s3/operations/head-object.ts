import { operation } from "../../service/index.ts";
import { noSuchKey } from "../errors.ts";
import { checksumMembers } from "../objects/checksum.ts";
import { checkRead } from "../objects/conditions.ts";
import { openEnvelope } from "../objects/open-object.ts";
import { contentRange, parseRange } from "../objects/range.ts";
import { type ReadTarget, readTarget } from "../objects/read-target.ts";
import { objectMembers } from "../objects/reply.ts";
import { checkOverrides, overrideMembers } from "../objects/response-overrides.ts";
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
      const range = parseRange(input.Range, value.size);
      const place = { bucket, key: input.Key };
      const checksum =
        input.ChecksumMode === "ENABLED" && !range
          ? (await openEnvelope(value, place, scope, keys)).checksum
          : undefined;
      return {
        output: {
          ...objectMembers(value),
          ContentLength: range ? range.end - range.start : value.size,
          ...(range && { ContentRange: contentRange(range, value.size) }),
          ...checksumMembers(checksum, value.partsCount),
          ...overrideMembers(input),
        },
      };
    },
  });
