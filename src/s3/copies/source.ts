/** The source of a copy: found, permitted, held to its conditions, and read as a body. */
import { createChecksum, createDigest } from "../../crypto/index.ts";
import type { ObjectRecord } from "../../records/index.ts";
import type { BodySource, Scope } from "../../service/index.ts";
import type { BodyReport, BodyStream, BodyWishes } from "../../wire/index.ts";
import { refuseCustomerKeys } from "../encryption/choice.ts";
import { noSuchKey } from "../errors.ts";
import { checkSource } from "../objects/conditions.ts";
import { type ReadTarget, readTarget } from "../objects/read-target.ts";
import type { BucketTarget } from "../target.ts";
import { type CopySource, parseCopySource } from "./copy-source.ts";

/** The members of an input that are about a source. */
export interface SourceInput {
  readonly CopySource: string;
  readonly CopySourceIfMatch?: string;
  readonly CopySourceIfNoneMatch?: string;
  readonly CopySourceIfModifiedSince?: Date;
  readonly CopySourceIfUnmodifiedSince?: Date;
  readonly CopySourceSSECustomerAlgorithm?: string;
  readonly CopySourceSSECustomerKey?: string;
  readonly CopySourceSSECustomerKeyMD5?: string;
  readonly ExpectedSourceBucketOwner?: string;
}

export interface SourceTarget extends ReadTarget {
  readonly source: CopySource;
}

/** Throws NoSuchBucket for the source's. */
export async function sourceTarget(input: SourceInput, scope: Scope): Promise<SourceTarget> {
  const source = parseCopySource(input.CopySource);
  const { bucket: Bucket, key: Key, versionId: VersionId } = source;
  const { ExpectedSourceBucketOwner: ExpectedBucketOwner } = input;
  const named = {
    Bucket,
    Key,
    ...(VersionId !== undefined && { VersionId }),
    ...(ExpectedBucketOwner !== undefined && { ExpectedBucketOwner }),
  };
  return { ...(await readTarget(named, scope)), source };
}

/** AWS: of the writing side's conditions one says where a copy comes from. */
export function copySourceCondition({ bucket, key }: CopySource): readonly [string, string] {
  return ["s3:x-amz-copy-source", `${bucket}/${key}`];
}

/** The object to copy. */
export function sourceOf(
  target: BucketTarget | undefined,
  input: SourceInput,
): { readonly target: SourceTarget; readonly object: ObjectRecord } {
  if (!isSource(target)) throw new Error("a copy has its source");
  if (!target.object) throw noSuchKey(target.source.key);
  refuseCustomerKeys({
    ...optional("SSECustomerAlgorithm", input.CopySourceSSECustomerAlgorithm),
    ...optional("SSECustomerKey", input.CopySourceSSECustomerKey),
    ...optional("SSECustomerKeyMD5", input.CopySourceSSECustomerKeyMD5),
  });
  return { target, object: target.object.value };
}

/** Throws PreconditionFailed where the source is not as the request wants it. */
export function checkSourceOf(object: ObjectRecord, input: SourceInput, { clock }: Scope): void {
  const conditions = {
    ...optional("IfMatch", input.CopySourceIfMatch),
    ...optional("IfNoneMatch", input.CopySourceIfNoneMatch),
    ...optional("IfModifiedSince", input.CopySourceIfModifiedSince),
    ...optional("IfUnmodifiedSince", input.CopySourceIfUnmodifiedSince),
  };
  checkSource(conditions, object, clock.now());
}

/**
 * Plaintext of the deployment's own as a body that comes in. `open` is called when the body is
 * read: by then whoever seals it has its writer, so that none waits for the other.
 */
export function ownBody(length: number, open: () => Promise<BodyStream>): BodySource {
  return {
    length,
    async readWhole(_limitBytes, wishes) {
      const pieces: Uint8Array[] = [];
      const report = await readAll(open, wishes, (bytes) => void pieces.push(bytes));
      return { body: Buffer.concat(pieces), report };
    },
    read: (piece, wishes) => readAll(open, wishes, piece),
  };
}

async function readAll(
  open: () => Promise<BodyStream>,
  { md5, defaultChecksum }: BodyWishes,
  piece: (bytes: Uint8Array) => void | Promise<void>,
): Promise<BodyReport> {
  const digest = md5 && createDigest("MD5");
  const checksum = defaultChecksum && createChecksum(defaultChecksum);
  const stream = await open();
  let bytes = 0;
  const take = (plaintext: Uint8Array): void | Promise<void> => {
    bytes += plaintext.length;
    digest?.update(plaintext);
    checksum?.update(plaintext);
    return piece(plaintext);
  };
  if (stream instanceof Uint8Array) await take(stream);
  else for await (const plaintext of stream) await take(plaintext);
  return {
    bytes,
    md5: digest?.digest(),
    checksum:
      checksum && defaultChecksum
        ? { algorithm: defaultChecksum, value: checksum.digest(), from: "default" }
        : undefined,
  };
}

function isSource(target: BucketTarget | undefined): target is SourceTarget {
  return target !== undefined && "source" in target;
}

function optional<Name extends string, V>(
  name: Name,
  value: V | undefined,
): { readonly [K in Name]?: V } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [K in Name]?: V };
}
