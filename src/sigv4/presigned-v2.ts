/**
 * Presigned URLs of Signature Version 2, which S3 still takes and older clients make by default:
 *
 *     GET /bucket/key?AWSAccessKeyId=…&Expires=1175139620&Signature=base64(HMAC-SHA1(secret, text))
 *
 *     text     = method ⏎ Content-MD5 ⏎ Content-Type ⏎ Expires ⏎ (amz header ":" value ⏎)… resource
 *     resource = "/" bucket path ["?" sub-resource ["=" value] ("&" …)…]
 *
 * "Signing and authenticating REST requests (signature version 2)", Amazon S3 User Guide. Clients
 * that presign put headers they sign into the query, so both places count; what is not sent as a
 * header is taken from the query (see hoisted-headers.ts).
 */
import { equalBytes, hmacKey, hmacSha1 } from "../crypto/index.ts";
import { canonicalValue, octets } from "./canonical-request.ts";
import { decodePart } from "./encoding.ts";
import { SigningError } from "./failure.ts";
import type { AuthenticationValues } from "./presigned-query.ts";
import { headerOf, type SignedRequest } from "./request.ts";
import type { SignatureV2 } from "./signature.ts";

/**
 * The parameters that are part of what is addressed, and so signed; others are not. Clients sign
 * those that version 2 knew. A later sub-resource is listed too: a URL for an object must not be
 * turned into one for its retention by adding a word, so those need version 4.
 */
const SUB_RESOURCES: ReadonlySet<string> = new Set([
  "abac",
  "accelerate",
  "acl",
  "analytics",
  "annotation",
  "attributes",
  "cors",
  "defaultObjectAcl",
  "delete",
  "encryption",
  "intelligent-tiering",
  "inventory",
  "legal-hold",
  "lifecycle",
  "location",
  "logging",
  "metadataAnnotationTable",
  "metadataConfiguration",
  "metadataInventoryTable",
  "metadataJournalTable",
  "metadataTable",
  "metrics",
  "notification",
  "object-lock",
  "ownershipControls",
  "partNumber",
  "policy",
  "policyStatus",
  "publicAccessBlock",
  "renameObject",
  "replication",
  "requestPayment",
  "response-cache-control",
  "response-content-disposition",
  "response-content-encoding",
  "response-content-language",
  "response-content-type",
  "response-expires",
  "restore",
  "retention",
  "select",
  "select-type",
  "session",
  "storageClass",
  "tagging",
  "torrent",
  "uploadId",
  "uploads",
  "versionId",
  "versioning",
  "versions",
  "website",
]);

/** Throws SigningError. */
export function parsePresignedV2(values: AuthenticationValues): SignatureV2 {
  const accessKeyId = values.get("AWSAccessKeyId") ?? "";
  const signature = values.get("Signature") ?? "";
  const expires = values.get("Expires") ?? "";
  if (accessKeyId === "" || signature === "" || !/^\d{1,12}$/.test(expires)) {
    throw new SigningError({ kind: "version-2-parameter-missing" });
  }
  return {
    version: "AWS",
    authType: "REST-QUERY-STRING",
    accessKeyId,
    expires,
    expiresAtMs: Number(expires) * 1000,
    signature,
    securityToken: values.get("x-amz-security-token"),
  };
}

/**
 * `bucket` is the one that the host names; a request that names it in its path has none. Throws
 * SigningError when it has expired or its signature does not match.
 */
export function verifyPresignedV2(
  signature: SignatureV2,
  request: SignedRequest,
  secretAccessKey: string,
  { now, bucket }: { readonly now: Date; readonly bucket: string | undefined },
): void {
  if (now.getTime() > signature.expiresAtMs) {
    throw new SigningError({
      kind: "expired",
      expires: new Date(signature.expiresAtMs),
      serverTime: now,
      lifetimeSeconds: undefined,
    });
  }
  const text = stringToSignV2(request, signature.expires, bucket);
  const key = hmacKey(Buffer.from(secretAccessKey, "utf8"));
  const expected = hmacSha1(key, octets(text)).toString("base64");
  // A "+" of base64 that was not escaped arrives as a blank.
  const provided = signature.signature.replaceAll(" ", "+");
  if (equalBytes(octets(expected), octets(provided))) return;
  throw new SigningError({
    kind: "signature-mismatch",
    accessKeyId: signature.accessKeyId,
    stringToSign: text,
    signatureProvided: signature.signature,
  });
}

export function stringToSignV2(
  request: SignedRequest,
  expires: string,
  bucket: string | undefined,
): string {
  const pairs = pairsOf(request.query);
  const parameter = (wanted: string) => pairs.find(([name]) => name === wanted)?.[1];
  // A header that is sent is what is acted on, so that is what has to be signed.
  const standard = (name: string) => headerOf(request, name) ?? parameter(name) ?? "";
  return [
    request.method,
    standard("content-md5"),
    standard("content-type"),
    expires,
    ...amzHeaders(request, pairs),
    resourceOf(request.path, bucket) + subResources(pairs),
  ].join("\n");
}

/** The path as it would be if it named the bucket; a bucket alone ends in "/" always. */
function resourceOf(path: string, bucket: string | undefined): string {
  if (bucket !== undefined) return `/${bucket}${path}`;
  return path.includes("/", 1) ? path : `${path}/`;
}

/** A value is undefined where the parameter has no "=". */
function pairsOf(query: string): [name: string, value: string | undefined][] {
  const pairs = query.split("&").filter((pair) => pair !== "");
  return pairs.map((pair) => {
    const equals = pair.indexOf("=");
    if (equals < 0) return [decodePart(pair), undefined];
    return [decodePart(pair.slice(0, equals)), decodePart(pair.slice(equals + 1))];
  });
}

function amzHeaders(
  request: SignedRequest,
  pairs: readonly (readonly [string, string | undefined])[],
): string[] {
  const values = new Map<string, string>();
  const add = (name: string, value: string) => {
    const before = values.get(name);
    values.set(name, before === undefined ? value : `${before},${value}`);
  };
  for (const name in request.headers) {
    if (name.startsWith("x-amz-")) add(name, canonicalValue(headerOf(request, name) ?? ""));
  }
  for (const [name, value] of pairs) {
    const lower = name.toLowerCase();
    if (lower.startsWith("x-amz-")) add(lower, Buffer.from(value ?? "", "utf8").toString("latin1"));
  }
  return [...values].toSorted(byName).map(([name, value]) => `${name}:${value}`);
}

function subResources(pairs: readonly (readonly [string, string | undefined])[]): string {
  const signed = pairs.filter(([name]) => SUB_RESOURCES.has(name));
  if (signed.length === 0) return "";
  signed.sort(byName);
  const texts = signed.map(([name, value]) => (value === undefined ? name : `${name}=${value}`));
  return `?${Buffer.from(texts.join("&"), "utf8").toString("latin1")}`;
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : Number(a > b);
}
