/**
 * The CRC of a whole from the CRCs of its parts, without reading the parts again: S3's
 * FULL_OBJECT checksum of a multipart upload.
 *
 * A CRC is a polynomial over GF(2) modulo the algorithm's own. Appending n bytes to a message
 * multiplies its polynomial by x^8n, and the pre- and post-conditioning of both halves cancel, so
 *
 *     crc(a ‖ b) = crc(a) · x^(8·|b|) + crc(b)
 *
 * as in zlib's crc32_combine. All three algorithms are reflected: the highest bit of a register is
 * the coefficient of x^0. A register is kept as two 32-bit words; CRC32 and CRC32C leave `low` 0.
 */
import { assert } from "../base/index.ts";

export type CombinableAlgorithm = "CRC32" | "CRC32C" | "CRC64NVME";

interface Word {
  readonly high: number;
  readonly low: number;
}

interface Field {
  readonly bytes: 4 | 8;
  readonly polynomial: Word;
}

const fields: Readonly<Record<CombinableAlgorithm, Field>> = {
  CRC32: { bytes: 4, polynomial: { high: 0xedb88320, low: 0 } },
  CRC32C: { bytes: 4, polynomial: { high: 0x82f63b78, low: 0 } },
  CRC64NVME: { bytes: 8, polynomial: { high: 0x9a6c9329, low: 0xac4bc9b5 } },
};

const ONE: Word = { high: 0x80000000, low: 0 };

/** 8 times any safe integer is below 2^56. */
const EXPONENT_BITS = 56;

/** Row k holds x^(2^k). */
const squares: Readonly<Record<CombinableAlgorithm, readonly Word[]>> = {
  CRC32: squaresOf(fields.CRC32),
  CRC32C: squaresOf(fields.CRC32C),
  CRC64NVME: squaresOf(fields.CRC64NVME),
};

/** `crcB` covers the `bytesB` bytes that follow those of `crcA`; each CRC is as `digest()` gives. */
export function combineCrc(
  algorithm: CombinableAlgorithm,
  crcA: Uint8Array,
  crcB: Uint8Array,
  bytesB: number,
): Buffer {
  const field = fields[algorithm];
  assert(Number.isSafeInteger(bytesB) && bytesB >= 0, "a length is a safe natural number");
  const shifted = multiply(field, wordOf(field, crcA), powerOfX(algorithm, bytesB));
  const b = wordOf(field, crcB);
  return bytesOf(field, { high: shifted.high ^ b.high, low: shifted.low ^ b.low });
}

/** x^(8·bytes). */
function powerOfX(algorithm: CombinableAlgorithm, bytes: number): Word {
  const field = fields[algorithm];
  let product = ONE;
  let left = bytes;
  for (const square of squares[algorithm].slice(3)) {
    if (left === 0) break;
    if (left % 2 === 1) product = multiply(field, product, square);
    left = Math.floor(left / 2);
  }
  return product;
}

function squaresOf(field: Field): Word[] {
  const rows: Word[] = [{ high: 0x40000000, low: 0 }];
  while (rows.length < EXPONENT_BITS) {
    const last = rows.at(-1) ?? ONE;
    rows.push(multiply(field, last, last));
  }
  return rows;
}

/** a · b modulo the field's polynomial: for each coefficient of a, lowest first, adds b · x^k. */
function multiply({ bytes, polynomial }: Field, a: Word, b: Word): Word {
  let high = 0;
  let low = 0;
  let { high: shiftedHigh, low: shiftedLow } = b;
  for (let k = 0; k < bytes * 8; k++) {
    const coefficient = k < 32 ? a.high >>> (31 - k) : a.low >>> (63 - k);
    if (coefficient & 1) {
      high ^= shiftedHigh;
      low ^= shiftedLow;
    }
    const overflow = (bytes === 8 ? shiftedLow : shiftedHigh) & 1;
    if (bytes === 8) shiftedLow = (shiftedLow >>> 1) | (shiftedHigh << 31);
    shiftedHigh >>>= 1;
    if (overflow) {
      shiftedHigh ^= polynomial.high;
      shiftedLow ^= polynomial.low;
    }
  }
  return { high, low };
}

function wordOf({ bytes }: Field, crc: Uint8Array): Word {
  assert(crc.length === bytes, "a CRC has the length of its algorithm");
  const view = new DataView(crc.buffer, crc.byteOffset, bytes);
  return { high: view.getUint32(0), low: bytes === 8 ? view.getUint32(4) : 0 };
}

function bytesOf({ bytes }: Field, word: Word): Buffer {
  const crc = Buffer.alloc(bytes);
  crc.writeUInt32BE(word.high >>> 0, 0);
  if (bytes === 8) crc.writeUInt32BE(word.low >>> 0, 4);
  return crc;
}
