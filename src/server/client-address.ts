/** Who the client is, and whether its way here was encrypted, when proxies stand between. */
import { isIP } from "node:net";
import { type Cidr, normaliseAddress } from "../base/index.ts";

export interface Peer {
  /** Of the socket, normalised. */
  readonly address: string;
  readonly encrypted: boolean;
}

interface Forwarded {
  readonly "x-forwarded-for"?: string | undefined;
  readonly "x-forwarded-proto"?: string | undefined;
}

/** Longer chains than this are read from their near end only. */
const HOPS_MAX = 32;

export function isTrusted(address: string, proxies: readonly Cidr[]): boolean {
  return proxies.some((block) => block.contains(address));
}

/**
 * The right-most address of the chain that is no trusted proxy: everything left of it was written
 * by that client itself and proves nothing. `peer` must be a trusted proxy.
 */
export function forwardedAddress(peer: Peer, headers: Forwarded, proxies: readonly Cidr[]): string {
  const hops = (headers["x-forwarded-for"] ?? "").split(",").slice(-HOPS_MAX);
  let nearest = peer.address;
  for (const hop of hops.toReversed()) {
    const text = withoutPort(hop.trim());
    // Short and octal forms ("10.1") mean different addresses to different readers.
    const address = isIP(text) === 0 ? undefined : normaliseAddress(text);
    if (address === undefined) return nearest;
    nearest = address;
    if (!isTrusted(address, proxies)) return address;
  }
  return nearest;
}

/**
 * Whether every hop that the proxies report was encrypted. A client can add hops to the list but
 * can only make the answer worse by it. `peer` must be a trusted proxy.
 */
export function forwardedSecure(peer: Peer, headers: Forwarded): boolean {
  const reported = headers["x-forwarded-proto"];
  if (reported === undefined) return peer.encrypted;
  return reported.split(",").every((scheme) => scheme.trim().toLowerCase() === "https");
}

/** Some proxies write "192.0.2.1:4711" and "[2001:db8::1]:4711". */
function withoutPort(hop: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(hop);
  if (bracketed) return bracketed[1] ?? "";
  return /^[\d.]+:\d+$/.test(hop) ? hop.slice(0, hop.indexOf(":")) : hop;
}
