/** An object out of a data folder, by docs/formats alone: steps 7 to 11 of s3-records.md. */
import { readFileSync } from "node:fs";
import type { Folder } from "./folder.ts";
import {
  type Field,
  fields,
  gcm,
  hkdf,
  keyOf,
  natural,
  openBox,
  sha256,
  ZERO_NONCE,
} from "./primitives.ts";

interface Sealed {
  readonly blob: string;
  readonly inline: boolean;
  readonly segmentBytes: number;
  readonly envelope: Buffer;
}

interface Parts {
  readonly upload: string;
  readonly pages: readonly (readonly [offset: number, digest: Buffer])[];
  readonly envelope: Buffer;
}

type Encryption =
  | { readonly mode: "AES256"; readonly keyId: string }
  | {
      readonly mode: "aws:kms";
      readonly keyArn: string;
      readonly ciphertext: Buffer;
      readonly context: readonly (readonly [string, string])[];
    };

interface Version {
  readonly versionId: string;
  readonly size: number;
  readonly etag: string;
  readonly encryption: Encryption;
  readonly body: ({ readonly kind: "one" } & Sealed) | ({ readonly kind: "parts" } & Parts);
}

interface Bucket {
  readonly bucketId: string;
  readonly accountId: string;
  readonly region: string;
}

export function openObject(folder: Folder, bucketName: string, name: string): Buffer {
  const bucket = folder.get("bucket-name", bucketName) as Bucket;
  const { key, value } = folder.first(keyOf("version", bucket.bucketId, name));
  const version = folder.opened("version", key, value) as Version;
  const wrappingKey = wrappingKeyOf(folder, bucket, version.encryption);
  const { versionId, size, etag, body } = version;
  if (body.kind === "parts") {
    const digest = sha256(fields(body.pages.flat()));
    const bound = [bucket.bucketId, name, versionId, body.upload, size, digest, etag];
    const uploadKey = keyIn(wrappingKey, "completed-upload-key", bound, body.envelope);
    return Buffer.concat([...partsOf(folder, body, uploadKey)]);
  }
  const { blob, segmentBytes } = body;
  const bound = [bucket.bucketId, name, versionId, 0, blob, segmentBytes, size, etag];
  const bodyKey = keyIn(wrappingKey, "object-body-key", bound, body.envelope);
  return openBody(folder, body, size, bodyKey);
}

function wrappingKeyOf(
  folder: Folder,
  { accountId, region }: Bucket,
  encryption: Encryption,
): Buffer {
  if (encryption.mode === "AES256") {
    return folder.secret("s3-managed-key", "s3-key", accountId, region, encryption.keyId);
  }
  const { ciphertext, keyArn, context } = encryption;
  const [, , , keyRegion = ""] = keyArn.split(":");
  const account = ciphertext.toString("latin1", 3, 15);
  const keyId = ciphertext.toString("latin1", 16, 52);
  const materialId = ciphertext.toString("hex", 53, 85);
  const place = [account, keyRegion, keyId, materialId];
  const material = folder.secret("kms-key-material", "kms-material", ...place);
  return openKmsCiphertext(material, ciphertext, context);
}

function openKmsCiphertext(
  material: Buffer,
  blob: Buffer,
  context: readonly (readonly [string, string])[],
): Buffer {
  const header = blob.subarray(0, 87);
  const key = hkdf(material, blob.subarray(87, 119), "strongroom/kms-ciphertext/1/1", 64);
  if (!key.subarray(32).equals(blob.subarray(119, 151))) throw new Error("another material");
  const pairs = context.toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const aad = fields([header, fields(pairs.flat())]);
  return gcm(key.subarray(0, 32), ZERO_NONCE, blob.subarray(151), aad);
}

function* partsOf(folder: Folder, { upload, pages }: Parts, uploadKey: Buffer) {
  for (const [at, [, digest]] of pages.entries()) {
    const { parts } = folder.get("part-page", upload, BigInt(at)) as {
      parts: readonly (readonly [number: number, size: number, offset: number, mark: Buffer])[];
    };
    if (!sha256(fields(parts.flat())).equals(digest)) throw new Error("another page");
    for (const [number, size, , mark] of parts) {
      const part = folder.get("part", upload, BigInt(number)) as { etag: string; body: Sealed };
      const { blob, segmentBytes, envelope } = part.body;
      if (!sha256(envelope).equals(mark)) throw new Error("another part");
      const bound = [upload, number, blob, segmentBytes, size, part.etag];
      yield openBody(folder, part.body, size, keyIn(uploadKey, "part-body-key", bound, envelope));
    }
  }
}

/** An envelope's contents begin with the key. */
function keyIn(key: Buffer, purpose: string, bound: readonly Field[], envelope: Buffer): Buffer {
  return openBox(key, purpose, bound, envelope).subarray(0, 32);
}

function openBody(folder: Folder, body: Sealed, size: number, bodyKey: Buffer): Buffer {
  const { segmentBytes, inline, blob } = body;
  const sealed = inline ? folder.raw(keyOf("inline", blob)) : readFileSync(fileOf(folder, blob));
  const segments = Math.max(1, Math.ceil(size / segmentBytes));
  const stride = segmentBytes + 16;
  return Buffer.concat(
    Array.from({ length: segments }, (_, index) => {
      const last = Buffer.of(index === segments - 1 ? 1 : 0);
      const nonce = Buffer.concat([Buffer.alloc(3), natural(BigInt(index)), last]);
      return gcm(bodyKey, nonce, sealed.subarray(index * stride, (index + 1) * stride));
    }),
  );
}

function fileOf({ path }: Folder, blob: string): string {
  const [session = "", number = ""] = blob.split("/");
  const group = Math.floor(Number(number) / 4096).toString(16);
  return `${path}/blobs/${session}/${group}/${number}`;
}
