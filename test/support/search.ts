/** Looks for secrets in files, in every form in which a program might have let them through. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";

export interface Needle {
  readonly what: string;
  readonly form: string;
  readonly bytes: Buffer;
}

/** Raw, base64 at each of its three alignments, hex in both cases, and compressed. */
export function formsOf(what: string, secret: Buffer | string): Needle[] {
  const raw = Buffer.from(secret);
  const hex = raw.toString("hex");
  const forms: [string, Buffer][] = [
    ["raw", raw],
    ["hex", Buffer.from(hex)],
    ["upper-case hex", Buffer.from(hex.toUpperCase())],
    ["UTF-16", Buffer.from(raw.toString("latin1"), "utf16le")],
    ...[0, 1, 2].map((offset): [string, Buffer] => [`base64 at ${offset}`, base64At(raw, offset)]),
  ];
  if (raw.length >= 64) forms.push(["deflate", deflateRawSync(raw).subarray(0, 48)]);
  return forms.map(([form, bytes]) => ({ what, form, bytes }));
}

/** The characters of base64 that depend on the secret alone, when `offset` bytes stand before it. */
function base64At(raw: Buffer, offset: number): Buffer {
  const padded = Buffer.concat([Buffer.alloc(offset), raw]);
  const text = padded.toString("base64url");
  const from = offset === 0 ? 0 : offset + 1;
  const whole = Math.floor((padded.length * 8) / 6);
  return Buffer.from(text.slice(from, whole));
}

/** Every file under the folder. */
function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

/** Where the needles are found: in the bytes, and in what any gzip or zlib stream in them holds. */
export function find(content: Buffer, needles: readonly Needle[], where: string): string[] {
  const layers = [content, ...unpacked(content)];
  return layers.flatMap((layer, depth) =>
    needles
      .filter(({ bytes }) => includes(layer, bytes))
      .map(({ what, form }) => `${what} as ${form} in ${where}${depth > 0 ? " (compressed)" : ""}`),
  );
}

export function findInFolder(folder: string, needles: readonly Needle[]): string[] {
  return filesUnder(folder).flatMap((path) => find(readFileSync(path), needles, path));
}

/** base64url and base64 differ in two characters: both are looked for. */
function includes(layer: Buffer, bytes: Buffer): boolean {
  if (layer.includes(bytes)) return true;
  const text = bytes.toString("latin1");
  if (!/[-_]/.test(text)) return false;
  return layer.includes(text.replaceAll("-", "+").replaceAll("_", "/"), 0, "latin1");
}

/** Whatever a gzip or zlib stream in the bytes holds, were it whole or cut short. */
function unpacked(content: Buffer): Buffer[] {
  const streams = [
    { magic: Buffer.from([0x1f, 0x8b, 0x08]), headerBytes: 10 },
    { magic: Buffer.from([0x78, 0x9c]), headerBytes: 2 },
  ];
  const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 1 << 26 };
  return streams.flatMap(({ magic, headerBytes }) =>
    offsetsOf(content, magic).flatMap((at) => {
      try {
        return [inflateRawSync(content.subarray(at + headerBytes), options)];
      } catch {
        return [];
      }
    }),
  );
}

function offsetsOf(content: Buffer, magic: Buffer): number[] {
  const found: number[] = [];
  for (let at = content.indexOf(magic); at >= 0; at = content.indexOf(magic, at + 1)) {
    found.push(at);
  }
  return found;
}
