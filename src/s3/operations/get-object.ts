import { type ObjectRecord } from "../../records/index.ts";
import { operation, type Scope } from "../../service/index.ts";
import { type BodyStream, type Input, type Output, ServiceError } from "../../wire/index.ts";
import { BodyGone, type ByteRange } from "../bodies/opened-body.ts";
import { noSuchKey } from "../errors.ts";
import { READS_AGAIN_MAX } from "../limits.ts";
import { checksumMembers } from "../objects/checksum.ts";
import { checkRead } from "../objects/conditions.ts";
import { currentObject } from "../objects/current-version.ts";
import { openBodyOf, openEnvelope } from "../objects/open-object.ts";
import { contentRange, parseRange } from "../objects/range.ts";
import { type ReadTarget, readTarget } from "../objects/read-target.ts";
import { objectMembers } from "../objects/reply.ts";
import { checkOverrides, overrideMembers } from "../objects/response-overrides.ts";
import type { S3Services } from "../operation.ts";

type GetInput = Input<"s3", "GetObject">;

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
        const range = rangeOf(input, object);
        const contents = await openEnvelope(object, { bucket, key: input.Key }, scope, keys);
        try {
          const body = await openBodyOf(object, contents, range, { scope, blobs });
          const whole = !range || (range.start === 0 && range.end === object.size);
          const checksum =
            whole && input.ChecksumMode === "ENABLED" ? contents.checksum : undefined;
          const output = {
            ...outputOf(object, body, range),
            ...checksumMembers(checksum, object.partsCount),
            ...overrideMembers(input),
          };
          return { output };
        } catch (error) {
          if (!(error instanceof BodyGone) || reads === READS_AGAIN_MAX) throw error;
          object = await readAgain(input.Key, bucket.id, scope);
        }
      }
    },
  });

function rangeOf(input: GetInput, { size }: ObjectRecord): ByteRange | undefined {
  const { Range, PartNumber } = input;
  if (PartNumber === undefined) return parseRange(Range, size);
  if (Range !== undefined) {
    throw new ServiceError(
      "InvalidRequest",
      400,
      "Cannot specify both Range header and partNumber query parameter",
    );
  }
  if (PartNumber === 1) return { start: 0, end: size };
  throw new ServiceError("InvalidPartNumber", 416, "The requested partnumber is not satisfiable", {
    ActualPartCount: "1",
    PartNumberRequested: String(PartNumber),
  });
}

function outputOf(
  object: ObjectRecord,
  body: BodyStream,
  range: ByteRange | undefined,
): Output<"s3", "GetObject"> {
  return {
    ...objectMembers(object),
    Body: body,
    ContentLength: range ? range.end - range.start : object.size,
    ...(range && { ContentRange: contentRange(range, object.size) }),
  };
}

/** The version was replaced, and its body removed, between reading the one and the other. */
async function readAgain(key: string, bucketId: string, scope: Scope): Promise<ObjectRecord> {
  const found = await currentObject(scope.store, bucketId, key);
  if (!found) throw noSuchKey(key);
  return found.value;
}
