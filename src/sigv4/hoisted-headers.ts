import { decodePart } from "./encoding.ts";
import type { SignedRequest } from "./request.ts";

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

/**
 * The headers that a presigned URL carries in its query: SDKs move every `x-amz-*` header there, so
 * that whoever uses the URL need not send them, and S3 reads them as if they had been sent. Names
 * in lower case, values percent-decoded. The signature covers them with the rest of the query.
 *
 * A header that is also sent must not be overruled: the caller keeps the one of the request.
 */
export function hoistedHeaders({ query }: Pick<SignedRequest, "query">): Record<string, string> {
  const headers: Record<string, string> = {};
  if (!/x-amz-/i.test(query)) return headers;
  for (const pair of query.split("&")) {
    const equals = pair.indexOf("=");
    const name = decodePart(equals < 0 ? pair : pair.slice(0, equals)).toLowerCase();
    if (!name.startsWith("x-amz-") || OF_THE_SIGNATURE.has(name)) continue;
    headers[name] = equals < 0 ? "" : decodePart(pair.slice(equals + 1));
  }
  return headers;
}
