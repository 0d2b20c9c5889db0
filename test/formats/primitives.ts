/** docs/formats/conventions.md, box.md and keys.md, written from the pages and from nothing else. */
import { createDecipheriv, createHash, hkdfSync, timingSafeEqual } from "node:crypto";

export type Field = string | number | Uint8Array;
export type KeyPart = string | bigint;

export function fields(list: readonly Field[]): Buffer {
  return Buffer.concat(
    list.flatMap((field) => {
      const bytes =
        typeof field === "number" ? natural(BigInt(field)) : Buffer.from(field as string);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}

export function natural(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

export function hkdf(key: Uint8Array, salt: Uint8Array, info: string, length: number): Buffer {
  return Buffer.from(hkdfSync("sha256", key, salt, info, length));
}

export function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

/** Ciphertext ‖ tag. Throws when it does not authenticate. */
export function gcm(
  key: Uint8Array,
  nonce: Uint8Array,
  sealed: Uint8Array,
  aad: Uint8Array = Buffer.alloc(0),
): Buffer {
  const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: 16 });
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.subarray(-16));
  return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
}

export const ZERO_NONCE = Buffer.alloc(12);

export function openBox(
  key: Uint8Array,
  purpose: string,
  list: readonly Field[],
  box: Uint8Array,
): Buffer {
  if (box[0] !== 1) throw new Error("a box of another version");
  const derived = hkdf(key, box.subarray(1, 33), `strongroom/box/1/${purpose}`, 64);
  if (!timingSafeEqual(derived.subarray(32), box.subarray(33, 65))) {
    throw new Error(`another key's box of ${purpose}`);
  }
  return gcm(derived.subarray(0, 32), ZERO_NONCE, box.subarray(65), fields(list));
}

export function keyOf(...parts: readonly KeyPart[]): Buffer {
  return Buffer.concat(
    parts.map((part) =>
      typeof part === "bigint"
        ? Buffer.concat([Buffer.of(3), natural(part)])
        : Buffer.concat([Buffer.of(2), escaped(Buffer.from(part)), Buffer.of(0)]),
    ),
  );
}

function escaped(bytes: Buffer): Buffer {
  return Buffer.from([...bytes].flatMap((byte) => (byte === 0 ? [0, 0xff] : [byte])));
}
