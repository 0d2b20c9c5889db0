/** Texts of options and of the environment to values. Each throws what the value should look like. */
import { isIP } from "node:net";
import { type Cidr, parseCidr } from "../base/index.ts";
import { AWS_REGIONS } from "./regions.ts";

export interface Address {
  /** A name or an IP address, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

/** Thrown by every parser here; the option's name is added by whoever knows it. */
export class BadValue extends Error {
  override readonly name = "BadValue";
}

export function parseAddress(text: string): Address {
  const [, bracketed, bare, portText] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? bare ?? "";
  const port = Number(portText);
  const fits = bracketed === undefined ? isIP(host) === 4 || isHostName(host) : isIP(host) === 6;
  if (!fits || !(port <= 65_535)) {
    throw new BadValue("is not HOST:PORT, for example 127.0.0.1:9000 or [::1]:9000");
  }
  return { host, port };
}

export function parseAccountId(text: string): string {
  if (!/^\d{12}$/.test(text)) throw new BadValue("is not an account id of 12 digits");
  return text;
}

export function parseAccountName(text: string): string {
  if (!/^[\x20-\x7e]{1,50}$/.test(text) || text.trim() !== text) {
    throw new BadValue("is not an account name of 1 to 50 printable ASCII characters");
  }
  return text;
}

export function parseRegion(text: string): string {
  if (!AWS_REGIONS.includes(text)) {
    throw new BadValue("is not an AWS region, for example us-east-1 or eu-central-1");
  }
  return text;
}

export function parseDomain(text: string): string {
  const name = text.toLowerCase().replace(/\.$/, "");
  if (!isHostName(name)) throw new BadValue("is not a domain name, for example s3.example.com");
  return name;
}

export function parseBlock(text: string): Cidr {
  const block = parseCidr(text);
  if (!block) throw new BadValue("is not an address or a CIDR block, for example 10.0.0.0/8");
  return block;
}

export function parseWhole(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d{1,9}$/.test(text) || value < min || value > max) {
      throw new BadValue(`is not a whole number from ${min} to ${max}`);
    }
    return value;
  };
}

export function parseOneOf<Word extends string>(words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const word = words.find((candidate) => candidate === text);
    if (word === undefined) throw new BadValue(`is not one of ${words.join(", ")}`);
    return word;
  };
}

/** How a flag is written in the environment. */
export function parseSwitch(text: string): boolean {
  if (/^(1|true|yes|on)$/i.test(text)) return true;
  if (/^(0|false|no|off)$/i.test(text)) return false;
  throw new BadValue("is neither true nor false");
}

export function parseAccessKeyId(text: string): string {
  if (!/^\w{16,128}$/.test(text)) {
    throw new BadValue("is not an access key id of 16 to 128 letters, digits and _");
  }
  return text;
}

/** Its complaint does not repeat the value. */
export function parseSecretKey(text: string): string {
  if (!/^[\x21-\x7e]{16,128}$/.test(text)) {
    throw new BadValue("is not a secret of 16 to 128 printable ASCII characters");
  }
  return text;
}

function isHostName(text: string): boolean {
  if (text.length > 253 || /^[\d.]+$/.test(text)) return false;
  return text.split(".").every((label) => /^[a-z\d]([a-z\d-]{0,61}[a-z\d])?$/i.test(label));
}
