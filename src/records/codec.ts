/**
 * Stored records ↔ bytes: a version, then MessagePack (docs/formats/records.md).
 *
 *     record = version (1 byte, 1 … 255) ‖ MessagePack map
 *
 * Records hold texts, safe integers, booleans, null, bytes, arrays and maps with fixed names.
 * Names that a client chose (metadata, tags) stand in arrays of pairs, never as map keys. Times are
 * integers: milliseconds since the epoch.
 */
import { Packr, RESERVE_START_SPACE } from "msgpackr";
import { assert } from "../base/index.ts";

/** A stored value that this program cannot read: corrupt, or written by a newer version. */
export class RecordError extends Error {
  override readonly name = "RecordError";
}

/** One version of a record, oldest first in its history. */
export interface RecordVersion {
  /** The deployment's write level from which this version is written. */
  readonly level: number;
  /** From the previous version's value to this one's. Absent in the first. */
  readonly upgrade?: (previous: never) => unknown;
  /** From this version's value to the previous one's, for deployments that still write it. */
  readonly downgrade?: (value: never) => unknown;
}

export interface Codec<V> {
  /** In the newest version that a deployment of `writeLevel` writes. */
  encode(value: V, writeLevel: number): Buffer;
  /** Throws RecordError. */
  decode(bytes: Uint8Array): V;
}

// `skipValues` is missing from the package's types.
const options: object = {
  useRecords: false,
  mapsAsObjects: true,
  variableMapSize: true,
  copyBuffers: true,
  skipValues: [undefined],
};
const packr = new Packr(options);
const VERSION_BYTES = 1;
const UNPACK_OPTIONS = { start: VERSION_BYTES };

/** The codec of a record whose versions are `history`, oldest first. */
export function recordCodec<V>(name: string, history: readonly RecordVersion[]): Codec<V> {
  assert(history.length >= 1 && history.length <= 255, "a record has 1 to 255 versions");
  return {
    encode(value, writeLevel) {
      let version = history.length;
      let written: unknown = value;
      while (version > 1 && (history[version - 1]?.level ?? 0) > writeLevel) {
        const { downgrade } = history[version - 1] ?? {};
        assert(downgrade, "a version above the write level can be written as the one before");
        written = downgrade(written as never);
        version -= 1;
      }
      const bytes = packr.pack(written, RESERVE_START_SPACE + VERSION_BYTES);
      bytes[0] = version;
      return bytes;
    },
    decode(bytes) {
      const version = bytes[0] ?? 0;
      if (version < 1 || version > history.length) {
        throw new RecordError(
          `a ${name} record of version ${version} is not one this program knows`,
        );
      }
      let value: unknown;
      try {
        value = packr.unpack(bytes, UNPACK_OPTIONS);
      } catch (error) {
        throw new RecordError(`a ${name} record is malformed`, { cause: error });
      }
      for (const { upgrade } of history.slice(version)) {
        assert(upgrade, "every version but the first says how it follows from the one before");
        value = upgrade(value as never);
      }
      return value as V;
    },
  };
}

/** For values that are bytes already: inline bodies, which are ciphertext. */
export const bytesCodec: Codec<Buffer> = {
  encode: (value) => value,
  decode: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
};
