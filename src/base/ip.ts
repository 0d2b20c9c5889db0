/** IP addresses and CIDR blocks, IPv4 and IPv6. Mapped addresses (::ffff:10.0.0.1) are IPv4. */
import ipaddr from "ipaddr.js";

/** A block of addresses, parsed once. */
export interface Cidr {
  readonly text: string;
  contains(address: string): boolean;
}

/** The address in its shortest form, IPv4-mapped ones as IPv4; undefined when it is none. */
export function normaliseAddress(address: string): string | undefined {
  const bare = address.replace(/%.*$/, "");
  return ipaddr.isValid(bare) ? ipaddr.process(bare).toString() : undefined;
}

/** Parses `10.0.0.0/8`, `2001:db8::/32` or a single address; undefined when it is neither. */
export function parseCidr(text: string): Cidr | undefined {
  const whole = text.includes("/") ? text : `${text}/${text.includes(":") ? 128 : 32}`;
  if (!ipaddr.isValidCIDR(whole)) return undefined;
  const [network, bits] = ipaddr.parseCIDR(whole);
  if (network.kind() === "ipv4" && !/^\d+\.\d+\.\d+\.\d+\//.test(whole)) return undefined;
  return {
    text,
    contains(address) {
      const bare = address.replace(/%.*$/, "");
      if (!ipaddr.isValid(bare)) return false;
      const parsed = ipaddr.process(bare);
      return parsed.kind() === network.kind() && parsed.match(network, bits);
    },
  };
}

/** 127.0.0.0/8 and ::1. */
export function isLoopback(address: string): boolean {
  const normal = normaliseAddress(address);
  return normal !== undefined && (normal === "::1" || normal.startsWith("127."));
}
