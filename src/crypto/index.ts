export {
  CHECKSUM_ALGORITHMS,
  CHECKSUM_BYTES,
  type ChecksumAlgorithm,
  createChecksum,
} from "./checksum.ts";
export { type CombinableAlgorithm, combineCrc } from "./combine-crc.ts";
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
  sha512,
} from "./hash.ts";
export { randomBytes, randomId, randomInt, randomSecret, randomUuid } from "./random.ts";
export { Secret } from "./secret.ts";
