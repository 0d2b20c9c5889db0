import type { ByteRange } from "../bodies/opened-body.ts";
import { invalidArgument, invalidRequest } from "../errors.ts";

const HEADER = "x-amz-copy-source-range";
const RANGE = /^bytes=(\d{1,15})-(\d{1,15})$/;

/** The bytes of a source to copy; undefined: all. AWS: both ends are named. Throws ServiceError. */
export function copyRange(header: string | undefined, size: number): ByteRange | undefined {
  if (header === undefined) return undefined;
  const [, first, last] = RANGE.exec(header) ?? [];
  const [start, end] = [Number(first), Number(last) + 1];
  if (first === undefined || last === undefined || start >= end) {
    throw invalidArgument(
      `The ${HEADER} value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy`,
      HEADER,
      header,
    );
  }
  if (start >= size) {
    throw invalidRequest("The specified copy range is invalid for the source object size");
  }
  if (end > size) {
    throw invalidArgument(
      `Range specified is not valid for source object of size: ${size}`,
      HEADER,
      header,
    );
  }
  return { start, end };
}
