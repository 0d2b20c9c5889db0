/**
 * A body on its way out: read, opened segment by segment, and released only after its tag was
 * verified. A segment that fails ends the stream with an error, and the reply with a cut.
 */
import {
  createBodyOpener,
  openBody,
  type Secret,
  segmentRange,
  type SegmentRange,
  wholeBody,
} from "../../crypto/index.ts";
import { inlineSpace, type RecordStore, type SealedBodyRecord } from "../../records/index.ts";
import { type BlobReader, type BlobStore, readAhead } from "../../storage/index.ts";
import type { BodyStream } from "../../wire/index.ts";
import { BodyGone } from "./body-gone.ts";
import type { HeldReader } from "./held-reader.ts";
import { StreamMemory } from "./stream-memory.ts";

/** What a body is made of, and the key that opens it. */
export interface OpenableBody {
  readonly record: SealedBodyRecord;
  readonly size: number;
  readonly bodyKey: Secret;
}

/** A range of the plaintext: from `start` up to, not including, `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Where bodies lie, and who closes what is opened. */
export interface BodySources {
  readonly store: RecordStore;
  readonly blobs: BlobStore;
  readonly held: HeldReader;
}

const memory = new StreamMemory();

/** The plaintext of a range, or of all. Throws BodyGone. */
export async function openRange(
  { record, size, bodyKey }: OpenableBody,
  range: ByteRange | undefined,
  { store, blobs, held }: BodySources,
): Promise<BodyStream> {
  const shape = { plaintextLength: size, segmentBytes: record.segmentBytes };
  if (record.inline) {
    const found = await store.get(inlineSpace, record.blob);
    if (!found) throw new BodyGone();
    const plaintext = openBody(bodyKey, found.value, shape);
    return range ? plaintext.subarray(range.start, range.end) : plaintext;
  }
  const segments = range ? segmentRange(shape, range.start, range.end) : wholeBody(shape);
  const reader = await blobs.open(record.blob);
  if (!reader) throw new BodyGone();
  held.hold(reader);
  return streamOf(reader, bodyKey, segments, held);
}

async function* streamOf(
  reader: BlobReader,
  bodyKey: Secret,
  segments: SegmentRange,
  held: HeldReader,
): AsyncGenerator<Uint8Array, void, void> {
  const opener = createBodyOpener(bodyKey, segments);
  const { ciphertextStart: start, ciphertextEnd: end } = segments;
  const { pieceBytes, buffers, release } = memory.take(end - start);
  try {
    const ahead = readAhead(reader, { start, end, pieceBytes, buffers });
    for await (const piece of ahead) yield* opener.update(piece);
    opener.final();
  } finally {
    release();
    await held.close();
  }
}
