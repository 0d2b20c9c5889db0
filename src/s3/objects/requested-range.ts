/** Which bytes of an object a GET or a HEAD is about: a range, a part, or all. */
import type { ObjectRecord, PartRow, RecordStore } from "../../records/index.ts";
import { ServiceError } from "../../wire/index.ts";
import type { ByteRange } from "../bodies/opened-body.ts";
import { invalidRequest } from "../errors.ts";
import { type PartsBody, rowsFrom } from "../uploads/part-pages.ts";
import { contentRange, parseRange } from "./range.ts";

export interface RequestedRange {
  /** Undefined: the whole object, with status 200. */
  readonly range?: ByteRange | undefined;
  /** The part of a completed upload that was asked for by its number. */
  readonly part?: PartRow;
}

/** Throws InvalidRange, InvalidPartNumber, InvalidRequest; BodyGone when the parts' list is gone. */
export async function requestedRange(
  { Range, PartNumber }: { readonly Range?: string; readonly PartNumber?: number },
  { size, body }: ObjectRecord,
  store: RecordStore,
): Promise<RequestedRange> {
  if (PartNumber === undefined) return { range: parseRange(Range, size) };
  if (Range !== undefined) {
    throw invalidRequest("Cannot specify both Range header and partNumber query parameter");
  }
  if (body.kind === "parts") return partRange(PartNumber, body, store);
  if (PartNumber !== 1) throw invalidPartNumber(PartNumber, 1);
  return size === 0 ? {} : { range: { start: 0, end: size } };
}

/** The members of a reply about a range. AWS: how many parts there are is told with a part only. */
export function rangeMembers({ range, part }: RequestedRange, object: ObjectRecord) {
  const { size, partsCount } = object;
  return {
    ContentLength: range ? range.end - range.start : size,
    // An empty part has no first byte that a range could name.
    ...(range && range.end > range.start && { ContentRange: contentRange(range, size) }),
    ...(part && { PartsCount: partsCount }),
  };
}

/** AWS: a checksum is that of all bytes that are sent. */
export function isWhole({ range }: RequestedRange, { size }: ObjectRecord): boolean {
  return !range || (range.start === 0 && range.end === size);
}

/** AWS: parts are counted as they stand in the object. */
async function partRange(
  number: number,
  body: PartsBody,
  store: RecordStore,
): Promise<RequestedRange> {
  if (number < 1 || number > body.count) throw invalidPartNumber(number, body.count);
  const { value: part } = await rowsFrom(body, number - 1, store).next();
  if (!part) throw invalidPartNumber(number, body.count);
  const [, size, start] = part;
  return { range: { start, end: start + size }, part };
}

function invalidPartNumber(asked: number, count: number): ServiceError {
  return new ServiceError("InvalidPartNumber", 416, "The requested partnumber is not satisfiable", {
    ActualPartCount: String(count),
    PartNumberRequested: String(asked),
  });
}
