/**
 * The text of a root key file: a first line that names the format, one line for each version, and
 * a check against damage.
 *
 *     strongroom root key 1
 *     version 1 <64 hex digits>
 *     version 2 <64 hex digits>
 *     check <64 hex digits: SHA-256 of everything before this line>
 *
 * The highest number is the current version; since it is never destroyed, no number comes twice.
 * Keys are read and written as bytes, never as strings: strings cannot be wiped.
 *
 * docs/formats/root-key-file.md is the specification.
 */
import { assert } from "../base/index.ts";
import { equalBytes, Secret, sha256 } from "../crypto/index.ts";

export const ROOT_KEY_FILE_BYTES_MAX = 64 * 1024;

const KEY_BYTES = 32;
const HEX_BYTES = 2 * KEY_BYTES;
const FIRST_LINE = "strongroom root key 1\n";
const CHECK = "check ";
const CHECK_LINE_BYTES = CHECK.length + HEX_BYTES + 1;
const NUMBER_MAX = 2 ** 32;
const DIGITS = Buffer.from("0123456789abcdef");

/** Oldest first; the last is current. */
export type RootKeys = ReadonlyMap<number, Secret>;

/** The caller wipes what it gets, once written. */
export function encodeRootKeyFile(keys: RootKeys): Buffer {
  const lines = [...keys].flatMap(([number, key]) => [
    Buffer.from(`version ${number} `),
    toHex(key.expose()),
    Buffer.from("\n"),
  ]);
  const content = Buffer.concat([Buffer.from(FIRST_LINE), ...lines]);
  const check = Buffer.from(`${CHECK}${sha256(content).toString("hex")}\n`);
  const text = Buffer.concat([content, check]);
  for (const bytes of [content, ...lines]) bytes.fill(0);
  return text;
}

/** Undefined where the text is anything but what `encodeRootKeyFile` writes. */
export function decodeRootKeyFile(text: Buffer): RootKeys | undefined {
  const checkAt = text.length - CHECK_LINE_BYTES;
  if (checkAt < FIRST_LINE.length || text.length > ROOT_KEY_FILE_BYTES_MAX) return undefined;
  const content = text.subarray(0, checkAt);
  const check = Buffer.from(`${CHECK}${sha256(content).toString("hex")}\n`);
  if (!equalBytes(check, text.subarray(checkAt))) return undefined;
  if (content.toString("latin1", 0, FIRST_LINE.length) !== FIRST_LINE) return undefined;

  const keys = new Map<number, Secret>();
  let at = FIRST_LINE.length;
  let before = 0;
  while (at < content.length) {
    const line = readVersion(content, at);
    if (!line || line.number <= before) return discard(keys);
    keys.set(line.number, line.key);
    before = line.number;
    at = line.end;
  }
  return keys.size > 0 ? keys : undefined;
}

interface VersionLine {
  readonly number: number;
  readonly key: Secret;
  readonly end: number;
}

function readVersion(content: Buffer, at: number): VersionLine | undefined {
  // Enough for the words and the number, and short of any byte of the key.
  const head = /^version ([1-9]\d{0,9}) $/.exec(
    content.toString("latin1", at, spaceAfter(content, at)),
  );
  if (!head) return undefined;
  const number = Number(head[1]);
  const keyAt = at + head[0].length;
  const end = keyAt + HEX_BYTES + 1;
  if (number >= NUMBER_MAX || end > content.length || content[end - 1] !== 0x0a) return undefined;
  const bytes = fromHex(content.subarray(keyAt, end - 1));
  return bytes && { number, key: Secret.adopt(bytes), end };
}

/** The place after the second space of the line at `at`. */
function spaceAfter(content: Buffer, at: number): number {
  const first = content.indexOf(0x20, at);
  return first < 0 ? at : content.indexOf(0x20, first + 1) + 1;
}

function discard(keys: RootKeys): undefined {
  for (const key of keys.values()) key[Symbol.dispose]();
}

function toHex(bytes: Buffer): Buffer {
  const hex = Buffer.alloc(bytes.length * 2);
  for (const [i, byte] of bytes.entries()) {
    hex[2 * i] = DIGITS[byte >> 4] ?? 0;
    hex[2 * i + 1] = DIGITS[byte & 15] ?? 0;
  }
  return hex;
}

function fromHex(hex: Buffer): Buffer | undefined {
  assert(hex.length === HEX_BYTES, "a root key has 64 hex digits");
  const bytes = Buffer.alloc(KEY_BYTES);
  for (let i = 0; i < KEY_BYTES; i++) {
    const high = DIGITS.indexOf(hex.subarray(2 * i, 2 * i + 1));
    const low = DIGITS.indexOf(hex.subarray(2 * i + 1, 2 * i + 2));
    if (high < 0 || low < 0) {
      bytes.fill(0);
      return undefined;
    }
    bytes[i] = (high << 4) | low;
  }
  return bytes;
}
