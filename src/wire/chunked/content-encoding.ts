/**
 * The Content-Encoding that an object keeps: what the request says, without `aws-chunked`, which
 * describes the transfer. Undefined when nothing is left.
 */
export function storedContentEncoding(contentEncoding: string | undefined): string | undefined {
  if (contentEncoding === undefined || !/aws-chunked/i.test(contentEncoding)) {
    return contentEncoding;
  }
  const kept = contentEncoding
    .split(",")
    .map((coding) => coding.trim())
    .filter((coding) => coding.toLowerCase() !== "aws-chunked" && coding !== "");
  return kept.length === 0 ? undefined : kept.join(",");
}
