import type { EnvelopeContents } from "../../crypto/index.ts";
import type { ObjectRecord, RecordStore } from "../../records/index.ts";
import { operation } from "../../service/index.ts";
import type { Input, Output } from "../../wire/index.ts";
import { invalidArgument, noSuchKey } from "../errors.ts";
import { PARTS_PER_PAGE } from "../limits.ts";
import { checksumMembers, partMembers } from "../objects/checksum.ts";
import { openEnvelope } from "../objects/open-object.ts";
import { readAgainWhenGone } from "../objects/read-again.ts";
import { refuseCustomerKeyHeaders } from "../objects/read-headers.ts";
import { type ReadTarget, readTarget } from "../objects/read-target.ts";
import { partChecksum } from "../objects/shown-checksum.ts";
import type { S3Services } from "../operation.ts";
import { objectTarget } from "../target.ts";
import { rowsAfter } from "../uploads/part-pages.ts";

type AttributesInput = Input<"s3", "GetObjectAttributes">;
type AttributesOutput = Output<"s3", "GetObjectAttributes">;
type ObjectParts = NonNullable<AttributesOutput["ObjectParts"]>;

const ATTRIBUTES: ReadonlySet<string> = new Set([
  "ETag",
  "Checksum",
  "ObjectParts",
  "StorageClass",
  "ObjectSize",
]);

/** What is asked for of an object, and its parts. AWS: a checksum of a KMS object needs its key. */
export const getObjectAttributes = ({ keys }: S3Services) =>
  operation<"s3", "GetObjectAttributes", ReadTarget>({
    service: "s3",
    name: "GetObjectAttributes",
    event: { category: "data", readOnly: true },

    async targets(input, scope) {
      const read = await readTarget(input, scope);
      const versioned = input.VersionId === undefined ? "Object" : "ObjectVersion";
      const place = { bucket: read.bucket, key: input.Key };
      return [read, await objectTarget(`s3:Get${versioned}Attributes`, place, scope)];
    },

    async handle(input, [target], scope) {
      if (!target?.object) throw noSuchKey(input.Key);
      refuseCustomerKeyHeaders(input);
      const asked = attributesOf(input);
      const place = { bucket: target.bucket, key: input.Key };
      return readAgainWhenGone(target.object.value, place, scope, async (object) => {
        const { etag, storageClass, size, modifiedAt, checksum, body } = object;
        const parts = asked.has("ObjectParts") && body.kind === "parts";
        const sealed =
          (asked.has("Checksum") && checksum !== undefined) ||
          (parts && checksum?.type === "COMPOSITE");
        const contents = sealed ? await openEnvelope(object, place, scope, keys) : undefined;
        const output: AttributesOutput = {
          LastModified: new Date(Math.floor(modifiedAt / 1000) * 1000),
          ...(asked.has("ETag") && { ETag: etag }),
          // AWS: without the count of parts that other replies append.
          ...(asked.has("Checksum") && { Checksum: checksumMembers(contents?.checksum) }),
          ...(parts && { ObjectParts: await partsOf(input, object, contents, scope.store) }),
          ...(asked.has("StorageClass") && { StorageClass: storageClass }),
          ...(asked.has("ObjectSize") && { ObjectSize: size }),
        };
        return { output };
      });
    },
  });

function attributesOf({ ObjectAttributes }: AttributesInput): ReadonlySet<string> {
  const asked = ObjectAttributes.flatMap((text) => text.split(",")).map((text) => text.trim());
  for (const attribute of asked) {
    if (ATTRIBUTES.has(attribute)) continue;
    throw invalidArgument(
      "Invalid attribute name specified.",
      "x-amz-object-attributes",
      attribute,
    );
  }
  return new Set(asked);
}

/** AWS: parts are listed one by one only where each has its checksum. */
async function partsOf(
  { MaxParts = PARTS_PER_PAGE, PartNumberMarker = "0" }: AttributesInput,
  object: ObjectRecord,
  contents: EnvelopeContents | undefined,
  store: RecordStore,
): Promise<ObjectParts> {
  const { body, checksum } = object;
  if (body.kind !== "parts") return {};
  const total = { TotalPartsCount: body.count };
  if (checksum?.type !== "COMPOSITE" || !contents) return total;
  const limit = Math.min(Math.max(0, MaxParts), PARTS_PER_PAGE);
  const after = Number(PartNumberMarker);
  const rows = [];
  let more = false;
  for await (const row of rowsAfter(body, Number.isInteger(after) ? after : 0, store)) {
    more = rows.length === limit;
    if (more) break;
    rows.push(row);
  }
  const parts: NonNullable<ObjectParts["Parts"]> = [];
  for (const row of rows) {
    const [PartNumber, Size] = row;
    parts.push({
      PartNumber,
      Size,
      ...partMembers(await partChecksum(object, row, contents, store)),
    });
  }
  return {
    ...total,
    PartNumberMarker,
    NextPartNumberMarker: String(rows.at(-1)?.[0] ?? 0),
    MaxParts: limit,
    IsTruncated: more,
    Parts: parts,
  };
}
