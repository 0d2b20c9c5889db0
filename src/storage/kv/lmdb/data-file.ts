/**
 * Looks at a data file before LMDB does: lmdb-js ends the process, with a segmentation fault, when
 * LMDB refuses what it is given to open.
 *
 *     file = meta page 0 ‖ meta page 1 ‖ pages;   meta page = header (24) ‖ magic (4) ‖ version (4) ‖ …
 *
 * The numbers are in the byte order of the machine.
 */
import { endianness } from "node:os";
import type { Files } from "../../files/files.ts";
import { StorageError } from "../errors.ts";

const HEADER_BYTES = 24;
const MAGIC = 0xbeefc0de;
/** Of LMDB 0.9.90 and later, which lmdb-js brings. */
const DATA_VERSION = 2;

/** An absent file and an empty one are fine: LMDB makes a new store of them. */
export async function requireLmdbFile(files: Files, path: string): Promise<void> {
  const file = await files.open(path);
  if (file === undefined) return;
  try {
    if (file.bytes === 0) return;
    const start = Buffer.alloc(HEADER_BYTES + 8);
    await file.read(start, 0);
    const magic = numberAt(start, HEADER_BYTES);
    const version = numberAt(start, HEADER_BYTES + 4);
    if (magic !== MAGIC || version !== DATA_VERSION) {
      throw new StorageError(`\`${path}\` is no store that this program knows`);
    }
  } finally {
    await file.close();
  }
}

function numberAt(bytes: Buffer, offset: number): number {
  return endianness() === "LE" ? bytes.readUInt32LE(offset) : bytes.readUInt32BE(offset);
}
