import { assert } from "../base/index.ts";
import { encodeFields, writeNatural } from "./fields.ts";
import { equalBytes, type HmacKey, hmacSha256 } from "./hash.ts";
import { randomBytes } from "./random.ts";

/**
 * Version ids of objects: 32 characters that only we can issue, and only for one name.
 *
 *     id  = base64url(seq (6 bytes, big-endian) ‖ random (6) ‖ MAC (12))
 *     MAC = HMAC-SHA256(key, "strongroom/version-id/1", bucket id, name, seq ‖ random), cut to 12
 *           bytes, each field with its length
 *
 * So an id that was never issued can be told from one whose version is deleted without any record
 * of deleted versions. An id is no secret and no right: the MAC keeps questions cheap, not doors.
 */
export interface VersionIdPlace {
  readonly bucketId: string;
  readonly name: string;
}

const SEQ_BYTES = 6;
const RANDOM_BYTES = 6;
const MAC_AT = SEQ_BYTES + RANDOM_BYTES;
const ID_BYTES = 24;

/** Keeps the first character a letter: an id that begins with `-` reads as a command's option. */
const SEQ_MAX = 2 ** 42;

export function issueVersionId(key: HmacKey, place: VersionIdPlace, seq: number): string {
  assert(seq < SEQ_MAX, "an object has fewer than 2^42 versions");
  const wide = Buffer.alloc(8);
  writeNatural(wide, 0, seq);
  const id = Buffer.alloc(ID_BYTES);
  wide.copy(id, 0, 8 - SEQ_BYTES);
  randomBytes(RANDOM_BYTES).copy(id, SEQ_BYTES);
  macOf(key, place, id).copy(id, MAC_AT);
  return id.toString("base64url");
}

/** The seq of an id that was issued for this place; undefined for any other text. */
export function readVersionId(
  key: HmacKey,
  place: VersionIdPlace,
  text: string,
): number | undefined {
  if (!/^[\w-]{32}$/.test(text)) return undefined;
  const id = Buffer.from(text, "base64url");
  if (!equalBytes(macOf(key, place, id), id.subarray(MAC_AT))) return undefined;
  return id.readUIntBE(0, SEQ_BYTES);
}

function macOf(key: HmacKey, { bucketId, name }: VersionIdPlace, id: Buffer): Buffer {
  const label = "strongroom/version-id/1";
  const mac = hmacSha256(key, encodeFields([label, bucketId, name, id.subarray(0, MAC_AT)]));
  return mac.subarray(0, ID_BYTES - MAC_AT);
}
