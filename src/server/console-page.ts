/** What the console's address shows while there is no console: where the API is. */
import type { Exchange, Handler } from "./exchange.ts";

/** Nothing may be loaded, framed, submitted or sniffed. */
const STRICT_HEADERS = {
  "content-security-policy":
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "cache-control": "no-store",
} as const;

/** `apiEndpoint` is configuration, never what a request's Host claims. */
export function consolePage(apiEndpoint: string): Handler {
  const html = pageOf(apiEndpoint);
  const page = { ...STRICT_HEADERS, "content-type": "text/html; charset=utf-8" };
  const text = { ...STRICT_HEADERS, "content-type": "text/plain; charset=utf-8" };
  return (exchange: Exchange) => {
    exchange.describe({ service: "console" });
    if (exchange.method !== "GET" && exchange.method !== "HEAD") {
      return exchange.respond(405, { ...text, allow: "GET, HEAD" }, "GET and HEAD only\n");
    }
    return exchange.path === "/"
      ? exchange.respond(200, page, html)
      : exchange.respond(404, text, "not found\n");
  };
}

function pageOf(apiEndpoint: string): string {
  const endpoint = escaped(apiEndpoint);
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Strongroom</title></head>
<body>
<h1>Strongroom</h1>
<p>The API answers at <a href="${endpoint}">${endpoint}</a>.</p>
<p>Credentials for the AWS CLI and SDKs: <code>strongroom env</code></p>
</body>
</html>
`;
}

function escaped(text: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
  };
  return text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? "");
}
