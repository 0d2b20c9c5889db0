/** The body of a completed upload on its way out: its parts in order, one of them open at a time. */
import { AuthenticationError, equalBytes, type Secret } from "../../crypto/index.ts";
import { type PartRow, partSpace } from "../../records/index.ts";
import type { BodyStream } from "../../wire/index.ts";
import { openPart } from "../uploads/part.ts";
import { markOf, type PartsBody, rowsAt } from "../uploads/part-pages.ts";
import { BodyGone } from "./body-gone.ts";
import { type BodySources, type ByteRange, openRange } from "./opened-body.ts";

type Rows = AsyncGenerator<PartRow, void, void>;

interface OpenableParts {
  readonly record: PartsBody;
  readonly size: number;
  readonly uploadKey: Secret;
}

/**
 * The plaintext of a range, or of all. The first part is opened before this returns, the others
 * when their turn comes. Throws BodyGone, AuthenticationError.
 */
export async function openParts(
  { record, size, uploadKey }: OpenableParts,
  range: ByteRange | undefined,
  sources: BodySources,
): Promise<BodyStream> {
  const { start, end } = range ?? { start: 0, end: size };
  const rows = rowsAt(record, start, sources.store);
  const opened = await openNext(rows, record, { start, end }, uploadKey, sources);
  if (!opened) throw new AuthenticationError();
  return concatenated(opened, () => openNext(rows, record, { start, end }, uploadKey, sources));
}

interface OpenedPart {
  readonly stream: BodyStream;
  readonly bodyKey: Secret;
  /** Whether the range ends with this part. */
  readonly last: boolean;
}

async function* concatenated(
  first: OpenedPart,
  next: () => Promise<OpenedPart | undefined>,
): AsyncGenerator<Uint8Array, void, void> {
  for (let part = first; ;) {
    try {
      if (part.stream instanceof Uint8Array) yield part.stream;
      else yield* part.stream;
    } finally {
      part.bodyKey[Symbol.dispose]();
    }
    if (part.last) return;
    const following = await next();
    // The object is longer than the parts that are left: what was listed is not there.
    if (!following) throw new AuthenticationError();
    part = following;
  }
}

async function openNext(
  rows: Rows,
  { upload }: PartsBody,
  { start, end }: ByteRange,
  uploadKey: Secret,
  sources: BodySources,
): Promise<OpenedPart | undefined> {
  const { value: row } = await rows.next();
  if (!row) return undefined;
  const [number, size, offset, mark] = row;
  const found = await sources.store.get(partSpace, upload, BigInt(number));
  if (!found) throw new BodyGone();
  const part = found.value;
  const agrees = part.number === number && part.size === size;
  if (!agrees || !equalBytes(markOf(part.body), mark)) throw new AuthenticationError();
  const { key: bodyKey } = openPart(part, upload, uploadKey);
  const within = { start: Math.max(0, start - offset), end: Math.min(size, end - offset) };
  const whole = within.start === 0 && within.end === size;
  const openable = { record: part.body, size, bodyKey };
  const stream = await openRange(openable, whole ? undefined : within, sources);
  return { stream, bodyKey, last: offset + size >= end };
}
