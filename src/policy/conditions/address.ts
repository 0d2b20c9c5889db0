/** IP addresses as 32-bit words: one for IPv4, four for IPv6. An IPv4-mapped address is IPv4. */
import { normaliseAddress, parseCidr } from "../../base/index.ts";

export type Address = readonly number[];

export interface Block {
  readonly network: Address;
  readonly bits: number;
}

/** A CIDR block or a single address; undefined when it is neither. */
export function parseBlock(text: string): Block | undefined {
  if (parseCidr(text) === undefined) return undefined;
  const [address = "", bits] = text.split("/");
  const network = parseAddress(address);
  return network && { network, bits: bits === undefined ? network.length * 32 : Number(bits) };
}

export function blockHolds({ network, bits }: Block, address: Address): boolean {
  if (address.length !== network.length) return false;
  for (let word = 0; word * 32 < bits; word++) {
    const compared = Math.min(32, bits - word * 32);
    const difference = (network[word] ?? 0) ^ (address[word] ?? 0);
    if (difference >>> (32 - compared) !== 0) return false;
  }
  return true;
}

let last: { readonly text: string; readonly address: Address | undefined } | undefined;

/** One request is compared with many blocks: the last address is kept. */
export function parseAddress(text: string): Address | undefined {
  if (last?.text !== text) last = { text, address: parse(text) };
  return last.address;
}

function parse(text: string): Address | undefined {
  const plain = ipv4(text);
  if (plain !== undefined) return [plain];
  // The colon keeps out what parsers of the BSD tradition take for IPv4: `1`, `0x7f.1`.
  const normal = text.includes(":") ? normaliseAddress(text) : undefined;
  if (normal === undefined) return undefined;
  const mapped = ipv4(normal);
  return mapped === undefined ? ipv6(normal) : [mapped];
}

const IPV4 = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/;

/** Four decimal numbers without leading zeros, which some read as octal. */
function ipv4(text: string): number | undefined {
  const found = IPV4.exec(text);
  if (found === null) return undefined;
  const octets = found.slice(1).map(Number);
  if (octets.some((octet) => octet > 255)) return undefined;
  return octets.reduce((bits, octet) => (bits << 8) | octet, 0);
}

/** From the normal form: groups without leading zeros, at most one `::`. */
function ipv6(normal: string): Address {
  const [head = "", tail = ""] = normal.split("::");
  const [left, right] = [groups(head), groups(tail)];
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => 0);
  const all = [...left, ...zeros, ...right];
  return [0, 2, 4, 6].map((at) => ((all[at] ?? 0) << 16) | (all[at + 1] ?? 0));
}

function groups(text: string): readonly number[] {
  return text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
}
