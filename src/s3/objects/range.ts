/** The Range header: RFC 9110, section 14, as S3 reads it. */
import { ServiceError } from "../../wire/index.ts";
import type { ByteRange } from "../bodies/opened-body.ts";

const RANGE = /^bytes=(\d{0,19})-(\d{0,19})$/;

/**
 * The bytes asked for; undefined for the whole object. AWS: a header that is malformed, names
 * several ranges or ends before it starts is as if it were not there. Throws InvalidRange.
 */
export function parseRange(header: string | undefined, size: number): ByteRange | undefined {
  const [, first = "", last = ""] = RANGE.exec(header ?? "") ?? [];
  if (first === "" && last === "") return undefined;
  if (first === "") {
    const length = Number(last);
    if (length === 0 || size === 0) throw invalidRange(header ?? "", size);
    return { start: Math.max(0, size - length), end: size };
  }
  const start = Number(first);
  if (last !== "" && Number(last) < start) return undefined;
  if (start >= size) throw invalidRange(header ?? "", size);
  return { start, end: last === "" ? size : Math.min(Number(last) + 1, size) };
}

export function contentRange({ start, end }: ByteRange, size: number): string {
  return `bytes ${start}-${end - 1}/${size}`;
}

function invalidRange(asked: string, size: number): ServiceError {
  return new ServiceError("InvalidRange", 416, "The requested range is not satisfiable", {
    ActualObjectSize: String(size),
    RangeRequested: asked,
  });
}
