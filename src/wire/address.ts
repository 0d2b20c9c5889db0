/** Where an S3 request points: its bucket and key, by path or by virtual host. */
import type { RawRequest } from "./exchange.ts";
import { invalidUri } from "./s3-errors.ts";

interface Address {
  readonly bucket: string;
  /** Everything after the bucket's slash, decoded once and never normalised. */
  readonly key: string;
}

/**
 * `domains` are the base domains, in lower case, under which a bucket may be named by the host:
 * with "s3.localhost", b.s3.localhost is the bucket b. Any other host means path-style. Throws
 * InvalidURI.
 */
export function addressOf(request: RawRequest, domains: readonly string[]): Address {
  const path = request.path.startsWith("/") ? request.path.slice(1) : request.path;
  const host = bucketInHost(request.headers["host"] ?? "", domains);
  if (host !== undefined) return { bucket: host, key: decodePath(path, request) };
  const slash = path.indexOf("/");
  if (slash < 0) return { bucket: decodePath(path, request), key: "" };
  return {
    bucket: decodePath(path.slice(0, slash), request),
    key: decodePath(path.slice(slash + 1), request),
  };
}

/** The bucket that a Host header names under one of the domains; the longest domain counts. */
export function bucketInHost(header: string, domains: readonly string[]): string | undefined {
  const host = withoutPort(header).toLowerCase();
  let longest = "";
  for (const domain of domains) {
    if (host === domain) return undefined;
    if (host.endsWith(`.${domain}`) && domain.length > longest.length) longest = domain;
  }
  if (longest === "") return undefined;
  const bucket = host.slice(0, -longest.length - 1);
  return bucket === "" ? undefined : bucket;
}

function withoutPort(host: string): string {
  if (host.startsWith("[")) return host;
  const colon = host.lastIndexOf(":");
  return colon < 0 ? host : host.slice(0, colon);
}

function decodePath(path: string, request: RawRequest): string {
  const text = hasRawBytes(path) ? rawUtf8(path, request) : path;
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) throw invalidUri(request.path);
    throw error;
  }
}

/** Node hands over bytes above 7F one character each; clients that do not encode them mean UTF-8. */
function rawUtf8(path: string, request: RawRequest): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
      Buffer.from(path, "latin1"),
    );
  } catch (error) {
    if (error instanceof TypeError) throw invalidUri(request.path);
    throw error;
  }
}

function hasRawBytes(path: string): boolean {
  return /[\u0080-\u00ff]/.test(path);
}
