import { decodePart } from "./encoding.ts";
import type { SignedRequest } from "./request.ts";
import type { Signature } from "./signature.ts";

/** What authenticates a URL and is no header of the operation. */
const OF_THE_SIGNATURE: ReadonlySet<string> = new Set([
  "x-amz-algorithm",
  "x-amz-content-sha256",
  "x-amz-credential",
  "x-amz-date",
  "x-amz-expires",
  "x-amz-signature",
  "x-amz-signedheaders",
  "x-amz-security-token",
]);

/** What describes a body that was not there yet when the URL was signed. */
const OF_THE_BODY = /^x-amz-(?:checksum-(?!algorithm$|mode$|type$)|sdk-checksum-algorithm$)/;

/** Of a URL of version 2: the signature covers them as if they had been sent. */
const STANDARD_OF_2: ReadonlySet<string> = new Set(["content-md5", "content-type"]);

/**
 * The headers that a presigned URL carries in its query: SDKs move every `x-amz-*` header there, so
 * that whoever uses the URL need not send them, and S3 reads them as if they had been sent. Names
 * in lower case, values percent-decoded. The signature covers them with the rest of the query.
 *
 * AWS: checksums are left out. SDKs put the checksum of an empty body into each URL for an upload,
 * and S3 takes whatever is uploaded (observed by several S3 implementations that compared).
 *
 * A header that is also sent must not be overruled: the caller keeps the one of the request.
 */
export function hoistedHeaders(
  { query }: Pick<SignedRequest, "query">,
  version: Signature["version"],
): Record<string, string> {
  const headers: Record<string, string> = {};
  if (version === "AWS4-HMAC-SHA256" && !/x-amz-/i.test(query)) return headers;
  for (const pair of query.split("&")) {
    const equals = pair.indexOf("=");
    const spelled = decodePart(equals < 0 ? pair : pair.slice(0, equals));
    if (version === "AWS" && equals >= 0 && STANDARD_OF_2.has(spelled)) {
      headers[spelled] ??= decodePart(pair.slice(equals + 1));
      continue;
    }
    const name = spelled.toLowerCase();
    if (!name.startsWith("x-amz-") || OF_THE_SIGNATURE.has(name) || OF_THE_BODY.test(name))
      continue;
    headers[name] = equals < 0 ? "" : decodePart(pair.slice(equals + 1));
  }
  return headers;
}
