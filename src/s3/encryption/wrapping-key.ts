/**
 * The key that wraps a body's key: an S3-managed key, a KMS data key, or a bucket key. Under KMS it
 * is had in the requester's name, and a key in memory is used only after KMS has decided again.
 */
import { type EncryptionContext, type Secret, sha256Hex } from "../../crypto/index.ts";
import type { DataKeys } from "../../kms/index.ts";
import type { BucketRecord, Change, EncryptionRecord, Pairs } from "../../records/index.ts";
import { requesterId, type Scope } from "../../service/index.ts";
import { invalidArgument } from "../errors.ts";
import { bucketArn, objectArn } from "../target.ts";
import type { BucketKeyCache } from "./bucket-keys.ts";
import type { EncryptionChoice } from "./choice.ts";
import { asS3Error, signatureTooOld } from "./kms-errors.ts";
import type { S3Keys } from "./s3-keys.ts";

export interface KeySources {
  readonly dataKeys: DataKeys;
  readonly bucketKeys: BucketKeyCache;
  readonly s3Keys: S3Keys;
}

/** What an object's key is for: its own bucket and name stand in the encryption context. */
export interface ObjectPlace {
  readonly bucket: BucketRecord;
  readonly key: string;
}

/** A key to wrap under, how the record keeps it, and what a commit must write with it. */
export interface WritingKey {
  readonly key: Secret;
  readonly record: EncryptionRecord;
  readonly change?: Change;
}

/** AWS: the pair that S3 adds to every encryption context. */
const ARN_PAIR = "aws:s3:arn";

/** Throws KMS's refusals in S3's words. The key lives as long as the request. */
export async function keyForWriting(
  choice: EncryptionChoice,
  place: ObjectPlace,
  scope: Scope,
  sources: KeySources,
): Promise<WritingKey> {
  if (choice.mode === "AES256") {
    const { id, key, change } = await sources.s3Keys.forWriting(place.bucket, scope);
    return { key, record: { mode: "AES256", keyId: id }, ...(change && { change }) };
  }
  requireVersion4(scope);
  const { bucketKey } = choice;
  const context = contextOf(choice.context, place, { bucketKey });
  try {
    const keyId = choice.keyId ?? (await sources.dataKeys.managedS3Key(scope));
    const made = bucketKey
      ? await bucketKeyForWriting(keyId, context, place, scope, sources)
      : await sources.dataKeys.generate(scope, { keyId, context, life: "request" });
    const { key, keyArn, materialId, ciphertext } = made;
    const pairs = Object.entries(context);
    const record = { keyArn, materialId, ciphertext, context: pairs, bucketKey } as const;
    return { key, record: { mode: "aws:kms", ...record } };
  } catch (error) {
    throw asS3Error(error, "write");
  }
}

/** Throws KMS's refusals in S3's words. The key lives as long as the request. */
export async function keyForReading(
  record: EncryptionRecord,
  { bucket }: Pick<ObjectPlace, "bucket">,
  scope: Scope,
  { dataKeys, bucketKeys, s3Keys }: KeySources,
): Promise<Secret> {
  if (record.mode === "AES256") return s3Keys.forReading(bucket, record.keyId, scope);
  requireVersion4(scope);
  const { ciphertext, keyArn } = record;
  const context = Object.fromEntries(record.context);
  try {
    if (!record.bucketKey) {
      return (await dataKeys.decrypt(scope, { ciphertext, context, life: "request" })).key;
    }
    await dataKeys.use(scope, { keyId: keyArn, action: "Decrypt", context });
    const id = `read ${requesterId(scope.caller)} ${sha256Hex(ciphertext)}`;
    const mint = () => dataKeys.decrypt(scope, { ciphertext, context, life: "kept" });
    return (await bucketKeys.use(id, scope, mint)).key;
  } catch (error) {
    throw asS3Error(error, "read");
  }
}

async function bucketKeyForWriting(
  keyId: string,
  context: EncryptionContext,
  { bucket }: ObjectPlace,
  scope: Scope,
  { dataKeys, bucketKeys }: KeySources,
) {
  const { keyArn, materialId } = await dataKeys.use(scope, {
    keyId,
    action: "GenerateDataKey",
    context,
  });
  const asked = JSON.stringify(Object.entries(context).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  const id = `write ${requesterId(scope.caller)} ${keyArn} ${bucket.id} ${sha256Hex(asked)}`;
  // After a rotation new objects get the new material at once.
  if (bucketKeys.peek(id)?.materialId !== materialId) bucketKeys.forget(id);
  const mint = () => dataKeys.generate(scope, { keyId: keyArn, context, life: "kept" });
  return bucketKeys.use(id, scope, mint);
}

/** AWS: the object's ARN, or the bucket's under a bucket key; a client's own pair must agree. */
function contextOf(
  own: Pairs,
  { bucket, key }: ObjectPlace,
  { bucketKey }: { readonly bucketKey: boolean },
): EncryptionContext {
  const arn = bucketKey ? bucketArn(bucket.name) : objectArn(bucket.name, key);
  const context = Object.fromEntries(own);
  if ((context[ARN_PAIR] ?? arn) !== arn) {
    throw invalidArgument(
      `The encryption context's ${ARN_PAIR} is reserved: leave it out or give ${arn}`,
      "x-amz-server-side-encryption-context",
    );
  }
  return { ...context, [ARN_PAIR]: arn };
}

function requireVersion4({ request }: Scope): void {
  if (request.signature?.version !== "AWS4-HMAC-SHA256") throw signatureTooOld();
}
