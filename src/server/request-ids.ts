/** The two ids that every reply carries, so that a caller's report finds its lines in the logs. */
import { randomBytes } from "../crypto/index.ts";

/** Which process answered: 33 bytes, so that it ends with a whole digit of base64. */
const processTag = randomBytes(33).toString("base64");

/** Two digits of base 32 for each ten bits: this runs for every request. */
const PAIRS = Array.from({ length: 1024 }, (_, bits) =>
  bits.toString(32).padStart(2, "0").toUpperCase(),
);

/** Where the random digits of a version 4 UUID are, five for each four of ours. */
const RANDOM_DIGITS = [
  [0, 1, 2, 3, 4],
  [5, 6, 7, 24, 25],
  [26, 27, 28, 29, 30],
  [31, 32, 33, 34, 35],
] as const;

/** S3's form of a request id: 16 digits of base 32, taken from the random parts of the UUID. */
export function s3RequestId(requestId: string): string {
  let text = "";
  for (const places of RANDOM_DIGITS) {
    let bits = 0;
    for (const place of places) bits = (bits << 4) | hexValue(requestId.charCodeAt(place));
    text += `${PAIRS[bits >> 10]}${PAIRS[bits & 1023]}`;
  }
  return text;
}

/** S3's x-amz-id-2: 76 digits of base64, of which the last 32 are the request's UUID in hexadecimal. */
export function extendedRequestId(requestId: string): string {
  return processTag + requestId.replaceAll("-", "");
}

/** Of a lower-case hexadecimal digit. */
function hexValue(code: number): number {
  return code < 58 ? code - 48 : code - 87;
}
