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
import { inlineSpace, type SealedBodyRecord } from "../../records/index.ts";
import type { Scope } from "../../service/index.ts";
import { type BlobStore, BufferPool, readAhead } from "../../storage/index.ts";
import type { BodyStream } from "../../wire/index.ts";

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

/** The blob or the inline body is gone: the version was replaced meanwhile. Read it again. */
export class BodyGone extends Error {
  override readonly name = "BodyGone";
}

const PIECE_BYTES = 1024 * 1024;
const pool = new BufferPool();

/** The plaintext of a range, or of all. Throws BodyGone. */
export async function openRange(
  body: OpenableBody,
  range: ByteRange | undefined,
  scope: Scope,
  blobs: BlobStore,
): Promise<BodyStream> {
  const { record, size, bodyKey } = body;
  if (record.inline) {
    const found = await scope.store.get(inlineSpace, record.blob);
    if (!found) throw new BodyGone();
    const shape = { plaintextLength: size, segmentBytes: record.segmentBytes };
    const plaintext = openBody(bodyKey, found.value, shape);
    return range ? plaintext.subarray(range.start, range.end) : plaintext;
  }
  const shape = { plaintextLength: size, segmentBytes: record.segmentBytes };
  const segments = range ? segmentRange(shape, range.start, range.end) : wholeBody(shape);
  const reader = await blobs.open(record.blob);
  if (!reader) throw new BodyGone();
  scope.defer(() => reader.close());
  return streamOf(reader, bodyKey, segments);
}

async function* streamOf(
  reader: Parameters<typeof readAhead>[0],
  bodyKey: Secret,
  segments: SegmentRange,
): AsyncGenerator<Uint8Array, void, void> {
  const opener = createBodyOpener(bodyKey, segments);
  const { ciphertextStart: start, ciphertextEnd: end } = segments;
  const ahead = readAhead(reader, { start, end, pieceBytes: PIECE_BYTES, buffers: pool });
  for await (const piece of ahead) yield* opener.update(piece);
  opener.final();
}
