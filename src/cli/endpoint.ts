import type { Address } from "./values.ts";

/** The URL under which a program on this machine reaches an address that is listened on. */
export function endpointOf({ host, port }: Address, { tls }: { tls: boolean }): string {
  return `${tls ? "https" : "http"}://${reachable(host)}:${port}`;
}

function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") ? `[${host}]` : host;
}

/**
 * Whether a Host header is that of a bucket: a name under a base domain, which is no base domain
 * itself. Only then is "/-/live" the key of an object.
 */
export function isBucketHost(host: string, domains: readonly string[]): boolean {
  const name = host.toLowerCase().replace(/:\d+$/, "").replace(/\.$/, "");
  return !domains.includes(name) && domains.some((domain) => name.endsWith(`.${domain}`));
}
