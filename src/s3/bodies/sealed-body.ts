/**
 * A body on its way in: sealed under a key of its own while it is read, small ones kept for the
 * commit, others on the blob store before the handler runs.
 */
import {
  createBodySealer,
  type Digest,
  sealBody,
  Secret,
  SEGMENT_BYTES_DEFAULT,
} from "../../crypto/index.ts";
import { type Change, inlineSpace, refSpace } from "../../records/index.ts";
import type { BodySource, Scope } from "../../service/index.ts";
import type { BlobStore, BlobWriter } from "../../storage/index.ts";
import { type BodyReport, type BodyWishes, ServiceError } from "../../wire/index.ts";
import { INLINE_BYTES_MAX } from "../limits.ts";

/** A body that has been read whole, is what its request declared, and is sealed and durable. */
export interface SealedBody {
  readonly blob: string;
  /** The ciphertext of a small body, to be committed with its object. */
  readonly inline: Buffer | undefined;
  /** Lives as long as the request. */
  readonly bodyKey: Secret;
  readonly segmentBytes: number;
  readonly size: number;
  readonly report: BodyReport;
}

const KEY_BYTES = 32;

/**
 * `bytesMax` is the limit of plaintext bytes. A body whose length nobody said, where that is
 * allowed, is sealed to a blob, and its source holds it to the limit. Throws ServiceError.
 */
export async function sealIncoming(
  body: BodySource,
  scope: Scope,
  {
    blobs,
    wishes,
    bytesMax,
    digest,
    lengthIs = "required",
  }: {
    readonly blobs: BlobStore;
    readonly wishes: BodyWishes;
    readonly bytesMax: number;
    readonly lengthIs?: "required" | "optional";
    /** Fed with the plaintext besides. */
    readonly digest?: Pick<Digest, "update"> | undefined;
  },
): Promise<SealedBody> {
  const { length } = body;
  if (length === undefined && lengthIs === "required") throw missingContentLength();
  if (length !== undefined && length > bytesMax) throw entityTooLarge(length, bytesMax);
  const bodyKey = Secret.random(KEY_BYTES);
  scope.defer(() => bodyKey[Symbol.dispose]());
  const segmentBytes = SEGMENT_BYTES_DEFAULT;
  const sealed = { blob: scope.session.nextBlobName(), bodyKey, segmentBytes };
  if (length !== undefined && length <= INLINE_BYTES_MAX) {
    const { body: plaintext, report } = await body.readWhole(INLINE_BYTES_MAX, wishes);
    digest?.update(plaintext);
    const inline = sealBody(bodyKey, plaintext, segmentBytes);
    return { ...sealed, inline, size: plaintext.length, report };
  }
  const report = await sealToBlob(body, sealed, { blobs, wishes, digest });
  scope.abandon(() => blobs.delete(sealed.blob));
  return { ...sealed, inline: undefined, size: report.bytes, report };
}

/** Puts the body's bytes, or the reference to its blob, into the commit that makes it visible. */
export function putBody(change: Change, { blob, inline, size }: SealedBody): void {
  if (inline) change.put(inlineSpace, [blob], inline);
  else change.put(refSpace, [blob], { bytes: size });
}

async function sealToBlob(
  body: BodySource,
  { blob, bodyKey, segmentBytes }: Pick<SealedBody, "blob" | "bodyKey" | "segmentBytes">,
  {
    blobs,
    wishes,
    digest,
  }: {
    readonly blobs: BlobStore;
    readonly wishes: BodyWishes;
    readonly digest: Pick<Digest, "update"> | undefined;
  },
): Promise<BodyReport> {
  const sealer = createBodySealer(bodyKey, segmentBytes);
  const writer = await blobs.create(blob);
  const write = inOrder(writer);
  try {
    const report = await body.read((bytes) => {
      digest?.update(bytes);
      return write(sealer.update(bytes));
    }, wishes);
    await write(sealer.final());
    await writer.finish();
    return report;
  } finally {
    await writer.abort();
  }
}

/**
 * Writes one list of pieces after another, also when the next is given before the writer took the
 * last: a body may be released in several pieces at once.
 */
export function inOrder(
  writer: Pick<BlobWriter, "write">,
): (pieces: readonly Buffer[]) => Promise<void> | undefined {
  let before: Promise<void> | undefined;
  return (pieces) => {
    const begun = before ? before.then(() => writeAll(writer, pieces)) : writeAll(writer, pieces);
    if (begun === undefined) return undefined;
    const written: Promise<void> = begun.finally(() => {
      if (before === written) before = undefined;
    });
    // Whoever stops reading the body no longer asks how this went.
    written.catch(() => {});
    before = written;
    return written;
  };
}

/** Waits only when the writer asks for it. */
function writeAll(
  writer: Pick<BlobWriter, "write">,
  pieces: readonly Buffer[],
): Promise<void> | undefined {
  for (const [at, piece] of pieces.entries()) {
    const wait = writer.write(piece);
    if (wait) return wait.then(() => writeAll(writer, pieces.slice(at + 1)));
  }
  return undefined;
}

function missingContentLength(): ServiceError {
  return new ServiceError(
    "MissingContentLength",
    411,
    "You must provide the Content-Length HTTP header.",
  );
}

function entityTooLarge(proposed: number, allowed: number): ServiceError {
  return new ServiceError(
    "EntityTooLarge",
    400,
    "Your proposed upload exceeds the maximum allowed size",
    { ProposedSize: String(proposed), MaxSizeAllowed: String(allowed) },
  );
}
