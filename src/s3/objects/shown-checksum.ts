/** Which checksum a reply carries: Amazon S3 User Guide, "Checking object integrity". */
import type { EnvelopeContents, ObjectChecksum } from "../../crypto/index.ts";
import { AuthenticationError, equalBytes } from "../../crypto/index.ts";
import { type ObjectRecord, partSpace, type RecordStore } from "../../records/index.ts";
import { BodyGone } from "../bodies/body-gone.ts";
import { openPart } from "../uploads/part.ts";
import { markOf } from "../uploads/part-pages.ts";
import { type ChecksumMembers, checksumMembers } from "./checksum.ts";
import { isWhole, type RequestedRange } from "./requested-range.ts";

/**
 * The object's checksum when the reply is about all of it; that of a part when it was asked for by
 * its number and the object's is made of theirs. Throws BodyGone.
 */
export async function shownChecksum(
  object: ObjectRecord,
  asked: RequestedRange,
  contents: EnvelopeContents,
  store: RecordStore,
): Promise<ChecksumMembers> {
  const composite = object.checksum?.type === "COMPOSITE";
  if (asked.part) {
    if (!composite) return {};
    return checksumMembers(await partChecksum(object, asked.part, contents, store));
  }
  return isWhole(asked, object) ? checksumMembers(contents.checksum, object.partsCount) : {};
}

export async function partChecksum(
  { body }: ObjectRecord,
  [number, , , mark]: NonNullable<RequestedRange["part"]>,
  { key }: EnvelopeContents,
  store: RecordStore,
): Promise<ObjectChecksum | undefined> {
  if (body.kind !== "parts") return undefined;
  const found = await store.get(partSpace, body.upload, BigInt(number));
  if (!found) throw new BodyGone();
  if (!equalBytes(markOf(found.value.body), mark)) throw new AuthenticationError();
  const opened = openPart(found.value, body.upload, key);
  opened.key[Symbol.dispose]();
  return opened.checksum && { ...opened.checksum, type: "COMPOSITE" };
}
