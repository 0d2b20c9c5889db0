import type { OpenFile } from "../files/files.ts";
import { StorageError } from "../kv/errors.ts";

/** Writes all of `buffers` at `position`, however few bytes the system takes at a time. */
export async function writeWhole(
  file: OpenFile,
  buffers: readonly Uint8Array[],
  position: number,
): Promise<void> {
  let left = buffers;
  let at = position;
  while (left.length > 0) {
    const written = await file.write(left, at);
    if (written === 0) throw new StorageError("the disk takes no more bytes and gives no reason");
    at += written;
    left = after(left, written);
  }
}

function after(buffers: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  let skipped = 0;
  for (const [index, buffer] of buffers.entries()) {
    if (skipped + buffer.length > bytes) {
      return [buffer.subarray(bytes - skipped), ...buffers.slice(index + 1)];
    }
    skipped += buffer.length;
  }
  return [];
}
