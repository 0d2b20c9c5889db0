/** The two ids that every reply carries, so that a caller's report finds its lines in the logs. */
import { randomBytes } from "../crypto/index.ts";

/** Which process answered: 33 bytes, so that it ends with a whole digit of base64. */
const processTag = randomBytes(33).toString("base64");

/** S3's form of a request id: 16 digits of base 32, taken from the random parts of the UUID. */
export function s3RequestId(requestId: string): string {
  return (
    fourDigits(requestId.slice(0, 5)) +
    fourDigits(requestId.slice(5, 8) + requestId.slice(24, 26)) +
    fourDigits(requestId.slice(26, 31)) +
    fourDigits(requestId.slice(31, 36))
  );
}

/** S3's x-amz-id-2: 76 digits of base64, of which the last 32 are the request's UUID in hexadecimal. */
export function extendedRequestId(requestId: string): string {
  return processTag + requestId.replaceAll("-", "");
}

/** 20 bits: five hexadecimal digits in, four of base 32 out. */
function fourDigits(hex: string): string {
  return (0x100000 | Number.parseInt(hex, 16)).toString(32).slice(1).toUpperCase();
}
