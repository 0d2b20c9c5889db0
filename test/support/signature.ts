/**
 * AWS Signature Version 4 (and 2 for query strings), written from AWS's documentation and not from
 * the program's own code, so that both ends cannot share a mistake. Every part can be spoilt.
 */
import { createHash, createHmac } from "node:crypto";
import { send, type WireReply, type WireRequest } from "./wire.ts";
import type { Credentials, Endpoint } from "./server.ts";

export interface Signing {
  readonly credentials: Credentials;
  readonly region?: string;
  readonly service?: string;
  readonly date?: Date;
  /** Of x-amz-content-sha256; the body's own hash when absent. */
  readonly payload?: string;
  /** Headers that are sent and left out of the signature. */
  readonly unsigned?: readonly string[];
}

export interface Signed extends WireRequest {
  readonly signature: string;
  readonly amzDate: string;
  readonly scope: string;
  readonly key: Buffer;
}

export const sha256 = (data: Uint8Array | string) =>
  createHash("sha256").update(data).digest("hex");
const hmac = (key: Uint8Array | string, data: string) =>
  createHmac("sha256", key).update(data).digest();

/** `20250102T030405Z` */
export function amzDateOf(date: Date): string {
  return date.toISOString().replaceAll(/[-:]|\.\d+/g, "");
}

/** RFC 3986: everything but unreserved characters is percent-encoded. */
export function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** `/bucket/key?a=b` from its parts; the key keeps its slashes. */
export function targetOf(path: string, query: Readonly<Record<string, string>> = {}): string {
  const encoded = path.split("/").map(encode).join("/");
  const pairs = Object.entries(query).map(([name, value]) => `${encode(name)}=${encode(value)}`);
  return pairs.length === 0 ? encoded : `${encoded}?${pairs.join("&")}`;
}

/** The request with Authorization and everything that goes with it in its headers. */
export function sign(endpoint: Endpoint, asked: WireRequest, how: Signing): Signed {
  const date = amzDateOf(how.date ?? new Date());
  const scope = scopeOf(endpoint, how, date);
  const headers: Record<string, string> = {
    host: new URL(endpoint.url).host,
    "x-amz-date": date,
    "x-amz-content-sha256": how.payload ?? sha256(asked.body ?? ""),
    ...(how.credentials.sessionToken
      ? { "x-amz-security-token": how.credentials.sessionToken }
      : {}),
    ...lowerCased(asked.headers),
  };
  const names = Object.keys(headers).filter((name) => !how.unsigned?.includes(name));
  names.sort();
  const payload = headers["x-amz-content-sha256"] ?? "";
  const canonical = canonicalRequest(asked, headers, names, payload);
  const key = signingKey(how.credentials.secretAccessKey, scope);
  const signature = hmac(key, stringToSign(date, scope, canonical)).toString("hex");
  const credential = `${how.credentials.accessKeyId}/${scope}`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
  return {
    ...asked,
    headers: { ...headers, authorization },
    signature,
    amzDate: date,
    scope,
    key,
  };
}

/** Signs and sends. */
export function ask(endpoint: Endpoint, asked: WireRequest, how: Signing): Promise<WireReply> {
  return send(endpoint, sign(endpoint, asked, how));
}

export interface Presigning extends Signing {
  readonly expires?: number | string;
  /** Query parameters to replace or, with `undefined`, to leave out after signing. */
  readonly spoil?: Readonly<Record<string, string | undefined>>;
}

/** The request's target with SigV4 in its query. */
export function presign(endpoint: Endpoint, asked: WireRequest, how: Presigning): WireRequest {
  const date = amzDateOf(how.date ?? new Date());
  const scope = scopeOf(endpoint, how, date);
  const headers = { host: new URL(endpoint.url).host, ...lowerCased(asked.headers) };
  const names = Object.keys(headers).filter((name) => !how.unsigned?.includes(name));
  names.sort();
  const token = how.credentials.sessionToken;
  const added = {
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": `${how.credentials.accessKeyId}/${scope}`,
    "X-Amz-Date": date,
    "X-Amz-Expires": String(how.expires ?? 300),
    ...(token === undefined ? {} : { "X-Amz-Security-Token": token }),
    "X-Amz-SignedHeaders": names.join(";"),
  };
  const target = withQuery(asked.target, added);
  const canonical = canonicalRequest({ ...asked, target }, headers, names, "UNSIGNED-PAYLOAD");
  const key = signingKey(how.credentials.secretAccessKey, scope);
  const signature = hmac(key, stringToSign(date, scope, canonical)).toString("hex");
  const signed = withQuery(target, { "X-Amz-Signature": signature });
  return { ...asked, headers, target: spoilQuery(signed, how.spoil ?? {}) };
}

/** The target with Signature Version 2 in its query, as older tools make it. */
export function presignV2(
  asked: WireRequest,
  credentials: Credentials,
  expiresAt: number,
): WireRequest {
  const [path = "", query = ""] = asked.target.split("?");
  const resource = query === "" ? path : `${path}?${query}`;
  const type = asked.headers?.["content-type"] ?? "";
  const text = `${asked.method}\n\n${type}\n${expiresAt}\n${resource}`;
  const signature = createHmac("sha1", credentials.secretAccessKey).update(text).digest("base64");
  return {
    ...asked,
    target: withQuery(asked.target, {
      AWSAccessKeyId: credentials.accessKeyId,
      Signature: signature,
      Expires: String(expiresAt),
    }),
  };
}

function scopeOf(endpoint: Endpoint, how: Signing, amzDate: string): string {
  const region = how.region ?? endpoint.region;
  return `${amzDate.slice(0, 8)}/${region}/${how.service ?? "s3"}/aws4_request`;
}

function signingKey(secretAccessKey: string, scope: string): Buffer {
  return scope
    .split("/")
    .reduce<Buffer>((key, part) => hmac(key, part), Buffer.from(`AWS4${secretAccessKey}`));
}

export interface Chunking {
  readonly chunkBytes: number;
  /** Name and value of one trailing header, signed after the chunks. */
  readonly trailer?: readonly [string, string];
  /** May change the chunks' texts before they are joined: replayed, swapped, cut short. */
  readonly spoil?: (chunks: Buffer[]) => Buffer[];
}

/** A body in signed chunks (STREAMING-AWS4-HMAC-SHA256-PAYLOAD and -TRAILER). */
export function signChunked(
  endpoint: Endpoint,
  asked: WireRequest & { readonly body: Buffer },
  how: Signing,
  chunking: Chunking,
): WireRequest {
  const { body } = asked;
  const name = chunking.trailer?.[0];
  const payload = `STREAMING-AWS4-HMAC-SHA256-PAYLOAD${name === undefined ? "" : "-TRAILER"}`;
  const headers = {
    ...asked.headers,
    "content-encoding": "aws-chunked",
    "x-amz-decoded-content-length": String(body.length),
    ...(name === undefined ? {} : { "x-amz-trailer": name }),
  };
  const signed = sign(endpoint, { ...asked, headers }, { ...how, payload });
  let previous = signed.signature;
  const chunk = (data: Buffer, end: string) => {
    const text = `AWS4-HMAC-SHA256-PAYLOAD\n${signed.amzDate}\n${signed.scope}\n${previous}\n${sha256("")}\n${sha256(data)}`;
    previous = hmac(signed.key, text).toString("hex");
    const head = `${data.length.toString(16)};chunk-signature=${previous}\r\n`;
    return Buffer.concat([Buffer.from(head), data, Buffer.from(end)]);
  };
  const chunks: Buffer[] = [];
  for (let at = 0; at < body.length; at += chunking.chunkBytes) {
    chunks.push(chunk(Buffer.from(body.subarray(at, at + chunking.chunkBytes)), "\r\n"));
  }
  chunks.push(chunk(Buffer.alloc(0), chunking.trailer ? "" : "\r\n"));
  if (chunking.trailer) {
    const line = `${chunking.trailer[0]}:${chunking.trailer[1]}`;
    const text = `AWS4-HMAC-SHA256-TRAILER\n${signed.amzDate}\n${signed.scope}\n${previous}\n${sha256(`${line}\n`)}`;
    const signature = hmac(signed.key, text).toString("hex");
    chunks.push(Buffer.from(`${line}\r\nx-amz-trailer-signature:${signature}\r\n\r\n`));
  }
  const sent = Buffer.concat(chunking.spoil?.(chunks) ?? chunks);
  return {
    ...signed,
    headers: { ...signed.headers, "content-length": String(sent.length) },
    body: sent,
  };
}

function canonicalRequest(
  asked: WireRequest,
  headers: Readonly<Record<string, string>>,
  names: readonly string[],
  payload: string,
): string {
  const [path = "", query = ""] = asked.target.split("?");
  const pairs =
    query === "" ? [] : query.split("&").map((pair) => (pair.includes("=") ? pair : `${pair}=`));
  // By name, then by value: a name comes before any longer one that begins with it.
  pairs.sort((a, b) => (a.replace("=", "\0") < b.replace("=", "\0") ? -1 : 1));
  const lines = names.map(
    (name) => `${name}:${(headers[name] ?? "").trim().replaceAll(/ +/g, " ")}`,
  );
  return [asked.method, path, pairs.join("&"), ...lines, "", names.join(";"), payload].join("\n");
}

function stringToSign(date: string, scope: string, canonical: string): string {
  return `AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha256(canonical)}`;
}

function withQuery(target: string, added: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(added).map(([name, value]) => `${encode(name)}=${encode(value)}`);
  return `${target}${target.includes("?") ? "&" : "?"}${pairs.join("&")}`;
}

function spoilQuery(target: string, spoil: Readonly<Record<string, string | undefined>>): string {
  const [path = "", query = ""] = target.split("?");
  const pairs = query.split("&").flatMap((pair) => {
    const name = decodeURIComponent(pair.split("=")[0] ?? "");
    if (!(name in spoil)) return [pair];
    const value = spoil[name];
    return value === undefined ? [] : [`${encode(name)}=${encode(value)}`];
  });
  return `${path}?${pairs.join("&")}`;
}

function lowerCased(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}
