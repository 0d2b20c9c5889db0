/**
 * What the request line and the headers say, checked for everything that two parties on the way
 * could read differently. node's parser has refused malformed messages before.
 */
import type { IncomingMessage } from "node:http";
import { assert } from "../base/index.ts";
import type { ExchangeErrorCode } from "./exchange-error.ts";

export interface RequestTarget {
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly repeatedHeaders: readonly string[];
  /** 0 without a body, undefined for a chunked one. */
  readonly contentLength: number | undefined;
}

const NONE: readonly string[] = [];

/** The target and, where no handler is to see it, the reason; both, so that any reply can be logged. */
export function readTarget(request: IncomingMessage): {
  readonly target: RequestTarget;
  readonly problem: ExchangeErrorCode | undefined;
} {
  const { rawHeaders } = request;
  const headers = plainHeaders(request);
  const repeatedHeaders =
    Object.keys(headers).length * 2 === rawHeaders.length ? NONE : repeatedNames(rawHeaders);
  const url = originForm(request.url ?? "", headers["host"] ?? "");
  const mark = url?.indexOf("?") ?? -1;
  const target: RequestTarget = {
    path: mark === -1 ? (url ?? "/") : (url ?? "").slice(0, mark),
    query: mark === -1 ? "" : (url ?? "").slice(mark + 1),
    headers,
    repeatedHeaders,
    contentLength: announcedLength(headers),
  };
  const problem = url === undefined ? "InvalidURI" : problemOf(request, target);
  return { target, problem };
}

function problemOf(
  request: IncomingMessage,
  { headers, repeatedHeaders, contentLength }: RequestTarget,
): ExchangeErrorCode | undefined {
  const { method, httpVersionMinor } = request;
  if (method === "TRACE") return "MethodNotAllowed";
  const host = headers["host"];
  if (host === undefined || host === "" || repeatedHeaders.includes("host")) return "BadRequest";
  const encoding = headers["transfer-encoding"];
  if (encoding !== undefined) {
    // A proxy that reads HTTP/1.0, or another coding, would see another end of the message.
    if (httpVersionMinor === 0) return "BadRequest";
    if (encoding.toLowerCase() !== "chunked") return "NotImplemented";
  }
  return contentLength === undefined || Number.isSafeInteger(contentLength)
    ? undefined
    : "BadRequest";
}

/** "/path?query". A target with scheme and host must name the very host that is signed. */
function originForm(url: string, host: string): string | undefined {
  if (url.startsWith("/")) return url;
  const absolute = /^https?:\/\/([^/?#]+)(\/[^#]*)?$/i.exec(url);
  if (!absolute || absolute[1]?.toLowerCase() !== host.toLowerCase()) return undefined;
  return absolute[2] ?? "/";
}

function announcedLength(headers: Readonly<Record<string, string>>): number | undefined {
  if (headers["transfer-encoding"] !== undefined) return undefined;
  return Number(headers["content-length"] ?? 0);
}

/**
 * Without a prototype, since names come from clients: `headers["constructor"]` is no header. And
 * of the one name for which node has an array, one text.
 */
function plainHeaders(request: IncomingMessage): Record<string, string> {
  const { headers } = request;
  const cookies = headers["set-cookie"];
  const plain = cookies === undefined ? headers : { ...headers, "set-cookie": cookies.join(", ") };
  Object.setPrototypeOf(plain, null);
  assert(isPlain(plain), "of node's headers only set-cookie is a list");
  return plain;
}

function isPlain(headers: NodeJS.Dict<string | string[]>): headers is Record<string, string> {
  return typeof headers["set-cookie"] !== "object";
}

/** Of all header lines, with what separates and ends them. */
export function bytesOf(rawHeaders: readonly string[]): number {
  let bytes = rawHeaders.length * 2;
  for (const text of rawHeaders) bytes += text.length;
  return bytes;
}

function repeatedNames(rawHeaders: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? "").toLowerCase();
    if (seen.has(name)) repeated.add(name);
    seen.add(name);
  }
  return [...repeated];
}
