export { AuthenticationError } from "./authentication-error.ts";
export { openBody, sealBody } from "./body.ts";
export {
  type BodyBinding,
  type CompletedUploadBinding,
  type EnvelopeContents,
  type PartBinding,
  unwrapBodyKey,
  unwrapCompletedUploadKey,
  unwrapPartBodyKey,
  unwrapUploadKey,
  type UploadBinding,
  wrapBodyKey,
  wrapCompletedUploadKey,
  wrapPartBodyKey,
  wrapUploadKey,
} from "./body-envelope.ts";
export { type BodyOpener, createBodyOpener } from "./body-opener.ts";
export { type BodySealer, createBodySealer } from "./body-sealer.ts";
export { type BoxPurpose, openBox, sealBox, unwrapSecret, wrapSecret } from "./box.ts";
export {
  CHECKSUM_ALGORITHMS,
  CHECKSUM_BYTES,
  type ChecksumAlgorithm,
  createChecksum,
} from "./checksum.ts";
export { type ChecksumType, type ObjectChecksum } from "./checksum-code.ts";
export { type CombinableAlgorithm, combineCrc } from "./combine-crc.ts";
export { deriveKey } from "./derive-key.ts";
export { type EncryptionContext } from "./encryption-context.ts";
export { encodeFields, type Field } from "./fields.ts";
export {
  createDigest,
  type Digest,
  type DigestAlgorithm,
  equalBytes,
  type Hashable,
  type HmacKey,
  hmacKey,
  hmacSha1,
  hmacSha256,
  hmacSha256Hex,
  md5,
  sha1,
  sha256,
  sha256Hex,
} from "./hash.ts";
export {
  type KmsCiphertextIds,
  type KmsCiphertextKey,
  openKmsCiphertext,
  parseKmsCiphertext,
  sealKmsCiphertext,
} from "./kms-ciphertext.ts";
export { randomBytes, randomId, randomInt, randomSecret, randomUuid } from "./random.ts";
export {
  createRecordOpener,
  createRecordSealer,
  type RecordOpener,
  type RecordSealer,
} from "./record-seal.ts";
export { Secret } from "./secret.ts";
export {
  type BodyShape,
  SEGMENT_BYTES_DEFAULT,
  type SegmentRange,
  segmentRange,
  wholeBody,
} from "./segments.ts";
export { type VersionIdPlace } from "./version-id.ts";
