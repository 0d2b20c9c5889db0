/** IpAddress and NotIpAddress: CIDR blocks of IPv4 and IPv6; one family never holds the other. */
import { type Cidr, normaliseAddress, parseCidr } from "../../base/index.ts";
import { never, type Operator } from "./operator.ts";

export const ipAddressOperators: readonly Operator[] = [
  ipAddressOperator("IpAddress", { negated: false }),
  ipAddressOperator("NotIpAddress", { negated: true }),
];

function ipAddressOperator(name: string, { negated }: { negated: boolean }): Operator {
  return {
    name,
    negated,
    compile(policyValue) {
      const block = parseCidr(policyValue);
      if (block === undefined) return never;
      const within = membership(block);
      if (!negated) return within;
      return (value) => !within(value) && isAddress(value);
    },
  };
}

/**
 * Nearly every caller comes by IPv4, and a server has normalised its address: two integers and a
 * mask then decide in a tenth of a microsecond. IPv6 takes the long way.
 */
function membership(block: Cidr): (value: string) => boolean {
  const [network = "", bits = "32"] = block.text.split("/");
  const base = ipv4(network);
  const mask = bits === "0" ? 0 : -1 << (32 - Number(bits));
  return (value) => {
    const address = ipv4(value);
    if (address === undefined) return isIpv6(value) && block.contains(value);
    return base !== undefined && ((address ^ base) & mask) === 0;
  };
}

function isAddress(value: string): boolean {
  return ipv4(value) !== undefined || isIpv6(value);
}

/** The colon keeps out what parsers of the BSD tradition take for IPv4: `1`, `0x7f.1`. */
function isIpv6(value: string): boolean {
  return value.includes(":") && normaliseAddress(value) !== undefined;
}

/** The 32 bits of a plain dotted address; undefined for any other form. */
function ipv4(text: string): number | undefined {
  let address = 0;
  let octet = -1;
  let dots = 0;
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit >= 0 && digit <= 9) {
      // A leading zero could be meant as octal: not plain.
      if (octet === 0) return undefined;
      octet = octet < 0 ? digit : octet * 10 + digit;
      if (octet > 255) return undefined;
    } else {
      if (digit !== -2 || octet < 0) return undefined;
      address = (address << 8) | octet;
      octet = -1;
      dots++;
    }
  }
  return dots === 3 && octet >= 0 ? (address << 8) | octet : undefined;
}
