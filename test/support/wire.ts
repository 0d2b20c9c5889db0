/** Requests byte by byte, for what no SDK would send, and replies as they came. */
import { request, type IncomingHttpHeaders } from "node:http";
import type { Endpoint } from "./server.ts";

export interface WireRequest {
  readonly method: string;
  /** Path and query exactly as they go over the wire. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

export interface WireReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
}

/** Sends one request on a connection of its own. */
export function send(endpoint: Endpoint, asked: WireRequest): Promise<WireReply> {
  const { hostname, port } = new URL(endpoint.url);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        hostname,
        port,
        method: asked.method,
        path: asked.target,
        headers: { ...lengthOf(asked.body), ...asked.headers },
        agent: false,
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.once("error", reject);
        incoming.once("end", () => {
          const body = Buffer.concat(chunks);
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            body,
            text: body.toString("utf8"),
          });
        });
      },
    );
    outgoing.once("error", reject);
    outgoing.end(asked.body);
  });
}

/** Node says the length of a body by itself for some methods only. */
function lengthOf(body: WireRequest["body"]): Record<string, string> {
  return body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
}

/** The text of the first element of that name, with XML's own escapes undone. */
export function element(xml: string, name: string): string | undefined {
  const found = new RegExp(`<${name}(?:\\s[^>]*)?>([^<]*)</${name}>`).exec(xml)?.[1];
  return found === undefined ? undefined : unescapeXml(found);
}

export function elements(xml: string, name: string): string[] {
  const found = xml.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>([^<]*)</${name}>`, "g"));
  return [...found].map(([, text]) => unescapeXml(text ?? ""));
}

function unescapeXml(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'")
    .replaceAll(/&#(x?)([0-9a-fA-F]+);/g, (_, hex: string, digits: string) =>
      String.fromCodePoint(Number.parseInt(digits, hex === "" ? 10 : 16)),
    )
    .replaceAll("&amp;", "&");
}

/** Code and text of an error of a JSON service; of anything else, neither. */
export function jsonError(text: string): { type: string | undefined; message: string | undefined } {
  const body: Record<string, string | undefined> = text.startsWith("{") ? JSON.parse(text) : {};
  return { type: body["__type"], message: body["message"] ?? body["Message"] };
}
